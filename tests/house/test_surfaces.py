"""One text goes through every state that moderation and its author know; it is seen where it may be, nowhere else."""

import dataclasses
import datetime as dt
import itertools

import pytest
from sqlalchemy import select, text

from baukasten import clock
from baukasten.moderation import service as moderation
from baukasten.plugin.refs import ContentRef
from baukasten.testing.fixtures import Browser
from baukasten.web.platform import EXTENSION
from baukasten_forum import service
from baukasten_forum.models import Post
from baukasten_forum.staff import joining
from baukasten_forum.writing import editing, withdrawing
from tests.house.test_twins import OWN, browse, starts
from tests.house.towns import Kit, furnish

__all__ = ["browse"]
READERS = ("guest", "neighbour", "citizen")
PARTS = ("/druck", "/feed", "/fassungen", "/suche/")
"""Surfaces that surely show a text in view."""
FORUM_TABLES = text("SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename LIKE 'forum%'")
HIDDEN = {"rule": "Regel 3", "facts": "Werbung"}
NUMBERS = itertools.count(55)


@dataclasses.dataclass(frozen=True)
class Marked:
    """A text with words that no other has, though they live in the same town, and a reply to it."""

    mark: str
    name: str
    old: str
    written: service.Written
    below: service.Written

    @property
    def all(self):
        return self.mark, self.name, self.old

    @property
    def asked(self):
        return [word.partition("-")[2] for word in self.all]


TOLD = {"/konto/hinweise", "/konto/entscheidungen"}
"""Where its author alone is told what was decided: by its title, never by its text."""


def holding_words(table, marked):
    """Give the question whether a table holds the words."""
    wanted = f"t::text LIKE '%{marked.old}%' OR t::text LIKE '%{marked.mark}%'"
    return text(f"SELECT count(*) FROM {table} t WHERE {wanted}")  # noqa: S608


def ref(written):
    return ContentRef("forum.post", written.post_id)


def write(session, at, *, whole):
    """Let the citizen write a marked text and change it, as a topic with a reply to it or as a reply."""
    number = next(NUMBERS)
    mark, name, old = f"Neu-Eisvogel{number}", f"Titel-Kormoran{number}", f"Alt-Haubentaucher{number}"
    citizen, other = at.members["citizen"], at.members["moderator"]
    if whole:
        written = service.open_topic(session, citizen, at.module, title=name, body=old)
    else:
        written = service.reply(session, citizen, at.module, at.topic.topic_id, body=old)
    assert written.number is not None
    # Once somebody replied, the first wording stays readable.
    below = service.reply(
        session, other, at.module, written.topic_id, body=f"Darunter {OWN}", reply_to=written.post_id
    )
    change = editing.Change(mark, name if whole else "", "Genauer")
    editing.edit(session, citizen, at.module, written.topic_id, written.number, change)
    return Marked(mark, name, old, written, below)


def hide(session, at, written):
    # A minute ago, so that the time to take it back is over and its author is told at once.
    with clock.turned(clock.now() - dt.timedelta(minutes=1)):
        moderation.hide(session, at.members["moderator"], ref(written), **HIDDEN)


def withdraw(session, at, written):
    now_at = select(Post.topic_id, Post.number).where(Post.id == written.post_id)
    withdrawing.withdraw(session, at.members["citizen"], at.module, *session.execute(now_at).one())


def surfaces(app, contract, at, marked):
    """Give every address of the site, those of this text, and what only a script or a search would ask."""
    base, written, below = at.module.path, marked.written, marked.below
    topic, number, post = written.topic_id, written.number, written.post_id
    yield from starts(app, contract, at)
    yield from (f"/suche/?q={word}" for word in (*marked.asked, "Darunter"))
    yield from (f"{base}?q={marked.asked[0]}", f"{base}aehnlich?q={marked.name}", f"{base}namen/{topic}")
    yield from (f"{base}{part}" for part in (f"{topic}-{written.slug}", f"{topic}", f"{topic}/{number}"))
    yield from (f"{base}{topic}/{part}" for part in ("druck", "feed", f"{number}/fassungen", "springen?zu=1"))
    yield from (f"{base}beitrag/{post}", f"{base}beitrag/{post}/zitat", f"{base}feed", f"{base}antworten")
    yield from (f"{base}{topic}-{written.slug}?zitat={post}", f"{base}{topic}-{written.slug}?antwort={post}")
    yield from (f"/melden/forum.post:{one}" for one in (post, below.post_id))
    yield from ("/konto/hinweise", "/konto/", "/konto/beitraege")


