"""A survey answered by keyboard, without script, in Arabic from right to left, and on to a second device."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from sqlalchemy import select

from baukasten.db import embedded
from baukasten_survey.models import Response, Survey
from tests.journeys import livehall
from tests.journeys.browsing import NARROW, Visitor, visiting
from tests.journeys.livehall import Hall
from tests.journeys.tour import LIGHT, TARGETS, WIDER
from tests.survey.asking.every import EVERY
from tests.survey.conftest import definition, open_survey, options, page, question

pytestmark = pytest.mark.browser
BRANCHING = definition(
    page(
        "p1",
        question("how", "single", options=options("foot", "car"), required=True),
        question("why", "long", relevance='how == "car"', required=True),
        title={"de": "Ihr Weg"},
    ),
    page("p2", question("more", "long")),
)
ARABIC = definition(
    page(
        "p1",
        {
            "code": "q1",
            "kind": "single",
            "title": {"de": "Wie sicher ist der Weg?", "ar": "ما مدى أمان الطريق؟"},
            "options": [
                {"code": f"a{at}", "title": {"ar": words}} for at, words in enumerate(("آمن", "غير آمن"))
            ],
            "required": True,
        },
        {
            "code": "q2",
            "kind": "matrix_single",
            "title": {"ar": "قيّم الأماكن"},
            "rows": [{"code": "r1", "title": {"ar": "المدرسة"}}, {"code": "r2", "title": {"ar": "الميناء"}}],
            "options": [
                {"code": f"c{at}", "title": {"ar": words}} for at, words in enumerate(("جيد", "سيئ"))
            ],
        },
        question("q3", "scale", style="nps", low={"ar": "أبدًا"}, high={"ar": "جدًا"}),
    ),
    languages=("de", "ar"),
)


@pytest.fixture(scope="module")
def hall(server: embedded.Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hall]:
    """A served town with surveys."""
    with livehall.opened(server, tmp_path_factory.mktemp("surveys")) as opened:
        for slug, data in (("bogen", EVERY), ("weg", BRANCHING), ("arabisch", ARABIC)):
            open_survey(opened.database, opened.town, data, slug=slug, anonymity="pseudonymous")
        yield opened


@pytest.fixture
def visitor(browser: Browser) -> Iterator[Visitor]:
    with visiting(browser) as opened:
        yield opened
        assert opened.complaints == []


def begin(at: Page, hall: Hall, slug: str, words: str = "Beginnen") -> None:
    at.goto(hall.url(f"/{slug}/"))
    at.get_by_role("button", name=words).focus()
    at.keyboard.press("Enter")
    at.wait_for_url("**/seite/*")


def tab_to(at: Page, wanted: Locator, most: int = 120) -> None:
    """Press Tab until the wanted element has the focus, as somebody without a mouse does."""
    for _press in range(most):
        if wanted.evaluate("element => element === document.activeElement"):
            return
        at.keyboard.press("Tab")
    raise AssertionError("the keyboard does not come there")


def flawless(visitor: Visitor) -> None:
    assert visitor.axe(LIGHT) == []
    assert visitor.page.evaluate(WIDER) == []


def answers(hall: Hall, slug: str) -> list[dict[str, object]]:
    with hall.database.session(hall.town.id) as session:
        titled = {"bogen": "rank", "weg": "how", "arabisch": "q1"}[slug]
        rows = session.scalars(select(Response.answers).join(Survey, Survey.id == Response.survey_id))
        return [row for row in rows if titled in row]


def choose(at: Page) -> None:
    """Tick, write beside "other", let one thing stand alone, and move a thing up, all with keys."""
    first = at.get_by_role("radio", name="Antwort a1")
    tab_to(at, first)
    at.keyboard.press("Space")
    at.keyboard.press("ArrowDown")
    expect(at.get_by_role("radio", name="Antwort a2")).to_be_checked()
    expect(at.locator("#f-single-other")).to_be_hidden()
    at.keyboard.press("ArrowDown")
    expect(at.locator("#f-single-other")).to_be_visible()
    at.keyboard.press("Tab")
    at.keyboard.type("Mit dem Boot")
    for name in ("Antwort m1", "Keins"):
        tab_to(at, at.get_by_role("checkbox", name=name, exact=True))
        at.keyboard.press("Space")
    expect(at.get_by_role("checkbox", name="Antwort m1")).not_to_be_checked()
    up = at.get_by_role("button", name="Antwort k3 nach oben")
    tab_to(at, up)
    at.keyboard.press("Enter")
    expect(at.locator("p[data-moved]")).to_have_text("Antwort k3 steht jetzt auf Platz 2")
    expect(up).to_be_focused()


def test_everything_by_keyboard(visitor: Visitor, hall: Hall):
    at = visitor.page
    at.goto(hall.url("/bogen/"))
    flawless(visitor)
    begin(at, hall, "bogen")
    flawless(visitor)
    choose(at)
    tab_to(at, at.get_by_role("button", name="Weiter", exact=True))
    at.keyboard.press("Enter")
    at.wait_for_url("**/seite/writing")
    flawless(visitor)
    surface = at.get_by_role("application")
    tab_to(at, surface)
    for key in ("ArrowRight", "ArrowDown", "Enter"):
        at.keyboard.press(key)
    expect(at.locator("[data-place]")).to_have_text("Auf der Karte markiert: 1")
    tab_to(at, at.get_by_role("textbox", name=re.compile("Frage postcode")), 200)
    at.keyboard.type("12")
    at.keyboard.press("Enter")
    alert = at.get_by_role("alert")
    expect(alert).to_be_focused()
    expect(alert).to_contain_text("2 Angaben fehlen oder stimmen noch nicht")
    assert at.title().startswith("Fehler: Seite 2 von 2")
    flawless(visitor)
    at.keyboard.press("Tab")
    at.keyboard.press("Enter")
    expect(at.locator("#f-postcode")).to_be_focused()
    expect(at.locator("#f-postcode")).to_have_accessible_description(
        re.compile("Eine Postleitzahl hat fünf Ziffern")
    )
    at.keyboard.press("Control+a")
    at.keyboard.type("00123")
    tab_to(at, at.get_by_role("checkbox", name=re.compile("Frage agree")))
    at.keyboard.press("Space")
    at.keyboard.press("Enter")
    at.wait_for_url("**/uebersicht")
    flawless(visitor)
    tab_to(at, at.get_by_role("button", name="Absenden"))
    at.keyboard.press("Enter")
    at.wait_for_url("**/danke")
    flawless(visitor)
    (taken,) = answers(hall, "bogen")
    assert (taken["single"], taken["single.other"], taken["multiple"]) == ("_other", "Mit dem Boot", ["m3"])
    assert (taken["rank"], taken["postcode"], taken["agree"]) == (["k1", "k3", "k2"], "00123", True)
    assert taken["map"] == {"shapes": [{"type": "Point", "coordinates": [520, 320]}], "text": ""}


def test_a_screen_reader_finds_names_and_groups(visitor: Visitor, hall: Hall):
    at = visitor.page
    begin(at, hall, "weg")
    tree = at.locator("#survey-form").aria_snapshot()
    for line in ('- group "1. Frage how"', '- radio "Antwort foot"', '- button "Weiter"'):
        assert line in tree, tree
    at.get_by_role("button", name="Weiter", exact=True).click()
    tree = at.locator(".survey").aria_snapshot()
    for line in (
        '- alert "Eine Angabe fehlt oder stimmt noch nicht"',
        'link "Frage 1: Bitte wählen Sie eine Antwort aus."',
        '- group "1. Frage how"',
    ):
        assert line in tree, tree


def test_questions_come_and_go_and_what_is_typed_is_saved(visitor: Visitor, hall: Hall):
    at = visitor.page
    begin(at, hall, "weg")
    why = at.locator("#f-why")
    expect(why).to_be_hidden()
    at.get_by_label("Antwort car").check()
    expect(why).to_be_visible()
    expect(at.get_by_role("textbox", name="2. Frage why")).to_have_count(1)
    at.get_by_label("Antwort foot").check()
    expect(why).to_be_hidden()
    at.get_by_label("Antwort car").check()
    why.fill("Weil es regnet")
    expect(at.locator("[data-said]")).to_have_text("Gespeichert.", timeout=60_000)
    at.reload()
    expect(at.locator("#f-why")).to_have_value("Weil es regnet")
    at.get_by_role("button", name="Weiter", exact=True).click()
    at.wait_for_url("**/seite/p2")


def test_it_goes_on_without_script_and_at_a_second_device(browser: Browser, hall: Hall):
    with visiting(browser, java_script_enabled=False) as first, visiting(browser, viewport=NARROW) as second:
        at = first.page
        begin_plain(at, hall)
        at.get_by_label("Antwort car").check()
        at.get_by_role("button", name="Weiter", exact=True).click()
        expect(at.get_by_role("status").first).to_contain_text("Fragen dazugekommen")
        at.locator("#f-why").fill("Ohne Skript")
        at.get_by_role("button", name="Später weitermachen").click()
        code = at.locator(".survey-resume-code").inner_text()
        other = second.page
        other.goto(hall.url(f"/weg/#weiter={code.replace('-', '')}"))
        expect(other.locator("#f-resume")).to_be_focused()
        assert "#" not in other.url
        other.keyboard.press("Enter")
        other.wait_for_url("**/seite/p1")
        expect(other.locator("#f-why")).to_have_value("Ohne Skript")
        assert second.axe(TARGETS) == []
        assert other.evaluate(WIDER) == []
        other.get_by_role("button", name="Weiter", exact=True).click()
        other.wait_for_url("**/seite/p2")
        at.goto(hall.url("/weg/seite/p2"))
        at.get_by_role("button", name="Weiter zur Übersicht").click()
        at.get_by_role("button", name="Absenden").click()
        at.wait_for_url("**/danke")
        assert {"how": "car", "why": "Ohne Skript"} in answers(hall, "weg")
        assert first.complaints + second.complaints == []


def begin_plain(at: Page, hall: Hall) -> None:
    at.goto(hall.url("/weg/"))
    at.get_by_role("button", name="Beginnen").click()
    at.wait_for_url("**/seite/p1")


@pytest.mark.parametrize("viewport", [{"width": 1280, "height": 900}, NARROW], ids=["wide", "narrow"])
def test_arabic_runs_from_right_to_left(browser: Browser, hall: Hall, viewport):
    with visiting(browser, viewport=viewport) as visitor:
        at = visitor.page
        at.goto(hall.url("/arabisch/?sprache=ar"))
        flawless(visitor)
        at.get_by_role("button", name="ابدأ").click()
        at.wait_for_url("**/seite/p1")
        survey = at.locator(".survey")
        expect(survey).to_have_attribute("dir", "rtl")
        expect(survey).to_have_attribute("lang", "ar")
        radio, words = at.locator("#f-q1"), at.locator("label:has(#f-q1) span")
        boxes = radio.bounding_box(), words.bounding_box()
        assert boxes[0] is not None
        assert boxes[1] is not None
        assert boxes[0]["x"] > boxes[1]["x"]
        flawless(visitor)
        at.get_by_role("button", name="إرسال").click()
        alert = at.get_by_role("alert")
        expect(alert).to_be_focused()
        expect(alert).to_contain_text("إدخال واحد ناقص")
        at.get_by_role("radio", name="غير آمن").check()
        at.get_by_role("radio", name="الميناء: سيئ").check()
        at.get_by_role("button", name="إرسال").click()
        at.wait_for_url("**/danke")
        flawless(visitor)
        assert {"q1": "a1", "q2": {"r2": "c1"}} in answers(hall, "arabisch")
        assert visitor.complaints == []


def test_four_hundred_percent_scroll_in_one_direction_alone(browser: Browser, hall: Hall):
    # 1280 by 1024 pixels at 400 percent (WCAG 2.2, 1.4.10).
    with visiting(browser, viewport={"width": 320, "height": 256}) as visitor:
        begin(visitor.page, hall, "bogen")
        assert visitor.page.evaluate(WIDER) == []
        visitor.page.goto(hall.url("/bogen/seite/writing"))
        assert visitor.page.evaluate(WIDER) == []
