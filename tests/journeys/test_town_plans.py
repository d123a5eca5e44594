"""A town's administration puts a consultation together by keyboard, looks at the draft, and opens it to everybody."""

import datetime as dt

import pytest
from playwright.sync_api import Browser, expect

from baukasten import clock
from baukasten.plugin.refs import Role
from baukasten.tenants import plugins, service
from tests.journeys.browsing import visiting
from tests.journeys.exhibition import Exhibition
from tests.journeys.hands import Keyboard

pytestmark = pytest.mark.browser

SLUG, HOST, EMAIL = "sandbek", "sandbek.localhost", "erste@sandbek.example"
DRAFT = "/beteiligung/der-neue-marktplatz/"


@pytest.fixture(scope="module")
def sandbek(shown: Exhibition) -> None:
    """A town that may use the forum, with an administrator and nothing else."""
    with shown.database.operator_session() as session:
        town = service.create(session, slug=SLUG, name="Sandbek", hosts=[HOST])
        plugins.grant(session, town.id, "forum")
        session.commit()
    shown.newcomer(SLUG, EMAIL, "Imke Amt", Role.ADMIN)


def test_from_an_empty_town_to_a_public_project(sandbek: None, browser: Browser, shown: Exhibition):
    with visiting(browser) as visitor, visiting(browser) as guest:
        visitor.sign_in_as(HOST, shown.secret(HOST, EMAIL))
        page, hands = visitor.page, Keyboard(visitor.page)
        page.goto(shown.url(HOST, "/verwaltung/"))
        hands.go("Erweiterungen")
        hands.go("Forum einschalten")
        expect(page.get_by_text("Eingeschaltet.")).to_be_visible()
        hands.go("Überblick")
        hands.go("Neues Verfahren")
        hands.write("Titel", "Der neue Marktplatz")
        hands.go("Entwurf anlegen")
        hands.go("Forum einsetzen")
        hands.write("Titel", "Ideen für den Platz")
        hands.go("Speichern")
        assert blockers(page) == ["Frage an die Menschen", "Ansprechstelle", "Phasen und Zeiten", "Impressum"]
        shut = page.get_by_role("button", name="Veröffentlichen")
        expect(shut).to_have_attribute("aria-disabled", "true")
        expect(shut).to_have_accessible_description("4 Punkte fehlen bis zum Start siehe Liste")
        assert guest.page.goto(shown.url(HOST, DRAFT)).status == 404  # type: ignore[union-attr]
        mend(hands, page)
        assert blockers(page) == []
        hands.go("Vorschau")
        expect(page.get_by_text("Das ist eine Vorschau.")).to_be_visible()
        expect(page.get_by_text("Was gehört auf den Platz?")).to_be_visible()
        page.go_back()
        hands.go("Veröffentlichen")
        expect(page.get_by_text("Das Verfahren ist jetzt öffentlich.")).to_be_visible()
        assert visitor.complaints == []
        guest.page.goto(shown.url(HOST))
        Keyboard(guest.page).go("Verfahren")
        Keyboard(guest.page).go("Der neue Marktplatz")
        assert guest.page.url == shown.url(HOST, DRAFT)
        expect(guest.page.get_by_text("Was gehört auf den Platz?")).to_be_visible()
        expect(guest.page.get_by_text("Das ist eine Vorschau.")).to_have_count(0)
        Keyboard(guest.page).go("Ideen für den Platz")
        expect(guest.page.get_by_role("link", name="Beitrag schreiben", exact=True)).to_be_visible()


def blockers(page) -> list[str]:
    """Name what is missing before the start."""
    points = page.locator(".todo li").filter(has=page.locator(".no"))
    return [point.strip() for point in points.locator("b").all_inner_texts()]


def mend(hands: Keyboard, page) -> None:
    """Follow the list from point to point, as somebody without a mouse does."""
    project = page.url
    hands.go("Beheben")
    assert page.url.endswith("#f-question")
    hands.write("Frage an die Menschen", "Was gehört auf den Platz?")
    hands.write("Ansprechstelle", "Bauamt, Zimmer 4")
    hands.go("Speichern")
    assert blockers(page) == ["Phasen und Zeiten", "Impressum"]
    hands.go("Phasen bearbeiten")
    today = clock.now().date()
    hands.write("Phase 1: Titel", "Ideen sammeln")
    # How a browser takes dates by key depends on its language; what it hands on does not.
    page.get_by_label("Phase 1: beginnt").fill(f"{today - dt.timedelta(days=1)}T08:00")
    page.get_by_label("Phase 1: endet").fill(f"{today + dt.timedelta(days=20)}T18:00")
    page.keyboard.press("Tab")
    hands.check("Forum: Beiträge und Antworten schreiben")
    hands.go("Speichern")
    assert blockers(page) == ["Impressum"]
    hands.go("Beheben")
    hands.write("Impressum", "Gemeinde Sandbek, Am Markt 1, 00001 Sandbek")
    hands.go("Speichern")
    page.goto(project)
