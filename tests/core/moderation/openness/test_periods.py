"""Years and quarters begin and end with the town's clocks."""

import datetime as dt
from zoneinfo import ZoneInfo

from baukasten.moderation.openness.periods import offered, period

BERLIN = ZoneInfo("Europe/Berlin")


def test_a_quarter_begins_where_the_one_before_ends():
    for quarter in (1, 2, 3):
        assert period(2026, quarter, BERLIN).ends == period(2026, quarter + 1, BERLIN).begins
    assert period(2026, 4, BERLIN).ends == period(2027, 1, BERLIN).begins == period(2026, 0, BERLIN).ends


def test_midnight_is_the_towns():
    begins = period(2026, 3, BERLIN).begins
    assert begins.astimezone(dt.UTC) == dt.datetime(2026, 6, 30, 22, tzinfo=dt.UTC)


def test_only_periods_in_which_something_can_have_happened_are_offered():
    first, now = dt.datetime(2025, 11, 3, tzinfo=dt.UTC), dt.datetime(2026, 5, 1, tzinfo=dt.UTC)
    assert [one.key for one in offered(first, now, BERLIN)] == ["2026-2", "2026-1", "2026", "2025-4", "2025"]


def test_the_last_second_of_a_year_belongs_to_the_town_not_to_greenwich():
    first = dt.datetime(2026, 12, 31, 23, 30, tzinfo=dt.UTC)
    assert [one.key for one in offered(first, first, BERLIN)] == ["2027-1", "2027"]
