"""The data centre opens a town, grants it the forum, and sees what plugins cost."""

import pytest
from playwright.sync_api import Browser, expect

from baukasten.demo import build
from tests.journeys.browsing import visiting
from tests.journeys.exhibition import OPERATOR_HOST, PASSWORD, Exhibition
from tests.journeys.hands import Keyboard

pytestmark = pytest.mark.browser


def test_from_signing_in_to_a_town_with_a_forum(browser: Browser, shown: Exhibition):
    with visiting(browser) as visitor:
        page, hands = visitor.page, Keyboard(visitor.page)
        page.goto(shown.url(OPERATOR_HOST))
        assert "/konto/anmelden" in page.url
        hands.write("E-Mail-Adresse", build.OPERATOR_EMAIL)
        hands.write("Passwort", PASSWORD)
        hands.go("Anmelden")
        assert page.url == shown.url(OPERATOR_HOST, "/betrieb/")
        hands.go("Kommune anlegen")
        hands.write("Name der Kommune", "Moorhude")
        hands.write("Kurzname", "moorhude")
        hands.write("Host", "https://moorhude.localhost")
        hands.go("Kommune eröffnen")
        expect(page.get_by_role("alert")).to_be_focused()
        expect(page.get_by_label("Name der Kommune", exact=True)).to_have_value("Moorhude")
        hands.write("Host", "moorhude.localhost")
        hands.go("Kommune eröffnen")
        expect(page.get_by_role("heading", level=1)).to_have_text("Moorhude")
        hands.go("Freigeben")
        expect(page.get_by_role("button", name="Entziehen")).to_be_visible()
        assert visitor.complaints == []
        answer = page.goto(shown.url("moorhude.localhost"))
        assert answer is not None
        assert answer.status == 200
        expect(page.get_by_role("heading", level=1)).to_have_text("Mitreden in Moorhude")


def test_the_console_tells_what_plugins_cost(browser: Browser, shown: Exhibition):
    with visiting(browser) as visitor:
        visitor.sign_in_as(OPERATOR_HOST, shown.secret(OPERATOR_HOST, build.OPERATOR_EMAIL))
        visitor.page.goto(shown.url("kranichsiel.localhost", "/beteiligung/alter-torfhafen/"))
        shown.report_costs()
        visitor.page.goto(shown.url(OPERATOR_HOST, "/betrieb/bausteine"))
        row = visitor.page.get_by_role("row").filter(has_text="count_stats").filter(has_text="forum")
        expect(row.get_by_role("rowheader")).to_have_text("forum")
        assert row.locator("td").nth(4).inner_text() == "0", "no errors"
