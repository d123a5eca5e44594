"""One text goes through every state that moderation and its author know; it is seen where it may be, nowhere else."""

import dataclasses
import datetime as dt
import itertools
from collections.abc import Callable

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
from tests.house.bodies import words_of
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


def surfaces(app, contract, at, *texts):
    """Give every address of the site, those of these texts, and what only a script or a search would ask."""
    yield from starts(app, contract, at)
    yield from ("/konto/hinweise", "/konto/", "/konto/beitraege")
    for marked in texts:
        yield from addresses(at, marked)


def addresses(at, marked):
    """Give where a text stands, or what speaks of it."""
    base, written, below = at.module.path, marked.written, marked.below
    topic, number, post = written.topic_id, written.number, written.post_id
    yield from (f"/suche/?q={word}" for word in (*marked.asked, "Darunter"))
    yield from (f"{base}?q={marked.asked[0]}", f"{base}aehnlich?q={marked.name}", f"{base}namen/{topic}")
    yield from (f"{base}{part}" for part in (f"{topic}-{written.slug}", f"{topic}", f"{topic}/{number}"))
    yield from (f"{base}{topic}/{part}" for part in ("druck", "feed", f"{number}/fassungen", "springen?zu=1"))
    yield from (f"{base}beitrag/{post}", f"{base}beitrag/{post}/zitat", f"{base}feed", f"{base}antworten")
    yield from (f"{base}{topic}-{written.slug}?zitat={post}", f"{base}{topic}-{written.slug}?antwort={post}")
    yield from (f"/melden/forum.post:{one}" for one in (post, below.post_id))


def seen(browser, paths, texts):
    """Give for each text the addresses at which a reader finds one of its words."""
    found: dict[str, dict[str, int]] = {marked: {} for marked in texts}
    for path in dict.fromkeys(paths):
        answer = browser.get(path)
        location = answer.headers.get("Location", "")
        body = words_of(answer.data) + ("" if "/anmelden" in location else location)
        for marked, words in texts.items():
            if shows(path, answer.status_code, body, marked, words):
                found[marked][path] = answer.status_code
    return found


def shows(path, status, body, marked, words):
    """Tell whether an answer has one of the words; what was asked for is no finding."""
    asked = [word for word in marked.asked if word.lower() in path.lower()]
    # A search repeats what one asked for; what it finds stands there as a line of its own.
    # So do the page that says there is nothing, and the way to sign in.
    if asked and status in (303, 404):
        return False
    if asked and not any(f"-{word.lower()}" in body.lower() or marked.old in body for word in asked):
        return False
    return any(word.lower() in body.lower() for word in words)


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

    def do(role, texts, parts=("",)):
        mailbox.deliver()
        app.extensions[EXTENSION].generations.refresh()
        if role not in browsers:
            browsers[role] = browse(at, role)
        paths = [path for path in surfaces(app, contract, at, *texts) if any(part in path for part in parts)]
        return seen(browsers[role], paths, texts)

    return do


@dataclasses.dataclass(frozen=True)
class Case:
    """What is done to a topic or a reply."""

    deed: Callable[..., None]
    whole: bool

    @property
    def told(self):
        """Whether the author reads of it."""
        return self.whole and self.deed is hide

    def words(self, marked):
        """Give what nobody reads any more; others replied to a withdrawn topic, and its title stays for them."""
        return (marked.mark, marked.old) if self.whole and self.deed is withdraw else marked.all


@pytest.mark.parametrize("role", READERS)
def test_what_left_view_is_on_no_surface(database, at, look, mailbox, role):
    cases = [Case(deed, whole) for deed in (hide, withdraw) for whole in (True, False)]
    with database.session(at.town.id) as session:
        texts = [write(session, at, whole=case.whole) for case in cases]
        session.commit()
    # What guests see is kept, so they look at all of it.
    before = look(role, {one: one.all for one in texts}, ("",) if role == "guest" else PARTS)
    for marked, found in before.items():
        for part in PARTS:
            assert any(part in path for path in found), (marked, part)
    mailbox.deliver()
    letters = len(mailbox.transport.list())
    with database.session(at.town.id) as session:
        for case, marked in zip(cases, texts, strict=True):
            case.deed(session, at, marked.written)
        session.commit()
    gone = {marked: case.words(marked) for case, marked in zip(cases, texts, strict=True)}
    is_author = role == "citizen"
    expected = [TOLD if is_author and case.told else set() for case in cases]
    # A guest twice, so that kept pages are asked as well.
    for _time in range(2 if role == "guest" else 1):
        assert [found.keys() for found in look(role, gone).values()] == expected
    if is_author:
        bodies = look(role, {marked: (marked.mark, marked.old) for marked in texts}, TOLD)
        assert [*bodies.values()] == [{}] * len(cases)
    for letter in mailbox.transport.list()[: len(mailbox.transport.list()) - letters]:
        assert not any(marked.mark in f"{letter.subject}{letter.text}{letter.html}" for marked in texts)
    with database.session(at.town.id) as session:
        tables = session.scalars(FORUM_TABLES).all()
        for case, marked in zip(cases, texts, strict=True):
            if case.deed is withdraw:
                assert [name for name in tables if session.scalar(holding_words(name, marked))] == []


def test_what_was_moved_and_then_left_view_is_on_no_surface(database, at, look):
    """The old addresses of a text that was moved lead to its place at most."""
    texts = {}
    with database.session(at.town.id) as session:
        for deed in (hide, withdraw):
            marked = write(session, at, whole=True)
            texts[marked] = marked.all
            moved = marked.written.topic_id
            joining.merge(session, at.members["moderator"], at.module, moved, at.topic.topic_id)
            deed(session, at, marked.written)
        session.commit()
    for role in READERS:
        assert [*look(role, texts).values()] == [{}, {}], role


CHANGES_LITTLE = ("forum_position", "tally", "session", "notice")
"""How far somebody read, how often a page was read, and when a sign-in was used last."""


def contents(database, town):
    """Give a fingerprint of each table of a town."""
    with database.session(town.id) as session:
        names = session.scalars(
            text("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
        ).all()
        tables = [name for name in names if not any(word in name for word in CHANGES_LITTLE)]
        row = "(to_jsonb(t) - 'views' - 'visits')::text"
        query = f"SELECT md5(coalesce(string_agg({row}, '|' ORDER BY {row}), '')) FROM {{}} t"  # noqa: S608 - ours
        prints = {}
        for name in tables:
            with session.begin_nested() as point:
                try:
                    prints[name] = session.scalar(text(query.format(name)))
                except Exception:  # noqa: BLE001 - not every table may be read
                    point.rollback()
        return prints


@pytest.mark.parametrize("role", ["guest", "citizen", "moderator", "admin"])
def test_looking_changes_nothing(app, contract, database, at, browse, mailbox, role, once):
    if "looked at" not in once:
        with database.session(at.town.id) as session:
            once["looked at"] = write(session, at, whole=True)
            session.commit()
    marked = once["looked at"]
    mailbox.deliver()
    app.extensions[EXTENSION].generations.refresh()
    browser = browse(at, role)
    before = contents(database, at.town)
    assert len(before) > 25
    for path in surfaces(app, contract, at, marked):
        # As servers do (PEP 3333): what an answer keeps open ends with it.
        browser.get(path).close()
        browser.head(path).close()
    after = contents(database, at.town)
    assert {name for name in before if before[name] != after[name]} == set()
