"""Views are counted in memory, also those of kept pages, and written a batch at a time without touching caches."""

import threading

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from baukasten import sdk
from baukasten.projects.service import ProjectDraft, create_project
from baukasten.web import tally
from baukasten.web.tally import Tallies
from tests.core.web.conftest import Probe

KEPT = "/probe/kept"
READER = {"REQUEST_METHOD": "GET"}
AWAY = OperationalError("select", {}, OSError("gone"))


@pytest.fixture(autouse=True)
def _counted_before(platform):
    platform.tallies.flush()
    Probe.added = ()


@pytest.fixture
def tallies(house):
    return Tallies(house, limit=3)


def test_each_time_a_page_is_shown_counts_made_anew_or_from_memory(guest, town, platform):
    Probe.seen = (7, 3)
    etag = guest.get(KEPT).headers["ETag"]
    guest.get(KEPT)
    assert guest.get(KEPT, headers={"If-None-Match": etag}).status_code == 304
    assert (Probe.calls, Probe.added) == (1, ())
    platform.tallies.flush()
    assert Probe.added == ((town.id, {3: 3, 7: 3}),)
    platform.tallies.flush()
    assert len(Probe.added) == 1


def test_pages_for_signed_in_people_count_too(guest, town, platform):
    Probe.seen = (7,)
    guest.set_cookie("__Host-session", "made-up", domain=guest.host, secure=True)
    guest.get(KEPT), guest.get(KEPT)
    platform.tallies.flush()
    assert (Probe.calls, Probe.added) == (2, ((town.id, {7: 2}),))


def test_crawlers_heads_and_errors_do_not_count(guest, platform):
    Probe.seen = (7,)
    crawler = {"User-Agent": "Examplebot/1.0"}
    guest.get(f"{KEPT}?crawled", headers=crawler), guest.get(f"{KEPT}?crawled", headers=crawler)
    guest.head(f"{KEPT}?head"), guest.get(f"{KEPT}?crawled", headers=crawler), guest.head(f"{KEPT}?crawled")
    Probe.status = 404
    guest.get(f"{KEPT}?missing")
    platform.tallies.flush()
    assert Probe.added == ()


def test_a_page_that_a_crawler_had_made_counts_for_the_person_after_it(guest, town, platform):
    Probe.seen = (7,)
    guest.get(KEPT, headers={"User-Agent": "Examplebot/1.0"})
    guest.get(KEPT)
    platform.tallies.flush()
    assert (Probe.calls, Probe.added) == (1, ((town.id, {7: 1}),))


def test_towns_are_counted_apart(guest, at, town, other_town, platform):
    platform.generations.refresh()
    Probe.seen = (7,)
    guest.get(KEPT), guest.get(KEPT), at(other_town).get(KEPT)
    platform.tallies.flush()
    assert sorted(Probe.added) == sorted([(town.id, {7: 2}), (other_town.id, {7: 1})])


def test_writing_counts_makes_no_page_stale(guest, house, town, platform):
    with house.session(town.id) as session:
        create_project(session, None, ProjectDraft("Neu"))
        session.commit()
    platform.generations.refresh()
    Probe.seen = (7,)
    guest.get(KEPT)
    before = platform.generations.of(town.id)
    platform.tallies.flush()
    with house.session(town.id) as session:
        assert session.scalars(text("SELECT summary FROM project")).all() == ["x"]
    assert platform.generations.of(town.id) == before
    platform.generations.refresh()
    assert (platform.generations.of(town.id), guest.get(KEPT).status_code, Probe.calls) == (before, 200, 1)


def test_a_tally_that_nobody_declared_is_a_programmers_mistake(probe_app, town):
    with (
        probe_app.test_request_context(),
        pytest.raises(LookupError, match=r"declares the tally zebra\.lost"),
    ):
        sdk.tally("zebra.lost", 1)


def test_made_up_things_fill_no_memory(tallies, town):
    for thing in range(10):
        tallies.note(town.id, [("zebra.things", thing)], READER)
    tallies.note(town.id, [("zebra.things", 2)], READER)
    tallies.flush()
    assert Probe.added == ((town.id, {0: 1, 1: 1, 2: 2}),)


def test_while_the_database_is_away_counts_wait(tallies, town, caplog):
    tallies.note(town.id, [("zebra.things", 1)], READER)
    Probe.adding = AWAY
    tallies.flush()
    tallies.note(town.id, [("zebra.things", 1), ("zebra.things", 2)], READER)
    Probe.adding = None
    tallies.flush()
    assert Probe.added == ((town.id, {1: 2, 2: 1}),)
    assert caplog.messages == ["tally zebra.things waits: OperationalError"]


def test_a_plugin_that_fails_loses_its_counts_and_nobody_elses(tallies, town, other_town, caplog):
    tallies.note(town.id, [("zebra.things", 1)], READER)
    Probe.adding = ValueError("ill")
    tallies.flush()
    Probe.adding = None
    tallies.note(other_town.id, [("zebra.things", 1)], READER)
    tallies.flush()
    assert Probe.added == ((other_town.id, {1: 1}),)
    assert caplog.messages == ["tally zebra.things was lost: ValueError"]


def test_threads_lose_no_count(tallies, town):
    def read():
        for _number in range(500):
            tallies.note(town.id, [("zebra.things", 1)], READER)
            tallies.note(town.id, [("zebra.things", 2)], READER)

    readers = [threading.Thread(target=read) for _number in range(8)]
    for reader in readers:
        reader.start()
    tallies.flush()
    for reader in readers:
        reader.join()
    tallies.flush()
    assert [sum(views.get(thing, 0) for _town, views in Probe.added) for thing in (1, 2)] == [4000, 4000]


def test_the_thread_writes_in_its_time_and_the_end_writes_the_rest(tallies, town, monkeypatch):
    monkeypatch.setattr(tally, "FLUSH_SECONDS", 0.01)
    tallies.note(town.id, [("zebra.things", 1)], READER)
    tallies.follow()
    while not Probe.added:
        pass
    monkeypatch.setattr(tally, "FLUSH_SECONDS", 60)
    tallies.note(town.id, [("zebra.things", 2)], READER)
    tallies.stop()
    assert [views for _town, views in Probe.added] == [{1: 1}, {2: 1}]


def test_a_full_memory_is_written_before_its_time(tallies, town):
    tallies.follow()
    tallies.note(town.id, [("zebra.things", thing) for thing in range(3)], READER)
    while not Probe.added:
        pass
    tallies.stop()
    assert Probe.added == ((town.id, {0: 1, 1: 1, 2: 1}),)
