"""Guests' pages are answered from memory as long as they are true, and nobody else's ever are."""

import datetime as dt

import pytest

from baukasten import clock
from baukasten.projects.service import ProjectDraft, create_project
from baukasten.web.pagecache import MAX_BODY, PageCache
from baukasten.web.visitors import SESSION_COOKIE
from tests.core.web.conftest import Probe

KEPT = "/probe/kept"


def write(house, town):
    with house.session(town.id) as session:
        create_project(session, None, ProjectDraft("Neu"))
        session.commit()


def test_the_second_guest_is_answered_from_memory_with_the_same_headers(guest):
    first, second = guest.get(KEPT), guest.get(KEPT)
    assert (Probe.calls, second.text) == (1, first.text)
    ours = {key: value for key, value in first.headers.items() if key != "X-Request-Id"}
    assert dict(second.headers) == ours
    assert "Content-Security-Policy" in second.headers


def test_a_browser_that_has_the_page_gets_no_second_copy(guest):
    etag = guest.get(KEPT).headers["ETag"]
    again = guest.get(KEPT, headers={"If-None-Match": etag})
    assert (again.status_code, again.data, again.headers["Cache-Control"]) == (304, b"", "no-cache")
    assert guest.get(KEPT, headers={"If-None-Match": '"other"'}).status_code == 200
    assert Probe.calls == 1


def test_a_question_for_the_head_gets_no_body(guest):
    page = guest.get(KEPT)
    head = guest.head(KEPT)
    assert (head.data, head.headers["Content-Length"], Probe.calls) == (b"", str(len(page.data)), 1)


def test_whoever_carries_a_session_is_never_answered_from_memory(guest):
    guest.get(KEPT)
    guest.set_cookie(SESSION_COOKIE, "made-up", domain=guest.host, secure=True)
    signed_in = [guest.get(KEPT) for _twice in range(2)]
    assert (Probe.calls, {page.headers["Cache-Control"] for page in signed_in}) == (3, {"private, no-store"})
    guest.delete_cookie(SESSION_COOKIE, domain=guest.host)
    assert guest.get(KEPT).text.startswith("call 1 ")


def test_pages_are_told_apart_by_host_language_and_question(guest, at, other_town, platform):
    platform.generations.refresh()
    neighbour = at(other_town)
    addresses = [KEPT, f"{KEPT}?page=2", f"/en{KEPT}", f"{KEPT}?page=%32"]
    pages = [guest.get(path).text for path in addresses] + [neighbour.get(KEPT).text]
    assert len(set(pages)) == 5
    assert [guest.get(path).text for path in addresses] + [neighbour.get(KEPT).text] == pages
    assert Probe.calls == 5


def test_what_is_written_makes_the_towns_pages_stale_and_no_others(
    guest, at, house, town, other_town, platform
):
    neighbour = at(other_town)
    platform.generations.refresh()
    guest.get(KEPT), neighbour.get(KEPT)
    write(house, town)
    platform.generations.refresh()
    assert guest.get(KEPT).text.startswith("call 3 ")
    assert neighbour.get(KEPT).text.startswith("call 2 ")


def test_a_page_whose_content_ends_with_time_is_made_again(guest, noon):
    Probe.until = noon + dt.timedelta(minutes=5)
    guest.get(KEPT)
    with clock.turned(noon + dt.timedelta(minutes=4, seconds=59)):
        guest.get(KEPT)
    assert Probe.calls == 1
    with clock.turned(noon + dt.timedelta(minutes=5)):
        guest.get(KEPT)
    assert Probe.calls == 2


@pytest.mark.parametrize(("name", "value"), [("status", 404), ("cookie", "sweet"), ("size", MAX_BODY)])
def test_what_is_no_plain_page_is_not_kept(guest, name, value):
    setattr(Probe, name, value)
    for _twice in range(2):
        guest.get(KEPT)
    assert Probe.calls == 2


def test_unmarked_pages_are_not_kept(guest):
    assert [guest.get("/probe/not-kept").text for _twice in range(2)] == ["call 1", "call 2"]


def test_while_the_generation_is_unknown_nothing_is_kept(guest, town, platform):
    platform.generations.forget(town.id)
    guest.get(KEPT)
    platform.generations.forget(town.id)
    guest.get(KEPT)
    assert Probe.calls == 2


def test_made_up_addresses_fill_no_memory(guest, platform, monkeypatch):
    Probe.size = 10_000
    monkeypatch.setattr(platform.pages, "_limit", 50_000)
    monkeypatch.setattr(platform.pages, "_bytes", 50_000)
    guest.get(f"{KEPT}?first")
    for number in range(20):
        guest.get(f"{KEPT}?{number}")
        assert sum(len(page.body) for page in platform.pages._pages.values()) <= 50_000
    guest.get(f"{KEPT}?19")
    assert Probe.calls == 21


def test_a_cache_of_its_own_begins_empty(platform):
    assert PageCache(platform.generations, platform.tallies)._pages == {}
