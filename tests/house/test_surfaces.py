"""One text goes through every state that moderation and its author know; it is seen where it may be, nowhere else."""

import pytest
from sqlalchemy import select, text

from baukasten.moderation import service as moderation
from baukasten.plugin.refs import ContentRef
from baukasten.testing.fixtures import Browser
from baukasten.web.platform import EXTENSION
from baukasten_forum import service
from baukasten_forum.models import Post
from baukasten_forum.staff import joining
from baukasten_forum.writing import editing, withdrawing
from tests.house.test_twins import OWN, browse, starts, twins

__all__ = ["browse", "twins"]
MARK, NAME, OLD = "Neu-Eisvogel88", "Titel-Kormoran99", "Alt-Haubentaucher55"
ASKED = ("Eisvogel88", "Kormoran99", "Haubentaucher55")
ALL = (MARK, NAME, OLD)
READERS = ("guest", "neighbour", "citizen")
FORUM_TABLES = text("SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename LIKE 'forum%'")
HIDDEN = {"rule": "Regel 3", "facts": "Werbung"}


def holding_words(table):
    """Give the question whether a table holds the words."""
    return text(f"SELECT count(*) FROM {table} t WHERE t::text LIKE '%{OLD}%' OR t::text LIKE '%{MARK}%'")  # noqa: S608


def ref(written):
    return ContentRef("forum.post", written.post_id)


def write(session, at, *, whole):
    """Let the citizen write a marked text and change it, as a topic with a reply to it or as a reply."""
    citizen, other = at.members["citizen"], at.members["moderator"]
    if whole:
        written = service.open_topic(session, citizen, at.module, title=NAME, body=OLD)
    else:
        written = service.reply(session, citizen, at.module, at.topic.topic_id, body=OLD)
    assert written.number is not None
    # Once somebody replied, the first wording stays readable.
    below = service.reply(
        session, other, at.module, written.topic_id, body=f"Darunter {OWN}", reply_to=written.post_id
    )
    change = editing.Change(MARK, NAME if whole else "", "Genauer")
    editing.edit(session, citizen, at.module, written.topic_id, written.number, change)
    return written, below


def hide(session, at, written):
    moderation.hide(session, at.members["moderator"], ref(written), **HIDDEN)


def withdraw(session, at, written):
    now_at = select(Post.topic_id, Post.number).where(Post.id == written.post_id)
    withdrawing.withdraw(session, at.members["citizen"], at.module, *session.execute(now_at).one())


def surfaces(app, contract, at, written, below):
    """Give every address of the site, those of this text, and what only a script or a search would ask."""
    base = at.module.path
    topic, number, post = written.topic_id, written.number, written.post_id
    yield from starts(app, contract, at)
    yield from (f"/suche/?q={word}" for word in (*ASKED, "Darunter"))
    yield from (f"{base}?q=Eisvogel88", f"{base}aehnlich?q={NAME}", f"{base}namen/{topic}")
    yield from (f"{base}{part}" for part in (f"{topic}-{written.slug}", f"{topic}", f"{topic}/{number}"))
    yield from (f"{base}{topic}/{part}" for part in ("druck", "feed", f"{number}/fassungen", "springen?zu=1"))
    yield from (f"{base}beitrag/{post}", f"{base}beitrag/{post}/zitat", f"{base}feed", f"{base}antworten")
    yield from (f"{base}{topic}-{written.slug}?zitat={post}", f"{base}{topic}-{written.slug}?antwort={post}")
    yield from (f"/melden/forum.post:{one}" for one in (post, below.post_id))
    yield from ("/konto/hinweise", "/konto/", "/konto/beitraege")


def seen(app, contract, browser, at, written, below, words):
    """Give the addresses at which a reader finds one of the words; what was asked for is no finding."""
    found = {}
    for path in surfaces(app, contract, at, written, below):
        answer = browser.get(path)
        location = answer.headers.get("Location", "")
        body = answer.get_data(as_text=True) + ("" if "/anmelden" in location else location)
        asked = [word for word in ASKED if word.lower() in path.lower()]
        # A search repeats what one asked for; what it finds stands there as a line of its own.
        # So do the page that says there is nothing, and the way to sign in.
        if asked and answer.status_code in (303, 404):
            continue
        if asked and not any(f"-{word.lower()}" in body.lower() or OLD in body for word in asked):
            continue
        if any(word.lower() in body.lower() for word in words):
            found[path] = answer.status_code
    return found


@pytest.fixture
def look(app, contract, database, twins, browse, mailbox):
    """Gives what one person finds, after all that waits was done and the process heard of it."""
    browsers: dict[str, Browser] = {}

    def do(role, written, below, words=ALL):
        mailbox.deliver()
        app.extensions[EXTENSION].generations.refresh()
        browser = browsers.setdefault(role, browse(twins[0], role))
        return seen(app, contract, browser, twins[0], written, below, words)

    return do


@pytest.mark.parametrize("whole", [True, False], ids=["topic", "reply"])
@pytest.mark.parametrize("deed", [hide, withdraw])
def test_what_left_view_is_on_no_surface(database, twins, look, mailbox, deed, whole):
    at = twins[0]
    with database.session(at.town.id) as session:
        written, below = write(session, at, whole=whole)
        session.commit()
    for role in READERS:
        before = look(role, written, below)
        for part in ("/druck", "/feed", "/fassungen", "/suche/"):
            assert any(part in path for path in before), (role, part)
    mailbox.deliver()
    letters = len(mailbox.transport.list())
    with database.session(at.town.id) as session:
        deed(session, at, written)
        session.commit()
    # Others replied to a withdrawn topic: its title stays, for they speak of it.
    words = (MARK, OLD) if whole and deed is withdraw else ALL
    for role in READERS:
        # Twice, so that kept pages are asked as well.
        assert look(role, written, below, words) == {}, role
        assert look(role, written, below, words) == {}, role
    for letter in mailbox.transport.list()[: len(mailbox.transport.list()) - letters]:
        assert MARK not in f"{letter.subject}{letter.text}{letter.html}"
    if deed is withdraw:
        with database.session(at.town.id) as session:
            tables = session.scalars(FORUM_TABLES).all()
            holding = [name for name in tables if session.scalar(holding_words(name))]
        assert holding == []


@pytest.mark.parametrize("deed", [hide, withdraw])
def test_what_was_moved_and_then_left_view_is_on_no_surface(database, twins, look, deed):
    """The old addresses of a text that was moved lead to its place at most."""
    at = twins[0]
    with database.session(at.town.id) as session:
        written, below = write(session, at, whole=True)
        joining.merge(session, at.members["moderator"], at.module, written.topic_id, at.topic.topic_id)
        deed(session, at, written)
        session.commit()
    for role in READERS:
        assert look(role, written, below) == {}, role


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
def test_looking_changes_nothing(app, contract, database, twins, look, browse, role):
    at = twins[0]
    with database.session(at.town.id) as session:
        written, below = write(session, at, whole=True)
        session.commit()
    look(role, written, below)
    browser = browse(at, role)
    before = contents(database, at.town)
    assert len(before) > 25
    for path in surfaces(app, contract, at, written, below):
        browser.get(path)
        browser.head(path)
    after = contents(database, at.town)
    assert {name for name in before if before[name] != after[name]} == set()
