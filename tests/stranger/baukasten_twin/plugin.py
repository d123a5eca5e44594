"""Raises, hangs and answers rubbish in four hooks, as the knobs below are turned; for the tests of the house."""

import time
from enum import StrEnum
from typing import Any

from markupsafe import Markup
from sqlalchemy import text
from sqlalchemy.orm import Session

from baukasten.plugin import Manifest, Outlet, Stat, Verdict, hookimpl

manifest = Manifest("twin", title="Twin", version="1.2.0", core=">=0.1,<1")


class Mood(StrEnum):
    """What the next call does."""

    FINE = "fine"
    RAISE = "raise"
    HANG = "hang"
    RUBBISH = "rubbish"
    BREAK_SQL = "break_sql"


class Knobs:
    """Turned by tests; a twin that is not turned misbehaves in all four hooks."""

    fill_outlet = Mood.RAISE
    list_activity = Mood.RUBBISH
    count_stats = Mood.HANG
    screen_content = Mood.RAISE
    hang_seconds = 1.0
    calls = 0


class TwinError(Exception):
    """What the twin throws."""


def behave(mood: Mood, session: Session) -> Any:
    """Misbehave as told; gives rubbish or nothing."""
    Knobs.calls += 1
    if mood is Mood.RAISE:
        raise TwinError("the twin fell over")
    if mood is Mood.HANG:
        time.sleep(Knobs.hang_seconds)
    if mood is Mood.BREAK_SQL:
        session.execute(text("SELECT no_such_column FROM no_such_table"))
    return object() if mood is Mood.RUBBISH else None


@hookimpl
def fill_outlet(session: Session, outlet: Outlet) -> Markup | None:
    """Show that the twin is there, if it can."""
    return behave(Knobs.fill_outlet, session) or Markup("<p>twin {}</p>").format(outlet.value)


@hookimpl
def list_activity(session: Session) -> Any:
    """Tell nothing."""
    return behave(Knobs.list_activity, session)


@hookimpl
def count_stats(session: Session) -> Any:
    """Count to one."""
    return behave(Knobs.count_stats, session) or [Stat("twin.one", "One", 1)]


@hookimpl
def screen_content(session: Session) -> Verdict | None:
    """Judge nothing."""
    verdict: Verdict | None = behave(Knobs.screen_content, session)
    return verdict
