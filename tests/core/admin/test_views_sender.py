"""The page about the sender: records to copy, the check, keys made, changed and given up."""

import html
import re
from types import MappingProxyType

import pytest

from baukasten.audit import service as audit
from baukasten.mail import zones
from baukasten.mail.dkim import Algorithm, record
from baukasten.mail.post import TOOL
from baukasten.plugin import Role
from baukasten.plugin.work import Work, begin
from baukasten.tenants import settings
from baukasten.tenants.sender import checking, keys
from baukasten.workshop import surroundings
from tests.core.mail.zone import Zone
from tests.statements import Statements

PAGE, DOMAIN = "/verwaltung/absender/", "stadt.example"
ENGLISH = f"/en{PAGE}"


@pytest.fixture
def chosen(session):
    settings.write(session, "mail.sender", {"name": "Rathaus", "address": f"newsletter@{DOMAIN}"})
    session.commit()


@pytest.fixture
def made(session, chosen):
    """Give a key of the town."""
    key = keys.make(session, None, DOMAIN, Algorithm.RSA)
    session.commit()
    return key


@pytest.fixture
def check(session, town, database, base_config):
    """Check against a zone of the test, as the job does."""

    def run(records):
        office = surroundings(base_config, database).tools[TOOL]
        tools = MappingProxyType({TOOL: office, zones.TOOL: lambda: Zone(records)})
        begin(session, Work(1, 1, town, frozenset(), tools))
        checking.check(session)
        session.commit()

    return run


def published(key, **more):
    name = f"{key.selector}._domainkey.{DOMAIN}"
    return {(name, "TXT"): [record(Algorithm(key.algorithm), key.public)]} | {
        (DOMAIN, kind): texts for kind, texts in more.items()
    }


def fields(text):
    """Give the fields of a page by their marks."""
    found = re.findall(r'<input class="input hash" id="([^"]+)" value="([^"]*)"', text)
    found += re.findall(r'<textarea class="hash" id="([^"]+)"[^>]*>([^<]*)<', text)
    return {mark: html.unescape(value) for mark, value in found}


def test_a_town_that_chose_nothing_is_shown_where_to_begin(admin, town):
    text = admin.get(ENGLISH).text
    assert "You have chosen no address of your own." in text
    assert f"beteiligung@{town.host}" in text
    assert "No key for signing mails" in text
    assert "Make a key" in text
    assert fields(text) == {
        "spf-0-name": town.host, "spf-0-type": "TXT",
        "dmarc-name": f"_dmarc.{town.host}", "dmarc-type": "TXT",
        "mx-name": town.host, "mx-type": "MX",
    }  # fmt: skip


def test_the_page_speaks_german(admin, chosen):
    text = admin.get(PAGE).text
    assert "Damit Ihren Mails geglaubt wird" in text
    assert "Noch nicht bereit." in text


def test_a_key_is_made_and_its_record_shown_whole_and_in_pieces(admin, session, chosen):
    token = admin.token(PAGE)
    answer = admin.post(f"{PAGE}schluessel", data={"_token": token, "algorithm": "rsa"})
    assert (answer.status_code, answer.location) == (303, f"{PAGE}?done=key")
    (key,) = keys.find(session, DOMAIN)[1]
    shown = fields(admin.get(PAGE).text)
    value = record(Algorithm.RSA, key.public)
    assert shown[f"key-{key.id}-name"] == f"{key.selector}._domainkey.{DOMAIN}"
    assert shown[f"key-{key.id}-value"] == value
    pieces = re.findall(r'"([^"]*)"', shown[f"key-{key.id}-pieces"])
    assert "".join(pieces) == value
    assert max(len(piece) for piece in pieces) == 255
    entry = audit.entries(session)[0]
    assert (entry.action, entry.target) == ("tenants.mail_key.make", f"mail_key:{key.id}")
    assert entry.actor_id is not None


def test_one_key_waits_at_a_time(admin, made):
    token = admin.token(PAGE)
    again = admin.post(f"{PAGE}schluessel", data={"_token": token, "algorithm": "rsa"})
    assert again.status_code == 409
    second = admin.post(f"{PAGE}schluessel", data={"_token": token, "algorithm": "ed25519"})
    assert second.status_code == 303


@pytest.mark.parametrize("algorithm", ["", "dsa", "RSA", "\x00", "rsa" * 1000])
def test_other_kinds_of_keys_are_refused(admin, session, chosen, algorithm):
    answer = admin.post(f"{PAGE}schluessel", data={"_token": admin.token(PAGE), "algorithm": algorithm})
    assert 400 <= answer.status_code < 500
    assert keys.find(session, DOMAIN) == (None, [])


def test_a_check_is_a_job(admin, session, chosen):
    answer = admin.post(f"{PAGE}pruefen", data={"_token": admin.token(PAGE)})
    assert (answer.status_code, answer.location) == (303, f"{PAGE}?done=checking")
    assert "The check runs." in admin.get(f"{ENGLISH}?done=checking").text