def seen(browser, paths, marked, words):
    """Give the addresses at which a reader finds one of the words; what was asked for is no finding."""
    found = {}
    for path in paths:
        answer = browser.get(path)
        location = answer.headers.get("Location", "")
        body = answer.get_data(as_text=True) + ("" if "/anmelden" in location else location)
        asked = [word for word in marked.asked if word.lower() in path.lower()]
        # A search repeats what one asked for; what it finds stands there as a line of its own.
        # So do the page that says there is nothing, and the way to sign in.
        if asked and answer.status_code in (303, 404):
            continue
        if asked and not any(f"-{word.lower()}" in body.lower() or marked.old in body for word in asked):
            continue
        if any(word.lower() in body.lower() for word in words):
            found[path] = answer.status_code
    return found


@pytest.fixture
def at(database, base_config, new_town, new_member, mailbox, once):
    """Give a town with something of everything, which the tests of this file share."""
    if "town" not in once:
        town = new_town(name=f"Stadt {OWN}", tagline=f"Am {OWN}")
        once["town"] = furnish(Kit(database, new_member, base_config.secret_key), town, OWN)
        mailbox.deliver()
    return once["town"]


@pytest.fixture
def look(app, contract, at, browse, mailbox):
    """Gives what one person finds, after all that waits was done and the process heard of it."""
    browsers: dict[str, Browser] = {}

    def do(role, marked, words=(), parts=("",)):
        mailbox.deliver()
        app.extensions[EXTENSION].generations.refresh()
        browser = browsers.setdefault(role, browse(at, role))
        paths = [path for path in surfaces(app, contract, at, marked) if any(part in path for part in parts)]
        return seen(browser, paths, marked, words or marked.all)

    return do


@pytest.mark.parametrize("whole", [True, False], ids=["topic", "reply"])
@pytest.mark.parametrize("deed", [hide, withdraw])
def test_what_left_view_is_on_no_surface(database, at, look, mailbox, deed, whole):
    with database.session(at.town.id) as session:
        marked = write(session, at, whole=whole)
        session.commit()
    for role in READERS:
        # What guests see is kept, so they look at all of it.
        before = look(role, marked, parts=("",) if role == "guest" else PARTS)
        for part in PARTS:
            assert any(part in path for path in before), (role, part)
    mailbox.deliver()
    letters = len(mailbox.transport.list())
    with database.session(at.town.id) as session:
        deed(session, at, marked.written)
        session.commit()
    # Others replied to a withdrawn topic: its title stays, for they speak of it.
    words = (marked.mark, marked.old) if whole and deed is withdraw else marked.all
    # A guest twice, so that kept pages are asked as well.
    told = TOLD if whole and deed is hide else set()
    for role in ("guest", *READERS):
        assert look(role, marked, words).keys() == (told if role == "citizen" else set()), role
    assert look("citizen", marked, (marked.mark, marked.old), parts=TOLD) == {}
    for letter in mailbox.transport.list()[: len(mailbox.transport.list()) - letters]:
        assert marked.mark not in f"{letter.subject}{letter.text}{letter.html}"
    if deed is withdraw:
        with database.session(at.town.id) as session:
            tables = session.scalars(FORUM_TABLES).all()
            holding = [name for name in tables if session.scalar(holding_words(name, marked))]
        assert holding == []


@pytest.mark.parametrize("deed", [hide, withdraw])
def test_what_was_moved_and_then_left_view_is_on_no_surface(database, at, look, deed):
    """The old addresses of a text that was moved lead to its place at most."""
    with database.session(at.town.id) as session:
        marked = write(session, at, whole=True)
        joining.merge(session, at.members["moderator"], at.module, marked.written.topic_id, at.topic.topic_id)
        deed(session, at, marked.written)
        session.commit()
    for role in READERS:
        assert look(role, marked) == {}, role


CHANGES_LITTLE = ("forum_position", "tally", "session", "notice")
"""How far somebody read, how often a page was read, and when a sign-in was used last."""


def contents(database, town):
    """Give a fingerprint of each table of a town."""
    with database.session(town.id) as session:
        names = session.scalars(
            text("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
        ).all()
        tables = [name for name in names if not any(word in name for word in CHANGES_LITTLE)]
        query = "SELECT md5(coalesce(string_agg((to_jsonb(t) - 'views')::text, '|' ORDER BY t::text), '')) FROM {} t"
        prints = {}
        for name in tables:
            with session.begin_nested() as point:
                try:
                    prints[name] = session.scalar(text(query.format(name)))
                except Exception:  # noqa: BLE001 - not every table may be read
                    point.rollback()
        return prints


@pytest.mark.parametrize("role", ["guest", "citizen", "moderator", "admin"])
def test_looking_changes_nothing(app, contract, database, at, look, browse, role, once):
    if "looked at" not in once:
        with database.session(at.town.id) as session:
            once["looked at"] = write(session, at, whole=True)
            session.commit()
    marked = once["looked at"]
    look(role, marked)
    browser = browse(at, role)
    before = contents(database, at.town)
    assert len(before) > 25
    for path in surfaces(app, contract, at, marked):
        browser.get(path)
        browser.head(path)
    after = contents(database, at.town)
    assert {name for name in before if before[name] != after[name]} == set()
