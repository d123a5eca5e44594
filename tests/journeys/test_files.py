"""Somebody shows a photo in the forum: chosen, described, published, seen by all; with scripts and without."""

from typing import Any

import pytest
from playwright.sync_api import Browser, FilePayload, expect

from baukasten.plugin.refs import Role
from tests.core.content import traced
from tests.journeys.browsing import NARROW, NORMS, WIDE, Visitor, visiting
from tests.journeys.exhibition import Exhibition
from tests.journeys.tour import WIDER

pytestmark = pytest.mark.browser

TOWN, HOST = "kranichsiel", "kranichsiel.localhost"
FORUM = "/beteiligung/alter-torfhafen/ideen"
WAYS: dict[str, dict[str, Any]] = {
    "with scripts": {"viewport": WIDE},
    "without scripts": {"viewport": NARROW, "java_script_enabled": False},
}


@pytest.mark.parametrize("way", WAYS)
def test_a_photo_is_described_and_shown(browser: Browser, shown: Exhibition, way: str):
    scripted = way == "with scripts"
    with visiting(browser, **WAYS[way]) as visitor:
        visitor.sign_in_as(HOST, shown.secret(HOST, shown.person(TOWN, Role.CITIZEN)))
        page = visitor.page
        page.goto(shown.url(HOST, f"{FORUM}/neu"))
        page.get_by_label("In einem Satz").fill(f"Moos an der Kaimauer, {way}")
        page.get_by_label("Ihr Beitrag").fill("So sieht es gerade aus.")
        files: list[FilePayload] = [
            {"name": "Kaimauer.jpg", "mimeType": "image/jpeg", "buffer": traced.jpeg()},
            {"name": "Plan.pdf", "mimeType": "application/pdf", "buffer": traced.pdf()},
        ]
        page.get_by_label("Dateien wählen").set_input_files(files)
        words = page.get_by_label("Was zeigt das Bild „Kaimauer.webp“?")
        if scripted:
            expect(page.get_by_role("status").get_by_text("Die Dateien sind da.")).to_be_visible()
            expect(words).to_be_focused()
        else:
            page.get_by_role("button", name="Hochladen und beschreiben").click()
        expect(page.get_by_label("Ihr Beitrag")).to_have_value("So sieht es gerade aus.")
        expect(page.get_by_text("Plan.pdf", exact=True)).to_be_visible()
        assert clean(visitor, scripted=scripted) == []
        page.get_by_role("button", name="Beitrag veröffentlichen").click()
        # Without words nothing is published, and nothing is lost.
        expect(page.get_by_role("alert")).to_be_visible()
        expect(words).to_have_attribute("aria-invalid", "true")
        assert clean(visitor, scripted=scripted) == []
        words.fill("Moos auf den Steinen der Kaimauer")
        page.get_by_role("button", name="Beitrag veröffentlichen").click()
        picture = page.get_by_role("img", name="Moos auf den Steinen der Kaimauer")
        expect(picture).to_be_visible()
        expect(page.get_by_role("link", name="Plan.pdf")).to_be_visible()
        if scripted:
            assert picture.evaluate("one => one.complete && one.naturalWidth") == 480
        assert clean(visitor, scripted=scripted) == []
        assert visitor.complaints == []


def test_a_file_that_is_too_large_is_named_before_it_is_sent(browser: Browser, shown: Exhibition):
    with visiting(browser) as visitor:
        visitor.sign_in_as(HOST, shown.secret(HOST, shown.person(TOWN, Role.CITIZEN)))
        page = visitor.page
        page.goto(shown.url(HOST, f"{FORUM}/neu"))
        huge: FilePayload = {"name": "Film.jpg", "mimeType": "image/jpeg", "buffer": bytes(11 * 1024 * 1024)}
        page.get_by_label("Dateien wählen").set_input_files([huge])
        expect(page.get_by_text("Diese Datei ist größer als 10 MB: Film.jpg")).to_be_visible()
        assert page.get_by_label("Dateien wählen").input_value() == ""


def clean(visitor: Visitor, *, scripted: bool) -> list[str]:
    """Give what axe and a narrow screen object to; both need scripts to look."""
    if not scripted:
        return []
    found = visitor.axe({"runOnly": {"type": "tag", "values": NORMS}})
    visitor.page.set_viewport_size(NARROW)  # type: ignore[arg-type]
    found += [*visitor.page.evaluate(WIDER), *visitor.axe({"runOnly": ["target-size"]})]
    visitor.page.set_viewport_size(WIDE)  # type: ignore[arg-type]
    return found
