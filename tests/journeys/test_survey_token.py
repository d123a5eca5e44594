"""A code becomes a token in the browser, is signed without being seen, and answers a survey that nobody can join."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect
from sqlalchemy import select

from baukasten.db import embedded
from baukasten.plugin.refs import Role
from baukasten.sdk import module_by_id
from baukasten_survey.access import codes
from baukasten_survey.models import Admission, Sealed, Survey
from tests.journeys import livehall
from tests.journeys.browsing import Visitor, visiting
from tests.journeys.livehall import HOST, Hall
from tests.survey.conftest import definition, open_survey, options, page, question

pytestmark = pytest.mark.browser
ASKED = definition(page("p1", question("q1", "single", options=options("a1", "a2"), required=True)))


@pytest.fixture(scope="module")
def hall(server: embedded.Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hall]:
    """A served town with a survey whose register signs blindly."""
    with livehall.opened(server, tmp_path_factory.mktemp("tokens")) as opened:
        open_survey(opened.database, opened.town, ASKED, slug="blind", access="code", anonymity="blind")
        yield opened


@pytest.fixture
def visitor(browser: Browser) -> Iterator[Visitor]:
    with visiting(browser) as opened:
        yield opened


def hand_out(hall: Hall) -> str:
    """A fresh code, as a letter shows it."""
    admin, _secret = hall.newcomer("Ada Siel", Role.ADMIN)
    with hall.database.session(hall.town.id) as session:
        survey = session.scalars(select(Survey)).one()
        module = module_by_id(session, survey.module_id)
        assert module is not None
        (code,) = codes.hand_out(session, admin, module, survey, 1, "Brief")
        session.commit()
    return codes.grouped(code)


def test_the_code_stays_in_the_browser_and_the_token_answers(visitor: Visitor, hall: Hall):
    at, code = visitor.page, hand_out(hall)
    seen: list[str] = []
    at.on("request", lambda sent: seen.append(f"{sent.url} {sent.post_data or ''}"))
    at.goto(hall.url(f"/blind/#code={code}"))
    expect(at.locator("#f-code")).to_have_value(code)
    at.get_by_role("button", name="Beginnen").click()
    at.wait_for_url("**/seite/p1")
    at.get_by_label("Antwort a2").check()
    at.get_by_role("button", name="Absenden").last.click()
    at.wait_for_url("**/danke")
    # The next person at this device gets a token of their own.
    at.wait_for_function("Object.keys(localStorage).every((name) => !name.startsWith('baukasten-token '))")
    plain = code.replace("-", "")
    told = [one.partition(" ")[0] for one in seen if plain in one.replace("-", "")]
    assert [one.rpartition("/")[2] for one in told] == ["schein"]
    with hall.database.session(hall.town.id) as session:
        assert session.query(Sealed).count() == 1
        assert sorted(row.kind for row in session.query(Admission)) == ["code", "token"]


def test_a_slip_in_the_code_is_said_and_can_be_mended(visitor: Visitor, hall: Hall):
    at = visitor.page
    at.goto(hall.url("/blind/"))
    at.locator("#f-code").fill("AAAA-BBBB-CCCC")
    at.get_by_role("button", name="Beginnen").click()
    expect(at.locator("[data-said]")).to_contain_text("Tippfehler")
    assert visitor.axe({}) == []


def test_a_member_fetches_a_token_signs_out_and_answers(visitor: Visitor, hall: Hall):
    at = visitor.page
    open_survey(hall.database, hall.town, ASKED, slug="wahl", access="registered", anonymity="blind")
    visitor.sign_in_as(HOST, hall.newcomer("Anna Deich")[1])
    seen: list[tuple[str, bool]] = []
    at.on("request", lambda sent: seen.append((sent.url, "session" in sent.all_headers().get("cookie", ""))))
    at.goto(hall.url("/wahl/"))
    at.get_by_role("button", name="Meine Marke holen").click()
    expect(at.locator("[data-said]")).to_have_text(
        "Ihre Marke liegt auf diesem Gerät. Melden Sie sich jetzt ab."
    )
    assert visitor.axe({}) == []
    at.set_viewport_size({"width": 320, "height": 640})
    assert at.evaluate("document.documentElement.scrollWidth") == 320
    out = at.get_by_role("button", name="Abmelden und hierher zurück")
    expect(out).to_be_focused()
    expect(at.get_by_role("button", name="Meine Marke holen")).to_be_hidden()
    out.click()
    at.get_by_role("button", name="Beginnen").click()
    at.wait_for_url("**/seite/p1")
    at.get_by_label("Antwort a2").check()
    at.get_by_role("button", name="Absenden").last.click()
    at.wait_for_url("**/danke")
    told = {url.rpartition("/")[2] for url, named in seen if named and "/wahl/" in url}
    assert told == {"", "schein"}
