"""The stranger's pages are served like the core's own, and the twin's tricks spoil none of them."""

import re
from collections.abc import Callable
from datetime import datetime

import pytest
from baukasten_stranger import service
from baukasten_twin.plugin import Knobs, Mood
from flask import Flask
from flask.testing import FlaskClient

from baukasten.db.session import Scope
from baukasten.plugin import MemberRef, ModuleRef, Role, TenantRef
from baukasten.projects import placing
from baukasten.tenants import plugins

TOKEN = re.compile(r'name="_token" value="([^"]+)"')


def token_of(page: str) -> str:
    """Take the token out of a page's first form."""
    found = TOKEN.search(page)
    assert found is not None
    return found[1]


def send(client: FlaskClient, address: str, **values: str) -> int:
    """Open a form, send it, and give the answer's status."""
    token = token_of(client.get(address).text)
    return client.post(address, data={**values, "_token": token}).status_code


@pytest.fixture
def hours(session: Scope) -> ModuleRef:
    """Place the consultation hours on the site itself, with one date in the far future."""
    placed = placing.place_module(session, None, "stranger", slug="sprechstunde")
    session.commit()
    return placed


@pytest.fixture
def slot(session: Scope, hours: ModuleRef, new_member: Callable[..., MemberRef]) -> int:
    host = new_member(Role.MODERATOR, name="Planerin")
    when = datetime.fromisoformat("2999-05-07T09:00:00+00:00")
    made = service.open_slot(session, host, hours, begins_at=when, place="Rathaus <Saal>", seats=2)
    session.commit()
    return made


def test_guests_read_the_dates_in_german_and_english(client: FlaskClient, slot: int) -> None:
    german = client.get("/sprechstunde/")
    assert german.status_code == 200
    assert "2 von 2 Plätzen sind frei" in german.text
    assert "Rathaus &lt;Saal&gt;" in german.text
    assert "2 of 2 seats are free" in client.get("/en/sprechstunde/").text


def test_guests_are_led_to_the_sign_in_page(client: FlaskClient, slot: int) -> None:
    answer = client.get(f"/sprechstunde/{slot}/anmelden/")
    assert answer.status_code == 303
    assert "/konto/anmelden" in answer.headers["Location"]


def test_a_member_signs_up_and_withdraws(
    client: FlaskClient,
    sign_in: Callable[..., str],
    new_member: Callable[..., MemberRef],
    session: Scope,
    hours: ModuleRef,
    slot: int,
) -> None:
    sign_in(client, new_member(name="Erle"))
    assert send(client, f"/sprechstunde/{slot}/anmelden/", line="Die Bänke") == 303
    page = client.get("/sprechstunde/").text
    assert "<li>Die Bänke" in page
    (line,) = service.offers(session, hours.id)[0].lines
    session.rollback()
    withdrawn = client.post(f"/sprechstunde/{line.id}/absagen/", data={"_token": token_of(page)})
    assert withdrawn.status_code == 303
    assert "Die Bänke" not in client.get("/sprechstunde/").text


def test_staff_sees_the_table_and_others_do_not(
    client: FlaskClient, sign_in: Callable[..., str], new_member: Callable[..., MemberRef], slot: int
) -> None:
    sign_in(client, new_member(name="Erle"))
    assert client.get("/verwaltung/stranger/").status_code == 403
    sign_in(client, new_member(Role.MODERATOR, name="Planerin Zwei"))
    page = client.get("/verwaltung/stranger/")
    assert page.status_code == 200
    assert "<td>0 / 2</td>" in page.text


def test_the_interface_gives_the_dates_of_the_town_alone(
    client: FlaskClient, client_of: Callable[..., FlaskClient], other_town: TenantRef, slot: int
) -> None:
    assert client.get("/api/v1/stranger/slots").json == [
        {"id": slot, "begins_at": "2999-05-07T09:00:00+00:00", "place": "Rathaus <Saal>", "seats": 2}
    ]
    assert client_of(other_town).get("/api/v1/stranger/slots").json == []


def test_its_static_files_are_served_by_hash(client: FlaskClient, app: Flask, slot: int) -> None:
    (address,) = [
        part for part in client.get("/sprechstunde/").text.split('"') if part.endswith("/stranger.css")
    ]
    answer = client.get(address)
    assert (answer.status_code, answer.mimetype) == (200, "text/css")
    assert b".stranger-slot" in answer.data


def test_switched_off_its_pages_are_gone_and_come_back(
    client: FlaskClient, session: Scope, town: TenantRef, slot: int
) -> None:
    plugins.switch_off(session, town, "stranger")
    session.commit()
    assert client.get("/sprechstunde/").status_code == 404
    assert client.get("/api/v1/stranger/slots").status_code == 404
    plugins.switch_on(session, town, "stranger")
    session.commit()
    assert client.get("/sprechstunde/").status_code == 200


@pytest.mark.parametrize("mood", [Mood.RAISE, Mood.RUBBISH, Mood.BREAK_SQL, Mood.HANG])
def test_the_twin_spoils_no_page(client: FlaskClient, slot: int, mood: Mood) -> None:
    for name in ("fill_outlet", "list_activity", "count_stats"):
        setattr(Knobs, name, mood)
    for address in ("/", "/sprechstunde/"):
        answer = client.get(address)
        assert (address, answer.status_code) == (address, 200)
        assert "TwinError" not in answer.text
    assert Knobs.calls > 0


def test_a_failing_screener_holds_what_is_sent_and_says_so(
    client: FlaskClient,
    sign_in: Callable[..., str],
    new_member: Callable[..., MemberRef],
    session: Scope,
    hours: ModuleRef,
    slot: int,
) -> None:
    Knobs.screen_content = Mood.BREAK_SQL
    sign_in(client, new_member(name="Erle"))
    assert send(client, f"/sprechstunde/{slot}/anmelden/", line="Die Bänke") == 303
    (offer,) = service.offers(session, hours.id)
    assert (offer.lines, offer.free) == ([], 1)
    assert "Die Bänke" not in client.get("/sprechstunde/").text


def test_the_operator_reads_who_it_was(client: FlaskClient, app: Flask, town: TenantRef) -> None:
    Knobs.fill_outlet = Mood.RAISE
    client.get("/")
    manager = app.extensions["baukasten"].contract.manager
    (failing,) = (
        cost
        for cost in manager.costs()
        if (cost.tenant_id, cost.plugin, cost.hook) == (town.id, "twin", "fill_outlet")
    )
    assert failing.last_error == "TwinError: the twin fell over"
