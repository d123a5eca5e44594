"""A citizen registers, confirms by mail, finds a project and replies: by keyboard alone, and without JavaScript."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from baukasten.plugin.refs import Role
from tests.journeys.browsing import NARROW, WIDE, Visitor, visiting
from tests.journeys.exhibition import PASSWORD, Exhibition
from tests.journeys.hands import Hands, Keyboard, Pointer

pytestmark = pytest.mark.browser

TOWN, HOST = "kranichsiel", "kranichsiel.localhost"
TOPIC = "Den Kran wieder drehen lassen"
WAYS: dict[str, tuple[Callable[[Page], Hands], dict[str, Any]]] = {
    "by keyboard": (Keyboard, {"viewport": WIDE}),
    "without JavaScript": (Pointer, {"viewport": NARROW, "java_script_enabled": False}),
    "by keyboard, without JavaScript": (Keyboard, {"viewport": NARROW, "java_script_enabled": False}),
}


@pytest.mark.parametrize("way", WAYS)
def test_from_the_front_page_to_a_reply(browser: Browser, shown: Exhibition, way: str):
    kind, options = WAYS[way]
    email = f"neu-{list(WAYS).index(way)}@post.example"
    with visiting(browser, **options) as visitor:
        hands = kind(visitor.page)
        register(visitor, hands, shown, email)
        find_the_topic(visitor, hands)
        reply(visitor, hands, f"Ich bringe Fett mit, {way}.")
        assert visitor.cookies() == ["__Host-session"]
        assert visitor.complaints == []


def menu(visitor: Visitor, hands: Hands) -> None:
    """Open the navigation where the screen has no room for it."""
    if visitor.page.viewport_size == NARROW:
        hands.open("Menü")


def register(visitor: Visitor, hands: Hands, shown: Exhibition, email: str) -> None:
    page = visitor.page
    page.goto(shown.url(HOST))
    menu(visitor, hands)
    hands.go("Anmelden")
    hands.go("Konto anlegen")
    hands.write("Name, den andere sehen", "Nele Neubürg")
    hands.write("E-Mail-Adresse", email)
    hands.write("Passwort", PASSWORD)
    hands.check("Ich halte mich an die Nutzungsregeln")
    hands.go("Konto anlegen")
    expect(page.get_by_text(email)).to_be_visible()
    assert visitor.cookies() == []
    page.goto(shown.url(HOST, shown.link(email, "bestaetigen")))
    assert visitor.cookies() == [], "following the link alone signs nobody in"
    hands.go("Adresse bestätigen")
    assert page.url == shown.url(HOST)


def find_the_topic(visitor: Visitor, hands: Hands) -> None:
    menu(visitor, hands)
    hands.go("Verfahren")
    hands.go("Alter Torfhafen")
    hands.go("Ideen für den Torfhafen")
    hands.go(TOPIC)
    expect(visitor.page.get_by_role("heading", level=1)).to_have_text(TOPIC)


def reply(visitor: Visitor, hands: Hands, text: str) -> None:
    page = visitor.page
    hands.write("Ihr Text", f"**{text}**")
    hands.go("Vorschau")
    expect(page.locator(".preview")).to_be_focused()
    expect(page.locator(".preview strong")).to_have_text(text)
    expect(page.get_by_label("Ihr Text")).to_have_value(f"**{text}**")
    hands.go("Antwort veröffentlichen")
    number = page.url.rpartition("#post-")[2]
    mine = page.locator(f"#post-{number}")
    expect(mine.locator("strong")).to_have_text(text)
    expect(mine.get_by_text("Nele Neubürg")).to_be_visible()
    # Whoever reads on with Tab or a screen reader begins at the own reply.
    assert page.evaluate("document.activeElement.id") == f"post-{number}"
    address = page.url
    hands.go(f"Verweis auf Beitrag {number}")
    assert page.url == address
    expect(mine.locator("strong")).to_have_text(text)


@pytest.fixture
def citizen(browser: Browser, shown: Exhibition) -> Any:
    """Somebody who is signed in already."""
    with visiting(browser) as visitor:
        visitor.sign_in_as(HOST, shown.secret(HOST, shown.person(TOWN, Role.RESIDENT)))
        yield visitor


def test_an_empty_reply_is_explained_where_the_eyes_are(citizen: Visitor, shown: Exhibition):
    hands = Keyboard(citizen.page)
    citizen.page.goto(shown.url(HOST, "/beteiligung/alter-torfhafen/ideen/"))
    hands.go(TOPIC)
    hands.go("Antwort veröffentlichen")
    summary = citizen.page.get_by_role("alert")
    expect(summary).to_be_focused()
    expect(summary.get_by_role("heading")).to_have_text("Eine Angabe stimmt noch nicht")
    hands.open("Ihr Text: Füllen Sie dieses Feld aus.")
    expect(citizen.page.get_by_label("Ihr Text")).to_be_focused()


def test_nothing_typed_is_lost(citizen: Visitor, shown: Exhibition):
    hands = Keyboard(citizen.page)
    text = "Erster Absatz.\n\nZweiter Absatz mit ‚Zeichen‘ & <mehr>."
    citizen.page.goto(shown.url(HOST, "/beteiligung/alter-torfhafen/ideen/neu"))
    hands.write("Ihr Beitrag", text)
    hands.go("Beitrag veröffentlichen")
    expect(citizen.page.get_by_role("alert")).to_be_focused()
    expect(citizen.page.get_by_label("Ihr Beitrag", exact=True)).to_have_value(text)
    hands.write("In einem Satz", "Eine Bank am Kran")
    hands.go("Beitrag veröffentlichen")
    expect(citizen.page.get_by_role("heading", level=1)).to_have_text("Eine Bank am Kran")
    expect(citizen.page.locator(".post--first .post-body")).to_contain_text(
        "Zweiter Absatz mit ‚Zeichen‘ & <mehr>."
    )
