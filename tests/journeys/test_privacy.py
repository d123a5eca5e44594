"""Pages ask nobody else for anything, set no cookie for readers, and break no rule of their own policy."""

import pytest
from playwright.sync_api import Browser

from tests.journeys.browsing import visiting
from tests.journeys.exhibition import Exhibition
from tests.journeys.pages import GUEST, HOSTS, PAGES, RESPONDENT
from tests.journeys.tour import Tour

pytestmark = pytest.mark.browser


def test_no_page_asks_anybody_else(tour: Tour):
    own = {page.host for page in PAGES if page.host} | set(HOSTS.values())
    assert tour.asked == own


def test_the_browser_has_nothing_to_complain_about(tour: Tour):
    assert tour.complaints == []


def test_nobody_gets_a_cookie_before_signing_in(tour: Tour):
    guests = {name: sight.cookies for name, sight in tour.sights.items() if sight.page.viewer == GUEST}
    assert {name: cookies for name, cookies in guests.items() if cookies} == {}
    others = {
        tuple(sight.cookies) for sight in tour.sights.values() if sight.page.viewer not in (GUEST, RESPONDENT)
    }
    assert others == {("__Host-session",)}


def test_answering_leaves_the_key_of_the_draft_and_then_the_receipt_alone(tour: Tour):
    kept = [
        {name.rstrip("0123456789") for name in sight.cookies}
        for sight in tour.sights.values()
        if sight.page.viewer == RESPONDENT
    ]
    assert kept[0] == set()
    assert {frozenset(names) for names in kept} == {
        frozenset(),
        frozenset({"__Host-survey-"}),
        frozenset({"__Host-survey-receipt-"}),
    }


def test_no_link_leads_nowhere(tour: Tour):
    assert tour.dead_links == []


def test_strangers_and_complaints_are_noticed(browser: Browser, shown: Exhibition):
    with visiting(browser) as visitor:
        visitor.page.set_content(f'<img src="{shown.url("elsewhere.localhost", "/pixel.png")}">')
        assert visitor.asked == {"elsewhere.localhost"}
        visitor.complaints.clear()
        visitor.page.goto(shown.url(HOSTS[GUEST]))
        visitor.page.evaluate("document.body.innerHTML += '<img src=\"http://tracker.example/a.png\">'")
        visitor.page.wait_for_function("document.images[document.images.length - 1].complete")
        assert [("Content Security Policy" in words) for words in visitor.complaints] == [True]
