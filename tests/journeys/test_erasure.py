"""Closing an account: nothing of the person stays, the discussion stays readable."""

import pytest
from playwright.sync_api import Browser, expect

from tests.journeys.browsing import visiting
from tests.journeys.exhibition import PASSWORD, Exhibition
from tests.journeys.hands import Keyboard

pytestmark = pytest.mark.browser

TOWN, HOST = "kranichsiel", "kranichsiel.localhost"
NAME, EMAIL = "Wendelin Abschied", "wendelin@post.example"
IDEA, TEXT = "Eine Uhr am Kai", "Damit man weiß, wann die Fähre fährt."


def test_the_person_goes_and_the_words_stay(browser: Browser, shown: Exhibition):
    shown.newcomer(TOWN, EMAIL, NAME)
    with visiting(browser) as visitor:
        page, hands = visitor.page, Keyboard(visitor.page)
        visitor.sign_in_as(HOST, shown.secret(HOST, EMAIL))
        page.goto(shown.url(HOST, "/beteiligung/alter-torfhafen/ideen/neu"))
        hands.write("In einem Satz", IDEA)
        hands.write("Ihr Beitrag", TEXT)
        hands.go("Beitrag veröffentlichen")
        topic = page.url
        shown.work()
        assert shown.rows_with(NAME) != []
        page.goto(shown.url(HOST, "/konto/"))
        hands.go("Meine Daten")
        with page.expect_download() as handed:
            hands.open("Alles über mich herunterladen")
        taken = handed.value.path().read_text(encoding="utf-8")
        assert [word for word in (NAME, EMAIL, TEXT) if word not in taken] == []
        hands.go("Mein Konto schließen")
        hands.write("Ihr Passwort", PASSWORD)
        hands.check("Ja, mein Konto schließen")
        hands.go("Mein Konto schließen")
        expect(page.get_by_role("heading", level=1)).to_have_text("Ihr Konto ist geschlossen")
        assert visitor.cookies() == []
    shown.work()
    assert shown.rows_with(NAME) == []
    assert shown.rows_with(EMAIL) == []
    with visiting(browser) as guest:
        guest.page.goto(topic)
        expect(guest.page.locator(".post--first")).to_contain_text(TEXT)
        assert NAME not in guest.page.content()
        guest.page.goto(shown.url(HOST, "/suche/?q=Wendelin"))
        assert NAME not in guest.page.content()
        guest.page.goto(shown.url(HOST, "/suche/?q=Uhr"))
        expect(guest.page.get_by_role("link", name=IDEA).first).to_be_visible()
