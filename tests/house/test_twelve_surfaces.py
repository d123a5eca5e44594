"""A contribution on all twelve surfaces: found on those that show contributions, on none once it left view, and back.

Surfaces that the product does not have are named too: whoever builds one makes its test here fail.
"""

import datetime as dt
import itertools
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import text

from baukasten.errors import NotFound
from baukasten.moderation import service as moderation
from baukasten.moderation.deciding import decide_content, undo
from baukasten.moderation.models import Measure
from baukasten.moderation.steps import Step
from baukasten.plugin.digests import DigestStretch
from baukasten.plugin.refs import ContentRef, Ruling, Verdict
from baukasten.tenants.digests import digest_items, digest_items_for, find_digest_items
from baukasten.web.platform import EXTENSION
from baukasten_forum import service
from baukasten_forum.exporting import tables
from baukasten_forum.writing import withdrawing
from tests.forum.conftest import open_forum
from tests.house.test_revocation import elsewhere

__all__ = ["elsewhere"]
NUMBERS = itertools.count(41)
LONG_AGO, FAR = dt.datetime(2000, 1, 1, tzinfo=dt.UTC), dt.datetime(2100, 1, 1, tzinfo=dt.UTC)
REASON = {"rule": "Regel 3", "facts": "Werbung"}
SHOWN = {
    "topic": {"HTML", "JSON", "feed", "search", "export", "mail digest", "link preview", "cache"},
    "reply": {"HTML", "JSON", "feed", "search", "export", "mail digest", "cache"},
}
"""Where a contribution in view is found; a preview names topics alone."""
ABSENT = {
    "embed": ("embed", "einbett", "widget", "iframe"),
    "calendar": ("calendar", "kalender", ".ics"),
    "socket": (),
}
"""Surfaces that no contribution has yet, and words that the address of such a one would have."""
OPENINGS = {"/termine.ics"}
"""Calendars of the openings of live rooms: staff names them, no contribution is in them."""


@dataclass(frozen=True)
class Marked:
    """A contribution by its words: one to search for, and one that only its text has."""

    asked: str
    proof: str
    written: service.Written

    @property
    def ref(self):
        return ContentRef("forum.post", self.written.post_id)


@pytest.fixture
def forum(database, town):
    return open_forum(database, town)


@pytest.fixture
def write(session, forum, anna, ben):
    """Writes a marked topic and a marked reply to another one; gives both by their kind."""

    def words():
        number = next(NUMBERS)
        return f"Eisvogel{number}", f"Haubentaucher{number}"

    def do(begin=lambda: None):
        quay = service.open_topic(session, ben, forum, title=f"Am Kai {next(NUMBERS)}", body="Was fliegt da?")
        begin()
        asked, proof = words()
        title, body = f"{asked} {proof}", f"{asked} sah {proof}."
        topic = service.open_topic(session, anna, forum, title=title, body=body)
        known, seen = words()
        reply = service.reply(session, anna, forum, quay.topic_id, body=f"{known} sah {seen}.")
        session.commit()
        return {"topic": Marked(asked, proof, topic), "reply": Marked(known, seen, reply)}

    return do


@pytest.fixture
def readers(app, elsewhere, town, client_of, sign_in, new_member):
    """Give who reads: a guest, a neighbour with an account, and a guest whom another process serves."""
    guest, neighbour, away = client_of(town), client_of(town), elsewhere.test_client()
    sign_in(neighbour, new_member(name="Nachbarin"))

    def text_of(client, *paths):
        host = {"base_url": f"http://{town.host}"} if client is away else {}
        return "\n".join(client.get(path, **host).get_data(as_text=True) for path in paths)

    return guest, neighbour, away, text_of


