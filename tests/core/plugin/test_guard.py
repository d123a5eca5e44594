"""A plugin's failing statement leaves the caller's transaction usable, at no cost on pages that only read."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine, event, text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from baukasten.db import embedded
from baukasten.db.rls import OWNER_ROLE
from baukasten.plugin import Stat, hookspecs
from baukasten.plugin.hooks import Answer
from tests.core.plugin.made import PROJECT, TOWN, House, plugin


class Base(DeclarativeBase):
    """Of this test alone."""


class Note(Base):
    """Something the caller or the plugin writes."""

    __tablename__ = "made_note"
    id: Mapped[int] = mapped_column(primary_key=True)
    words: Mapped[str] = mapped_column()


@pytest.fixture(scope="module")
def engine(server: embedded.Server) -> Iterator[Engine]:
    made = create_engine(server.url(OWNER_ROLE, "postgres"))
    with made.connect() as connection:
        connection.exec_driver_sql(
            "CREATE TEMPORARY TABLE made_note (id serial PRIMARY KEY, words text NOT NULL)"
        )
        connection.commit()
    # The temporary table lives as long as the pool's one connection.
    yield made
    made.dispose()


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    with Session(engine) as opened:
        yield opened


@pytest.fixture
def statements(engine: Engine) -> Iterator[list[str]]:
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        seen.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    yield seen
    event.remove(engine, "before_cursor_execute", note)


def breaks(session: Session) -> Any:
    session.execute(text("SELECT 1 / 0"))


def swallows(session: Session) -> Any:
    try:
        breaks(session)
    except DBAPIError:
        return [Stat("swallowed", "Swallowed", 1)]


def litters(session: Session) -> Any:
    session.add(Note(words=None))
    return []


def counts(session: Session) -> Any:
    return [Stat("one", "One", session.scalar(text("SELECT 1")) or 0)]


def ask(house: House, session: Session, *, reading: bool) -> list[Answer[Any]]:
    hooks = house.manager.at(TOWN, house.active, reading=reading)
    return hooks.ask(hookspecs.count_stats, session=session, project=PROJECT)


GOOD = Answer("z", [Stat("one", "One", 1)])


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        (breaks, "(psycopg.errors.DivisionByZero) division by zero"),
        (swallows, "the error of a statement was swallowed"),
        (litters, "changes were left in a session that only reads"),
    ],
)
def test_a_reading_page_goes_on_after_a_spoilt_transaction(session: Session, bad: Any, message: str) -> None:
    house = House([plugin("twin", count_stats=bad), plugin("z", count_stats=counts)])
    assert session.scalar(text("SELECT 41 + 1")) == 42
    assert ask(house, session, reading=True) == [GOOD]
    assert session.scalar(text("SELECT 41 + 1")) == 42
    assert [(failure.plugin, failure.message) for failure in house.failures] == [("twin", message)]


def test_a_reading_page_pays_for_no_savepoint(session: Session, statements: list[str]) -> None:
    house = House([plugin(name, count_stats=counts) for name in ("a", "b", "c")])
    ask(house, session, reading=True)
    assert statements == ["SELECT 1"] * 3


@pytest.mark.parametrize("bad", [breaks, swallows, litters])
@pytest.mark.parametrize("reading", [True, False])
def test_what_the_caller_wrote_survives(session: Session, bad: Any, *, reading: bool) -> None:
    house = House([plugin("twin", count_stats=bad), plugin("z", count_stats=counts)])
    session.add(Note(words="the caller's"))
    assert ask(house, session, reading=reading) == [GOOD]
    assert [failure.plugin for failure in house.failures] == ["twin"]
    assert session.scalars(text("SELECT words FROM made_note")).all() == ["the caller's"]


def test_a_writing_caller_gets_a_savepoint_a_call(session: Session, statements: list[str]) -> None:
    house = House([plugin("a", count_stats=counts), plugin("silent", count_stats=lambda: None)])
    session.execute(text("SELECT 2"))
    statements.clear()
    ask(house, session, reading=False)
    assert [statement.split()[0] for statement in statements] == ["SAVEPOINT", "SELECT", "RELEASE"]


def test_inside_a_savepoint_the_plugin_gets_its_own(session: Session) -> None:
    house = House([plugin("twin", count_stats=breaks)])
    session.execute(text("INSERT INTO made_note (words) VALUES ('outer')"))
    with session.begin_nested():
        session.execute(text("INSERT INTO made_note (words) VALUES ('inner')"))
        ask(house, session, reading=True)
    assert session.scalars(text("SELECT words FROM made_note ORDER BY id")).all() == ["outer", "inner"]


def test_a_flush_that_fails_in_a_plugin_is_the_plugins(session: Session) -> None:
    def flushes(session: Session) -> Any:
        session.add(Note(words=None))
        session.flush()

    house = House([plugin("twin", count_stats=flushes), plugin("z", count_stats=counts)])
    assert ask(house, session, reading=True) == [GOOD]
    assert [failure.error for failure in house.failures] == ["IntegrityError"]


def test_the_callers_own_broken_row_is_not_blamed_on_a_plugin(session: Session) -> None:
    house = House([plugin("a", count_stats=counts)])
    session.add(Note(words=None))
    with pytest.raises(IntegrityError):
        ask(house, session, reading=False)
    assert house.failures == []


def test_a_fresh_session_needs_no_savepoint(session: Session, statements: list[str]) -> None:
    house = House([plugin("a", count_stats=counts), plugin("twin", count_stats=breaks)])
    ask(house, session, reading=False)
    assert [statement.split()[0] for statement in statements] == ["SELECT", "SAVEPOINT", "SELECT", "ROLLBACK"]
    session.rollback()
    statements.clear()
    ask(House([plugin("twin", count_stats=breaks)]), session, reading=False)
    assert statements == ["SELECT 1 / 0"]
    assert session.scalar(text("SELECT 41 + 1")) == 42


def test_a_hook_that_writes_keeps_what_it_wrote(session: Session) -> None:
    def writes(session: Session) -> Any:
        session.add(Note(words="the plugin's"))
        return []

    house = House([plugin("a", count_stats=writes)])
    ask(house, session, reading=False)
    assert session.scalars(text("SELECT words FROM made_note")).all() == ["the plugin's"]
