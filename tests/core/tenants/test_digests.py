"""Asking all plugins of a town for news: in order, in a language, each apart from the others."""

import dataclasses
import datetime as dt

import pytest
from sqlalchemy import text

from baukasten.plugin.digests import DigestItem, DigestKind, DigestSource, DigestStretch
from baukasten.plugin.hooks import Answer
from baukasten.tenants import digests, plugins
from baukasten.web import i18n

NOON = dt.datetime(2026, 5, 3, 12, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)
STRETCH = DigestStretch(NOON - HOUR, NOON + HOUR)


def item(key, hours=0, due=None, **more):
    moment = None if due is None else NOON + due * HOUR
    return DigestItem(key, DigestKind.NEW, key, "/", NOON + hours * HOUR, due=moment, **more)


def broken(session, *_asked):
    session.execute(text("SELECT nothing FROM nowhere"))


@pytest.fixture(autouse=True)
def _quiet(caplog):
    caplog.set_level("CRITICAL")


@pytest.fixture
def ask(session):
    """Lets these sources be the town's, by their owners."""

    def do(**sources):
        known = {f"{owner}.news": Answer(owner, DigestSource(f"{owner}.news", "", *does))
                 for owner, does in sources.items()}  # fmt: skip
        registry = dataclasses.replace(session.contract.registry, digests=known)
        session.contract = dataclasses.replace(session.contract, registry=registry)
        return session

    return do


def giving(*items):
    """A source of these items, of which only those with even titles are still in view."""
    return lambda _s, _stretch: items, lambda _s, keys: [one for one in items if one.key in keys]


def test_what_is_due_comes_first_then_the_newest(ask):
    mine = [item("chat.news:1"), item("chat.news:2", -1, due=3)]
    session = ask(chat=giving(*mine), forum=giving(item("forum.news:1", 1), item("forum.news:2", due=2)))
    found = [one.key for one in digests.digest_items(session, STRETCH)]
    assert found == ["forum.news:2", "chat.news:2", "forum.news:1", "chat.news:1"]


def test_a_failing_source_is_left_out_and_the_transaction_goes_on(ask):
    session = ask(chat=(broken, broken, broken), forum=giving(item("forum.news:1")))
    session.execute(text("CREATE TEMPORARY TABLE kept (x int) ON COMMIT DROP"))
    assert [one.key for one in digests.digest_items(session, STRETCH)] == ["forum.news:1"]
    assert list(digests.find_digest_items(session, ["chat.news:1", "forum.news:1"])) == ["forum.news:1"]
    assert digests.digest_items_for(session, [1], NOON) == {}
    assert session.execute(text("SELECT count(*) FROM kept")).scalar_one() == 0


@pytest.mark.parametrize(
    "key", ["other.news:1", "forum.news", "forum.news:a b", "forum.news:ä", f"forum.news:{'1' * 120}"]
)
def test_a_source_that_gives_others_names_is_left_out(ask, key):
    assert digests.digest_items(ask(forum=giving(item(key))), STRETCH) == []


def test_what_is_no_item_is_left_out(ask):
    assert digests.digest_items(ask(forum=giving("forum.news:1")), STRETCH) == []


def test_a_plugin_that_is_switched_off_is_not_asked_and_the_core_always_is(ask, town):
    session = ask(forum=giving(item("forum.news:1")))
    plugins.switch_off(session, town, "forum")
    assert digests.digest_items(session, STRETCH) == []
    registry = session.contract.registry
    own = Answer("core.projects", DigestSource("projects.news", "", *giving(item("projects.news:1"))))
    changed = dataclasses.replace(registry, digests={"projects.news": own})
    session.contract = dataclasses.replace(session.contract, registry=changed)
    assert [one.key for one in digests.digest_items(session, STRETCH)] == ["projects.news:1"]


def test_items_are_found_again_by_the_source_that_gave_them(ask):
    session = ask(forum=giving(item("forum.news:1"), item("forum.news:2")), chat=(broken, broken))
    found = digests.find_digest_items(session, ["forum.news:2", "forum.news:3", "unknown:1", ""])
    assert list(found) == ["forum.news:2"]


def test_members_get_their_own_from_all_sources(ask):
    theirs = {5: [item("forum.news:1"), item("forum.news:2", 1)], 6: []}
    more = (*giving(), lambda _s, ids, since: {key: theirs.get(key, []) for key in ids if since == NOON})
    session = ask(forum=more, chat=giving())
    found = digests.digest_items_for(session, [5, 6, 7], NOON)
    assert {key: [one.key for one in items] for key, items in found.items()} == {
        5: ["forum.news:2", "forum.news:1"]
    }
    assert digests.digest_items_for(session, [], NOON) == {}


def test_sources_speak_the_language_asked_for_in_the_towns_time(ask):
    heard = []

    def listen(_session, _stretch):
        heard.append((i18n.current().language, i18n.current().formats.zone.key))
        return []

    session = ask(forum=(listen, listen))
    with i18n.speaking(i18n.translator("de", "Europe/Lisbon")):
        digests.digest_items(session, STRETCH)
        digests.digest_items(session, STRETCH, "en")
        assert i18n.current().language == "de"
    assert heard == [("de", "Europe/Lisbon"), ("en", "Europe/Lisbon")]
