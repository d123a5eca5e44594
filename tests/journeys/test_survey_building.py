"""A survey written by keyboard, from an empty draft to the open door, each page looked at on the way."""

import itertools
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from baukasten.db import embedded
from baukasten.plugin.refs import Role
from baukasten_survey.models import Survey
from tests.journeys import livehall
from tests.journeys.browsing import NARROW, Visitor, visiting
from tests.journeys.livehall import Hall
from tests.journeys.tour import LIGHT, TARGETS, WIDER
from tests.survey.asking.every import EVERY
from tests.survey.building.conftest import draft

pytestmark = pytest.mark.browser
NUMBERS = itertools.count(1)


@pytest.fixture(scope="module")
def hall(server: embedded.Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hall]:
    """A served town with drafts of surveys."""
    with livehall.opened(server, tmp_path_factory.mktemp("building")) as opened:
        draft(
            opened.database,
            opened.town,
            {"languages": ["de"], "pages": [{"code": "p1", "groups": [{"code": "g1"}]}]},
        )
        draft(opened.database, opened.town, EVERY, slug="vielerlei")
        yield opened


@pytest.fixture
def visitor(browser: Browser, hall: Hall) -> Iterator[Visitor]:
    with visiting(browser) as opened:
        _member, secret = hall.newcomer(f"Ada {next(NUMBERS)}", Role.ADMIN)
        opened.sign_in_as(livehall.HOST, secret)
        yield opened
        assert opened.complaints == []


def tab_to(at: Page, wanted: Locator, most: int = 90) -> None:
    for _press in range(most):
        if wanted.evaluate("element => element === document.activeElement"):
            return
        at.keyboard.press("Tab")
    raise AssertionError("the keyboard does not come there")


def press(at: Page, wanted: Locator) -> None:
    """Go somewhere by keyboard and press it."""
    tab_to(at, wanted)
    with at.expect_navigation():
        at.keyboard.press("Enter")


def write(at: Page, wanted: Locator, words: str) -> None:
    tab_to(at, wanted)
    at.keyboard.type(words)


def flawless(visitor: Visitor) -> None:
    assert visitor.axe(LIGHT) == []
    assert visitor.page.evaluate(WIDER) == []


def test_a_survey_is_written_by_keyboard_and_opened(visitor: Visitor, hall: Hall):
    at = visitor.page
    at.goto(hall.url("/umfrage/bearbeiten/"))
    flawless(visitor)
    press(at, at.get_by_role("button", name="Frage hinzufügen"))
    write(at, at.locator("#f-title-de"), "Wie kommen Sie?")
    write(at, at.locator("#f-options-de"), "zu Fuß\nmit dem Rad")
    write(at, at.locator("#f-relevance"), 'q1 == "a9"')
    expect(at.locator("#f-relevance-means")).to_contain_text("q1")
    at.locator("#f-relevance").fill("")
    press(at, at.get_by_role("button", name="Speichern und hier bleiben"))
    expect(at.locator("#f-options-de")).to_have_value("a1 = zu Fuß\na2 = mit dem Rad")
    flawless(visitor)
    press(at, at.locator(".actions").get_by_role("link", name="Zurück zu den Fragen"))
    press(at, at.get_by_role("button", name="Frage q1 löschen"))
    press(at, at.get_by_role("button", name="Zurücknehmen"))
    press(at, at.get_by_role("link", name="Bearbeiten Titel und Einleitung"))
    write(at, at.locator("#f-title-de"), "Sicher zur Schule")
    press(at, at.get_by_role("button", name="Speichern"))
    press(at, at.get_by_role("link", name="Prüfen und öffnen"))
    flawless(visitor)
    press(at, at.get_by_role("button", name="Umfrage öffnen"))
    expect(at.get_by_text("Die Umfrage ist offen.")).to_be_visible()
    with hall.database.session(hall.town.id) as session:
        states = {survey.definition["title"]["de"]: survey.state for survey in session.query(Survey)}
    assert states["Sicher zur Schule"] == "open"


KINDS = ("single", "image", "diff", "mm", "map", "half", "from", "note")
PAGES = (
    "/verwaltung/survey/",
    *(
        f"/vielerlei/{where}"
        for where in ("bearbeiten/", "bearbeiten/seite/writing", "bearbeiten/gruppe/g_writing")
    ),
    *(
        f"/vielerlei/bearbeiten/{where}"
        for where in ("texte", "sprachen", "vorrat?aus=fragen", "einlesen", "oeffnen")
    ),
    *(f"/vielerlei/bearbeiten/frage/{code}" for code in KINDS),
    "/vielerlei/einstellungen/",
)


def test_every_page_of_building_is_accessible_wide_and_narrow(visitor: Visitor, hall: Hall):
    found = {}
    for address in PAGES:
        visitor.page.set_viewport_size({"width": 1280, "height": 900})
        answer = visitor.page.goto(hall.url(address))
        wrong = [] if answer is not None and answer.status == 200 else ["no page"]
        wrong += visitor.axe(LIGHT)
        visitor.page.set_viewport_size(NARROW)  # type: ignore[arg-type]
        wrong += [*visitor.page.evaluate(WIDER), *visitor.axe(TARGETS)]
        if wrong:
            found[address] = wrong
    assert found == {}
