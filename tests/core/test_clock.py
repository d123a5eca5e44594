"""The clock can be stopped, moved and let go again, for all threads at once."""

import threading
from datetime import UTC, datetime, timedelta, timezone

import pytest

from baukasten import clock

MAY = datetime(2026, 5, 3, 12, 0, tzinfo=UTC)


def test_a_running_clock_is_aware_and_in_utc() -> None:
    before = datetime.now(UTC)
    moment = clock.now()
    assert before <= moment <= datetime.now(UTC)
    assert moment.tzinfo is UTC


def test_turned_stands_still_and_returns_to_what_was_before() -> None:
    with clock.turned(MAY) as moment:
        assert (moment, clock.now()) == (MAY, MAY)
        with clock.turned(MAY + timedelta(days=1)):
            assert clock.now() == MAY + timedelta(days=1)
        assert clock.now() == MAY
    assert clock.now() > MAY + timedelta(days=7)


def test_turned_lets_go_when_the_block_fails() -> None:
    with pytest.raises(RuntimeError, match="boom"), clock.turned(MAY):
        raise RuntimeError("boom")
    assert clock.now() != MAY


def test_another_zone_is_read_as_utc() -> None:
    with clock.turned(MAY.astimezone(timezone(timedelta(hours=2)))):
        assert clock.now().isoformat() == "2026-05-03T12:00:00+00:00"


def test_forward_moves_a_stopped_clock_only() -> None:
    with clock.turned(MAY):
        assert clock.forward(timedelta(minutes=15)) == MAY + timedelta(minutes=15)
        assert clock.now() == MAY + timedelta(minutes=15)
    with pytest.raises(RuntimeError, match="stopped"):
        clock.forward(timedelta(minutes=1))


def test_a_moment_without_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        clock.set_to(datetime(2026, 5, 3, 12, 0))  # noqa: DTZ001 - the refusal is what is tested
    with pytest.raises(ValueError, match="time zone"), clock.turned(datetime(2026, 5, 3)):  # noqa: DTZ001
        raise AssertionError("not reached")


def test_other_threads_see_the_turned_clock() -> None:
    seen: list[datetime] = []
    with clock.turned(MAY):
        thread = threading.Thread(target=lambda: seen.append(clock.now()))
        thread.start()
        thread.join()
    assert seen == [MAY]
