"""Pages ask nobody else for anything, set no cookie for readers, and break no rule of their own policy."""

import pytest

from tests.journeys.pages import GUEST, HOSTS, PAGES
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
    others = {tuple(sight.cookies) for sight in tour.sights.values() if sight.page.viewer != GUEST}
    assert others == {("__Host-session",)}


def test_no_link_leads_nowhere(tour: Tour):
    assert tour.dead_links == []
