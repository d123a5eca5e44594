"""A citizen writes with script: toolbar by keyboard, preview, quotations, names, drafts of two devices."""

import re

import pytest
from playwright.sync_api import Browser, Page, Route, expect
from sqlalchemy import delete

from baukasten.plugin.refs import Role
from baukasten_forum.writing.models import SavedDraft
from tests.journeys import pages
from tests.journeys.browsing import Visitor, visiting
from tests.journeys.exhibition import Exhibition

pytestmark = pytest.mark.browser
HOST = "kranichsiel.localhost"


@pytest.fixture
def visitor(browser: Browser, shown: Exhibition):
    """The browser of a citizen who has begun nothing yet, whoever wrote before."""
    with shown.database.session(shown.town(pages.TOWN).id) as session:
        session.execute(delete(SavedDraft))
        session.commit()
    with visiting(browser) as opened:
        opened.sign_in_as(HOST, shown.secret(HOST, shown.person(pages.TOWN, Role.CITIZEN)))
        yield opened
        assert [one for one in opened.complaints if "409" not in one] == []


def at(visitor: Visitor, shown: Exhibition, name: str) -> Page:
    visitor.page.goto(shown.url(HOST, pages.landmarks(shown)[name]))
    return visitor.page


def area(page: Page):
    return page.locator("#f-body")


def test_the_toolbar_is_one_stop_and_marks_words(visitor: Visitor, shown: Exhibition):
    page = at(visitor, shown, "short_topic")
    area(page).fill("Kran drehen")
    area(page).press("Control+a")
    area(page).press("Control+b")
    expect(area(page)).to_have_value("**Kran drehen**")
    bold, quote = (
        page.get_by_role("button", name="Fett"),
        page.get_by_role("button", name="Zitat", exact=True),
    )
    bold.focus()
    for _step in range(3):
        page.keyboard.press("ArrowRight")
    expect(quote).to_be_focused()
    page.keyboard.press("Enter")
    expect(area(page)).to_have_value("> **Kran drehen**")
    assert page.locator('.tools button[tabindex="0"]').count() == 1


def test_the_preview_takes_the_place_of_the_field(visitor: Visitor, shown: Exhibition):
    page = at(visitor, shown, "short_topic")
    area(page).fill("**Ja** <script>x</script>")
    view = page.get_by_role("group", name="Ansicht")
    view.get_by_role("button", name="Vorschau").click()
    expect(page.locator(".preview-live strong")).to_have_text("Ja")
    expect(area(page)).to_be_hidden()
    assert visitor.axe({}) == []
    view.get_by_role("button", name="Schreiben").click()
    expect(area(page)).to_be_focused()


def test_chosen_words_are_quoted_and_the_typed_text_stays(visitor: Visitor, shown: Exhibition):
    page = at(visitor, shown, "short_topic")
    area(page).fill("Vorweg.")
    page.evaluate("""() => {
        const text = document.querySelector('#post-1 .post-body p').firstChild;
        getSelection().setBaseAndExtent(text, 0, text, 5);
    }""")
    words = page.evaluate("getSelection().toString().trim()")
    page.locator("#post-1").get_by_role("link", name="Zitieren").click()
    quoted = pages.landmarks(shown)["quoted"]
    expect(area(page)).to_have_value(f"Vorweg.\n\n> [#1](post:{quoted})\n> {words}\n\n")
    area(page).fill("")
    page.evaluate("getSelection().removeAllRanges()")
    page.locator("#post-1").get_by_role("link", name="Zitieren").click()
    expect(area(page)).to_have_value(re.compile(rf"^> \[#1\]\(post:{quoted}\)\n> .+\n\n$", re.DOTALL))


def test_names_of_those_who_take_part_are_offered(visitor: Visitor, shown: Exhibition):
    page = at(visitor, shown, "short_topic")
    area(page).focus()
    page.keyboard.type("Hallo @")
    offered = page.get_by_role("group", name="Menschen, die Sie nennen können").get_by_role("button")
    expect(offered.first).to_be_visible()
    name = offered.first.text_content()
    page.keyboard.press("ArrowDown")
    expect(offered.first).to_be_focused()
    assert visitor.axe({}) == []
    page.keyboard.press("Enter")
    expect(area(page)).to_have_value(f"Hallo {name} ")
    expect(area(page)).to_be_focused()


def test_a_draft_saves_itself_and_tells_of_the_other_device(
    visitor: Visitor, shown: Exhibition, browser: Browser
):
    page = at(visitor, shown, "short_topic")
    page.goto(page.url.partition("?")[0] + "?entwurf=1")
    # Another visit may have left a draft that the page tells of already: wait for the saving itself.
    with page.expect_response(lambda answer: answer.request.method == "POST") as saved:
        area(page).fill("Vom Telefon")
    assert saved.value.ok
    expect(page.locator("[data-draft-state]")).to_contain_text("Entwurf gesichert:")
    with visiting(browser) as other:
        other.sign_in_as(HOST, shown.secret(HOST, shown.person(pages.TOWN, Role.CITIZEN)))
        desk = at(other, shown, "short_topic")
        area(desk).focus()
        expect(area(desk)).to_have_value("Vom Telefon")
        with desk.expect_response(lambda answer: answer.request.method == "POST"):
            area(desk).fill("Vom Schreibtisch")
    with page.expect_response(lambda answer: answer.status == 409):
        area(page).fill("Doch vom Telefon")
    expect(page.get_by_role("alert").locator("pre")).to_have_text("Vom Schreibtisch")
    expect(area(page)).to_have_value("Doch vom Telefon")
    page.get_by_role("button", name="Entwurf sichern").click()
    page.goto(shown.url(HOST, f"{pages.FORUM}/entwuerfe"))
    expect(page.get_by_text("Doch vom Telefon", exact=True)).to_be_visible()
    assert page.get_by_text("Vom Schreibtisch").count() == 0


@pytest.mark.parametrize("typed", ["Neu", ""])
def test_a_draft_that_arrives_late_stays_out_of_a_field_that_somebody_has_touched(
    visitor: Visitor, shown: Exhibition, typed: str
):
    page = at(visitor, shown, "short_topic")
    area(page).fill("Von gestern")
    page.get_by_role("button", name="Entwurf sichern").click()
    page = at(visitor, shown, "short_topic")
    waiting: list[Route] = []

    def hold(route: Route) -> None:
        waiting.append(route)

    page.route("**/stand?*", hold)
    with page.expect_request("**/stand?*"):
        area(page).focus()
    page.keyboard.type("Neu")
    for _letter in range(3 - len(typed)):
        page.keyboard.press("Backspace")
    with page.expect_response("**/stand?*") as answered:
        waiting[0].continue_()
    assert answered.value.json()["body"] == "Von gestern"
    page.evaluate("new Promise((done) => setTimeout(done, 50))")
    expect(area(page)).to_have_value(typed)


def test_similar_topics_come_while_one_types_a_title(visitor: Visitor, shown: Exhibition):
    page = visitor.page
    page.goto(shown.url(HOST, f"{pages.FORUM}/neu"))
    page.get_by_label("In einem Satz").fill("Der Kran soll sich wieder drehen")
    expect(page.locator("[data-similar-list] a").first).to_have_text("Den Kran wieder drehen lassen")
