"""A moderator works through the queue by keyboard alone; axe looks on, wide and narrow."""

import os
import re

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from baukasten.moderation.cases import open_case
from baukasten.moderation.models import CaseCause
from baukasten.plugin.refs import ContentRef, Role
from baukasten_forum.models import Post
from tests.journeys import pages
from tests.journeys.browsing import NARROW, NORMS, WIDE, Visitor, visiting
from tests.journeys.exhibition import Exhibition

pytestmark = pytest.mark.browser
HOST = "kranichsiel.localhost"
QUEUE = "/verwaltung/moderation/"
RULES = {"runOnly": {"type": "tag", "values": NORMS}}
REPORTED = 6


@pytest.fixture(scope="module")
def reported(shown: Exhibition) -> list[int]:
    """Cases about posts of the town, as if people had reported them."""
    with shown.database.session(shown.town(pages.TOWN).id) as session:
        posts = session.scalars(
            select(Post.id)
            .where(Post.visibility == "published", Post.number > 1)
            .order_by(Post.id)
            .limit(REPORTED)
        )
        made = [open_case(session, ContentRef("forum.post", post), CaseCause.REPORTED) for post in posts]
        session.commit()
    assert len(made) == REPORTED
    return made


@pytest.fixture
def visitor(browser: Browser, shown: Exhibition, reported: list[int]):
    """The moderator's browser."""
    with visiting(browser) as opened:
        opened.sign_in_as(HOST, shown.secret(HOST, shown.person(pages.TOWN, Role.MODERATOR)))
        yield opened
        assert opened.complaints == []


def queue(visitor: Visitor, shown: Exhibition) -> Page:
    visitor.page.goto(shown.url(HOST, f"{QUEUE}?grund=gemeldet"))
    return visitor.page


def lines(page: Page):
    """Lines that can be decided with others; an appeal cannot."""
    return page.locator("[data-case]:has([name=vorgang])")


def look(page: Page, name: str) -> None:
    if folder := os.environ.get("LOOK"):
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)


def test_keys_browse_tick_help_and_can_be_switched_off(visitor: Visitor, shown: Exhibition):
    page = queue(visitor, shown)
    page.keyboard.press("j")
    expect(lines(page).nth(0).locator("a")).to_be_focused()
    page.keyboard.press("j")
    expect(lines(page).nth(1).locator("a")).to_be_focused()
    page.keyboard.press("k")
    expect(lines(page).nth(0).locator("a")).to_be_focused()
    page.keyboard.press("x")
    expect(page.locator("[data-count]")).to_have_text("1 gewählt")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    assert visitor.axe(RULES) == []
    look(page, "help")
    page.keyboard.press("Escape")
    page.get_by_label("Tastenkürzel aus").check()
    page.reload()
    page.keyboard.press("j")
    expect(lines(page).nth(0).locator("a")).not_to_be_focused()
    page.get_by_label("Tastenkürzel aus").uncheck()
    page.keyboard.press("j")
    expect(lines(page).nth(0).locator("a")).to_be_focused()


def test_a_decides_moves_on_and_can_be_undone(visitor: Visitor, shown: Exhibition):
    page = queue(visitor, shown)
    before = lines(page).count()
    page.keyboard.press("j")
    second = lines(page).nth(1).get_attribute("data-case")
    page.keyboard.press("a")
    expect(lines(page)).to_have_count(before - 1)
    expect(page.locator(f'[data-case="{second}"] > a')).to_be_focused()
    expect(page.locator("[data-said]")).to_contain_text("Entschieden")
    look(page, "done")
    assert visitor.axe(RULES) == []
    page.keyboard.press("z")
    page.wait_for_url(re.compile(r"/verwaltung/moderation/\d+"))
    assert lines(queue(visitor, shown)).count() == before


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
def test_queue_and_case_fit_and_please_axe(visitor: Visitor, shown: Exhibition, size):
    page = visitor.page
    page.set_viewport_size(size)
    queue(visitor, shown)
    look(page, f"queue-{size['width']}")
    page.locator("details.filters > summary").click()
    assert visitor.axe(RULES) == []
    look(page, f"filters-{size['width']}")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    lines(page).nth(0).locator("a").click()
    expect(page.locator("[data-desk]")).to_be_visible()
    look(page, f"case-{size['width']}")
    assert visitor.axe(RULES) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_without_script_the_ticked_are_decided_by_a_form(
    browser: Browser, shown: Exhibition, reported: list[int]
):
    with visiting(browser, java_script_enabled=False) as plain:
        plain.sign_in_as(HOST, shown.secret(HOST, shown.person(pages.TOWN, Role.MODERATOR)))
        page = queue(plain, shown)
        before = lines(page).count()
        for case in reported[-2:]:
            page.locator(f'[data-case="{case}"]').get_by_role("checkbox").check()
        page.get_by_label("Durchlassen: freigeben oder stehen lassen").check()
        page.get_by_role("button", name="Ausgewählte entscheiden").click()
        expect(page.locator(".undo-note")).to_contain_text("2 Vorgänge entschieden")
        assert lines(page).count() == before - 2
        page.get_by_role("button", name="Rückgängig").click()
        assert lines(queue(plain, shown)).count() == before