def test_what_a_check_found_stands_beside_each_record(admin, made, check):
    check({(DOMAIN, "TXT"): ["v=spf1 nonsense -all"]})
    text = admin.get(ENGLISH).text
    assert "There is no record under this name." in text
    assert "Receivers cannot read the part nonsense and ignore the whole record." in text
    assert "v=spf1 nonsense -all" in text
    assert "has not been found yet" in text

    check(published(made, TXT=["v=spf1 -all"], MX=["mx.stadt.example"]))
    text = admin.get(ENGLISH).text
    assert "The record stands as it should." in text
    assert "This key has been signing your mails since" in text
    assert "It takes 0 of the ten questions" in text
    assert "Ready, with something to mend." in text
    assert "Last check:" in text


def test_values_are_proposed_once_a_check_saw_what_stands(admin, chosen, check):
    check({})
    shown = fields(admin.get(PAGE).text)
    assert (shown["spf-0-value"], shown["dmarc-value"]) == ("v=spf1 mx ~all", "v=DMARC1; p=none")
    check(
        {
            (DOMAIN, "TXT"): ["v=spf1 a -all", "v=spf1 mx -all"],
            (f"_dmarc.{DOMAIN}", "TXT"): ["v=DMARC1; p=none"] * 2,
        }
    )
    assert {"spf-0-value", "dmarc-value"} & {*fields(admin.get(PAGE).text)} == set()
    check({(f"_dmarc.{DOMAIN}", "TXT"): ["v=DMARC1; p=reject"]})
    assert fields(admin.get(PAGE).text)["dmarc-value"] == "v=DMARC1; p=reject"


def test_a_town_with_all_records_is_ready(admin, made, check):
    check(published(made, TXT=["v=spf1 mx -all"], MX=["mx.stadt.example"], A=["192.0.2.1"])
          | {(f"_dmarc.{DOMAIN}", "TXT"): ["v=DMARC1; p=none"], ("mx.stadt.example", "A"): ["192.0.2.1"]})  # fmt: skip
    text = admin.get(ENGLISH).text
    assert "<b>Ready.</b>" in text
    assert "Change the key" in text


def test_a_changed_key_says_until_when_the_old_record_is_needed(admin, session, made, check):
    check(published(made))
    new = keys.make(session, None, DOMAIN, Algorithm.RSA)
    session.commit()
    text = admin.get(ENGLISH).text
    assert "This key signs nothing yet" in text
    assert "Change the key</button>" not in text
    check(published(made) | published(new))
    text = admin.get(ENGLISH).text
    assert "This key has been replaced. Leave its record in DNS until" in text


def test_a_waiting_key_can_be_given_up_once(admin, session, made):
    token = admin.token(PAGE)
    form = {"_token": token, "key": made.id}
    assert admin.post(f"{PAGE}verwerfen", data=form).location == f"{PAGE}?done=removed"
    gone = admin.post(f"{PAGE}verwerfen", data=form)
    assert gone.status_code == 404


@pytest.mark.parametrize("key", ["", "x", "-1", "0", "9" * 18, "9" * 30, "\x00", "1.5"])
def test_a_key_that_is_none_is_not_found(admin, made, key):
    answer = admin.post(f"{PAGE}verwerfen", data={"_token": admin.token(PAGE), "key": key})
    # What no column can hold is a wrong request to all pages alike.
    assert answer.status_code == (400 if len(key) == 30 else 404)


def test_another_town_sees_and_touches_nothing(
    admin, made, check, other_town, client_of, new_member, sign_in, session
):
    check({})
    stranger = client_of(other_town)
    sign_in(stranger, new_member(Role.ADMIN, where=other_town), other_town)
    text = stranger.get(PAGE).text
    assert made.selector not in text
    assert DOMAIN not in text
    token = stranger.token(PAGE)
    foreign = stranger.post(f"{PAGE}verwerfen", data={"_token": token, "key": made.id})
    missing = stranger.post(f"{PAGE}verwerfen", data={"_token": token, "key": made.id + 1000})
    assert foreign.status_code == missing.status_code == 404
    session.refresh(made)
    assert made.retired_at is None


@pytest.mark.parametrize("role", [None, Role.MODERATOR])
def test_only_admins_come_here(client, new_member, sign_in, role):
    sign_in(client, new_member(*([role] if role else [])))
    assert client.get(PAGE).status_code == 403
    for verb in ("pruefen", "schluessel", "verwerfen"):
        assert client.post(f"{PAGE}{verb}").status_code in {400, 403}


def test_where_the_sender_is_set_a_link_leads_here(admin):
    for path in ("einstellungen/", "einstellungen/mail.sender"):
        assert f'href="{PAGE}"' in admin.get(f"/verwaltung/{path}").text
    assert f'href="{PAGE}"' not in admin.get("/verwaltung/einstellungen/site.legal").text


def test_the_page_costs_the_same_with_many_keys(admin, session, made, check, database):
    check(published(made))
    admin.get(PAGE)
    with Statements(database.app) as few:
        admin.get(PAGE)
    for algorithm in Algorithm:
        keys.make(session, None, DOMAIN, algorithm)
    session.commit()
    with Statements(database.app) as more:
        admin.get(PAGE)
    with Statements(database.app) as usual:
        admin.get("/verwaltung/einstellungen/")
    # The town's choice, and its domain with the keys, beside what the frame asks for.
    assert (len(few), len(more)) == (len(usual) + 2, len(usual) + 2)
