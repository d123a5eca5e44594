"""A form counts only when it came from this site, with a token that this site gave to this person."""

import datetime as dt
import re

import pytest

from baukasten import clock
from baukasten.web.forgery import GUEST_HOURS

FORM = "/probe/form"


def token(client):
    return re.findall(r'name="_token" value="([^"]+)"', client.get(FORM).text)[0]


def send(client, token="", **headers):
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return client.post(FORM, data={"_token": token}, headers=named).status_code


def test_a_form_of_this_site_is_taken(guest):
    assert send(guest, token(guest)) == 200


@pytest.mark.parametrize("given", ["", "0" * 64, "ä", "\0"])
def test_a_form_without_the_right_token_is_refused(guest, given):
    assert send(guest, given) == 403


def test_a_script_may_give_the_token_in_a_header(guest):
    assert send(guest, X_Token=token(guest)) == 200


def test_a_guests_token_is_good_for_half_a_day(guest, noon):
    given = token(guest)
    with clock.turned(noon + dt.timedelta(hours=GUEST_HOURS, seconds=-1)):
        assert send(guest, given) == 200
    with clock.turned(noon + dt.timedelta(hours=GUEST_HOURS)):
        assert send(guest, given) == 403


def test_a_token_of_another_town_is_refused(guest, at, other_town):
    assert send(guest, token(at(other_town))) == 403


def test_a_token_is_bound_to_the_sign_in(guest, at, town, sign_in, new_member):
    for_guests = token(guest)
    one, two = at(town), at(town)
    member = new_member()
    sign_in(one, member)
    sign_in(two, member)
    own = token(one)
    assert (send(one, own), send(two, own), send(guest, own)) == (200, 403, 403)
    assert send(one, for_guests) == 403


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec_Fetch_Site": "same-origin"}, 200),
        ({"Sec_Fetch_Site": "none"}, 200),
        ({"Sec_Fetch_Site": "same-site"}, 403),
        ({"Sec_Fetch_Site": "cross-site"}, 403),
        ({"Origin": "https://{host}"}, 200),
        ({"Origin": "https://boese.example"}, 403),
        ({"Origin": "https://{host}.boese.example"}, 403),
        ({"Origin": "https://{host}@boese.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": ""}, 403),
        ({"Origin": "http://["}, 403),
        ({"Sec_Fetch_Site": "cross-site", "Authorization": "Bearer x"}, 403),
    ],
)
def test_what_the_browser_says_of_the_sender_counts_even_with_the_token(guest, headers, status):
    named = {name: value.format(host=guest.host) for name, value in headers.items()}
    assert send(guest, token(guest), **named) == status


def test_whoever_brings_a_token_of_the_interface_needs_none_of_a_form(guest):
    assert send(guest, Authorization="Bearer made-up") == 200


def test_such_a_token_proves_nothing_beside_a_cookie(guest, sign_in, new_member):
    sign_in(guest, new_member())
    assert send(guest, Authorization="Bearer made-up") == 403


def test_reading_needs_no_token(guest):
    cross = {"Sec-Fetch-Site": "cross-site", "Origin": "https://boese.example"}
    assert [
        guest.open(FORM, method=one, headers=cross).status_code for one in ("GET", "HEAD", "OPTIONS")
    ] == [200] * 3


def test_the_refusal_says_what_helps(guest):
    assert "laden Sie die Seite neu und senden Sie es noch einmal" in guest.post(FORM).text
