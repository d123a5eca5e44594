"""The one clock: every moment the platform stores or compares comes from here, so that tests can turn it."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta


class _Hands:
    """Where the hands stand: None while the clock follows the machine's."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.stopped_at: datetime | None = None


# One for all threads on purpose: a test that turns the clock means the server's threads too.
_hands = _Hands()


def now() -> datetime:
    """Return the present moment, aware, in UTC."""
    return _hands.stopped_at or datetime.now(UTC)


def turned_by() -> timedelta:
    """Return how far the clock stands from the machine's: nothing but in tests."""
    stopped = _hands.stopped_at
    return timedelta() if stopped is None else stopped - datetime.now(UTC)


def set_to(moment: datetime | None) -> None:
    """Stop the clock at an aware moment, or let it run again with None; raises ValueError for a naive one."""
    if moment is not None and moment.utcoffset() is None:
        raise ValueError("the clock needs a moment with a time zone")
    with _hands.lock:
        _hands.stopped_at = None if moment is None else moment.astimezone(UTC)


def forward(by: timedelta) -> datetime:
    """Move a stopped clock on by a span and return the new moment; raises RuntimeError while it runs."""
    with _hands.lock:
        if _hands.stopped_at is None:
            raise RuntimeError("only a stopped clock can be moved")
        _hands.stopped_at += by
        return _hands.stopped_at


@contextmanager
def turned(moment: datetime) -> Iterator[datetime]:
    """Stop the clock at a moment for a block of a test; afterwards it is as it was before."""
    before = _hands.stopped_at
    set_to(moment)
    try:
        yield now()
    finally:
        set_to(before)