@pytest.fixture
def found(app, elsewhere, session, forum, readers, mailbox):
    """Names the surfaces on which somebody finds each contribution, once both processes heard of what happened."""
    guest, neighbour, away, text_of = readers

    def surfaces(marked):
        base, at = forum.path, marked.written
        page, number = f"{base}{at.topic_id}-{at.slug}", at.number or 1
        pages = (page, base, f"{base}{at.topic_id}/{number}", f"{base}{at.topic_id}/druck", "/")
        quotation = f"{base}beitrag/{at.post_id}/zitat"
        return {
            "HTML": text_of(guest, *pages),
            "JSON": text_of(neighbour, quotation, f"{base}aehnlich?q={marked.asked}", "/api/v1/projects"),
            "feed": text_of(guest, f"{base}feed", f"{base}{at.topic_id}/feed"),
            "search": text_of(guest, f"/suche/?q={marked.asked}", f"{base}?q={marked.asked}"),
            "sitemap": text_of(guest, "/sitemap.xml", "/robots.txt"),
            "export": repr([*tables.rows(session, forum), *tables.data_rows(session, forum)]),
            "mail digest": told(session),
            "link preview": text_of(guest, page).partition("</head>")[0],
            "cache": text_of(away, *pages),
        }

    def do(both):
        mailbox.deliver()
        for one in (app, elsewhere):
            one.extensions[EXTENSION].generations.refresh()
        session.rollback()
        where = {}
        for kind, marked in both.items():
            texts = surfaces(marked)
            assert texts.keys() | ABSENT.keys() == TWELVE
            where[kind] = {name for name, text in texts.items() if marked.proof in text}
        return where

    return do


def told(session):
    """What mails tell everybody, and what they tell members alone, as it stands now and as it is found again."""
    everybody = digest_items(session, DigestStretch(LONG_AGO, FAR))
    members = digest_items_for(session, session.scalars(text("SELECT id FROM membership")).all(), LONG_AGO)
    alone = [item for items in members.values() for item in items]
    return repr([everybody, alone, find_digest_items(session, [item.key for item in (*everybody, *alone)])])


@pytest.fixture
def decide(session, moderator):
    """Takes a step on both contributions; gives the decisions."""

    def do(both, measure):
        words: dict[str, Any] = {} if measure in {Measure.PUBLISH, Measure.RESTORE} else REASON
        taken = [decide_content(session, moderator, one.ref, Step(measure, **words)) for one in both.values()]
        session.commit()
        return taken

    return do


TWELVE = {
    "HTML", "JSON", "feed", "embed", "search", "sitemap", "export", "calendar", "socket", "mail digest",
    "link preview", "cache",
}  # fmt: skip


NOWHERE: dict[str, set[str]] = {"topic": set(), "reply": set()}


@pytest.mark.parametrize("measure", [Measure.HIDE, Measure.REMOVE])
def test_what_was_hidden_or_removed_is_on_no_surface_and_restored_on_all(write, found, decide, measure):
    both = write()
    assert found(both) == SHOWN
    decide(both, measure)
    assert found(both) == NOWHERE
    decide(both, Measure.RESTORE)
    assert found(both) == SHOWN


def test_what_waits_is_on_no_surface_also_when_it_waits_again(
    monkeypatch, session, moderator, write, found, decide
):
    both = held(monkeypatch, write)
    assert found(both) == NOWHERE
    let_in = decide(both, Measure.PUBLISH)
    assert found(both) == SHOWN
    for decision in let_in:
        undo(session, moderator, decision.id)
    session.commit()
    assert found(both) == NOWHERE


def test_what_was_refused_is_on_no_surface_and_restored_on_all(monkeypatch, write, found, decide):
    both = held(monkeypatch, write)
    decide(both, Measure.REJECT)
    assert found(both) == NOWHERE
    decide(both, Measure.RESTORE)
    assert found(both) == SHOWN


def held(monkeypatch, write):
    """Let both wait for the moderators."""
    return write(lambda: monkeypatch.setattr(moderation, "screen", lambda *_: Verdict(Ruling.HOLD)))


def test_what_its_author_took_back_is_on_no_surface_for_good(session, forum, anna, moderator, write, found):
    both = write()
    found(both)
    for one in both.values():
        withdrawing.withdraw(session, anna, forum, one.written.topic_id, one.written.number)
    session.commit()
    assert found(both) == NOWHERE
    for one in both.values():
        with pytest.raises(NotFound):
            moderation.restore(session, moderator, one.ref)


@pytest.mark.parametrize("name", sorted(ABSENT))
def test_a_surface_that_is_not_there_stays_away_until_it_is_named_here(app, contract, name):
    addresses = [rule.rule for rule in app.url_map.iter_rules()]
    for kind in contract.registry.kinds.values():
        addresses += [route.rule for route in kind.value.routes.routes.values()]
    assert [one for one in addresses if any(word in one.lower() for word in ABSENT[name])] == [
        one for one in addresses if one in OPENINGS and name == "calendar"
    ]
    # Live events reach people through namespaces; whoever declares one shows contributions there.
    assert [key for key in contract.registry.live if key.startswith("forum")] == []
