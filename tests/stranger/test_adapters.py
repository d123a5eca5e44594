"""The core asks the stranger about its lines: search, privacy, exports, digests, forgetting."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from baukasten_stranger import adapters, declares, service
from click.testing import CliRunner
from sqlalchemy import update

from baukasten import clock
from baukasten.db.session import Scope
from baukasten.plugin import DigestStretch, MemberRef, ModuleRef, Role, Visibility
from baukasten.projects.models import PUBLISHED, Project
from baukasten.search import index, query

People = Callable[..., MemberRef]


@pytest.fixture
def erle(person: People) -> MemberRef:
    return person("Erle")


@pytest.fixture
def line(session: Scope, person: People, erle: MemberRef, module: ModuleRef, may: datetime) -> int:
    """Sign Erle up for a date; gives the line's id."""
    host = person("Planerin", Role.MODERATOR)
    when = may + timedelta(days=3)
    slot = service.open_slot(session, host, module, begins_at=when, place="Rathaus", seats=5)
    return service.sign_up(session, erle, module, slot, "Schattige Sitzbänke").ref.id


def test_moderation_learns_what_it_needs(
    session: Scope, erle: MemberRef, module: ModuleRef, line: int
) -> None:
    (content,) = adapters.find(session, [line, line + 1_000])
    assert (content.ref.id, content.excerpt, content.path) == (line, "Schattige Sitzbänke", module.path)
    assert (content.author_id, content.author_name, content.module_id) == (erle.id, "Erle", module.id)


def test_search_finds_what_is_published_and_nothing_else(session: Scope, line: int) -> None:
    assert index.rebuild(session) == 1
    # Its project is a draft, whose every word is staff's alone.
    assert query.find(session, "Sitzbänke").items == []
    session.execute(update(Project).values(state=PUBLISHED))
    assert [hit.content_id for hit in query.find(session, "Sitzbänke").items] == [line]
    adapters.become(Visibility.HIDDEN)(session, line)
    index.refresh(session, service.SIGNUP, line)
    assert query.find(session, "Sitzbänke").items == []
    assert list(adapters.stream(session)) == []


def test_a_person_gets_a_copy_and_is_erased_without_a_trace(
    session: Scope, erle: MemberRef, line: int
) -> None:
    assert adapters.hand_out(session, erle.id) == [
        {"date": "2026-05-07T09:00:00+00:00", "place": "Rathaus", "line": "Schattige Sitzbänke"}
    ]
    assert adapters.erase(session, erle.id) == 1
    assert adapters.erase(session, erle.id) == 0
    assert adapters.hand_out(session, erle.id) == []
    assert adapters.find(session, [line]) == []


def test_the_export_and_the_audience_are_those_who_come(
    session: Scope, erle: MemberRef, module: ModuleRef, line: int, may: datetime
) -> None:
    assert list(adapters.rows(session, module)) == [
        (may + timedelta(days=3), "Rathaus", "Schattige Sitzbänke")
    ]
    assert adapters.signed_up(session) == [erle.id]


def test_the_digest_tells_of_dates_to_come_that_everybody_may_read_of(
    session: Scope, module: ModuleRef, line: int, may: datetime
) -> None:
    stretch = DigestStretch(may, may + timedelta(days=10))
    # Its project is a draft.
    assert list(adapters.digest(session, stretch)) == []
    session.execute(update(Project).values(state=PUBLISHED))
    (item,) = adapters.digest(session, stretch)
    assert (item.title, item.path, item.due) == ("Rathaus", module.path, may + timedelta(days=3))
    assert adapters.find_dates(session, {item.key, "stranger.dates:date:x"}) == [item]
    assert adapters.digest(session, DigestStretch(may, may + timedelta(days=2))) == []


def test_what_is_old_is_forgotten(session: Scope, line: int) -> None:
    clock.forward(timedelta(days=92))
    adapters.forget_old(session)
    assert len(adapters.find(session, [line])) == 1
    clock.forward(timedelta(days=2))
    adapters.forget_old(session)
    assert adapters.find(session, [line]) == []


def test_the_command_says_how_long_lines_are_kept() -> None:
    result = CliRunner().invoke(declares.commands, ["retention"])
    assert (result.exit_code, result.output) == (0, "90 days\n")
