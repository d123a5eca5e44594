"""A citizen presses, follows and reads on: with script and without, by mouse and by keyboard."""

import pytest
from playwright.sync_api import Browser, Page, expect

from baukasten.plugin.refs import Role
from tests.journeys import pages
from tests.journeys.browsing import NARROW, Visitor, visiting
from tests.journeys.exhibition import Exhibition

pytestmark = pytest.mark.browser
HOST = "kranichsiel.localhost"


def signed_in(visitor: Visitor, shown: Exhibition) -> Page:
    visitor.sign_in_as(HOST, shown.secret(HOST, shown.person(pages.TOWN, Role.CITIZEN)))
    visitor.page.goto(shown.url(HOST, pages.landmarks(shown)["topic"]))
    return visitor.page


def count_of(button) -> int:
    return int(button.locator("b").inner_text() or "0")


def test_a_press_is_counted_and_said_without_loading_the_page(browser: Browser, shown: Exhibition):
    with visiting(browser) as visitor:
        page = signed_in(visitor, shown)
        page.evaluate("window.stayed = true")
        button = page.locator('button[form="react"][name="thanks"]').first
        before = count_of(button)
        button.focus()
        page.keyboard.press("Enter")
        expect(button).to_have_attribute("aria-pressed", "true")
        expect(page.locator("#react-said")).to_have_text("Sie haben Danke gesagt.")
        assert count_of(button) == before + 1
        assert visitor.axe({}) == []
        page.reload()
        button = page.locator('button[form="react"][name="thanks"]').first
        expect(button).to_have_attribute("aria-pressed", "true")
        button.click()
        expect(button).to_have_attribute("aria-pressed", "false")
        assert count_of(button) == before
        assert visitor.complaints == []


def test_without_script_a_press_leads_back_to_the_post(browser: Browser, shown: Exhibition):
    with visiting(browser, java_script_enabled=False, viewport=NARROW) as visitor:
        page = signed_in(visitor, shown)
        button = page.locator('button[form="react"][name="thanks"]').nth(1)
        number = button.get_attribute("formaction").split("/")[-2]  # type: ignore[union-attr]
        button.click()
        page.wait_for_url(f"**#post-{number}")
        pressed = page.locator(f"#post-{number} button[name=thanks]")
        expect(pressed).to_have_attribute("aria-pressed", "true")
        pressed.click()
        expect(page.locator(f"#post-{number} button[name=thanks]")).to_have_attribute("aria-pressed", "false")


def test_levels_are_chosen_by_keyboard(browser: Browser, shown: Exhibition):
    with visiting(browser) as visitor:
        page = signed_in(visitor, shown)
        page.locator("aside .follow summary").focus()
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        page.keyboard.press("ArrowUp")
        expect(page.get_by_role("radio", name="Folgen")).to_be_checked()
        assert visitor.axe({}) == []
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        expect(page.locator("aside .follow summary")).to_contain_text("Folgen")
        page.goto(shown.url(HOST, f"{pages.FORUM}/folgen"))
        page.get_by_role("button", name="Beenden").first.click()
        expect(page.get_by_role("heading", name="Sie folgen hier noch nichts")).to_be_visible()
        assert visitor.complaints == []
