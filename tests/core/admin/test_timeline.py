"""The timeline shows whole months in 28 columns, phases beside each other."""

import datetime as dt
from zoneinfo import ZoneInfo

from baukasten.admin import timeline
from baukasten.projects.facts import PhaseFacts

BERLIN = ZoneInfo("Europe/Berlin")


def phase(title, begins, ends, *features):
    starts, stops = (
        dt.datetime.fromisoformat(day).replace(tzinfo=BERLIN).astimezone(dt.UTC) for day in (begins, ends)
    )
    return PhaseFacts(1, 1, title, "", starts, stops, frozenset(features))


def rows(phases, placed=()):
    scale = timeline.ruler(phases, BERLIN)
    assert scale is not None
    return [
        [(bar.title, bar.first, bar.span) for bar in row]
        for row in timeline.lanes(phases, placed, scale, BERLIN)
    ]


def test_without_phases_there_is_no_timeline():
    assert timeline.ruler([], BERLIN) is None


def test_a_month_has_four_columns_and_phases_stand_beside_each_other():
    phases = [
        phase("Informieren", "2026-09-01", "2026-10-12"),
        phase("Ideen", "2026-10-12", "2026-12-04", "stall.write"),
        phase("Rat", "2027-03-25", "2027-03-26"),
    ]
    stall = timeline.Placed("Stand", "survey", frozenset({"stall.write"}))
    silent = timeline.Placed("Nur lesen", "forum", frozenset({"stall.vote"}))
    assert rows(phases, [stall, silent]) == [
        [("Informieren", 1, 6), ("Rat", 28, 1)],
        [("Ideen", 6, 8)],
        [("Stand", 6, 8)],
    ]


def test_long_projects_get_wider_steps():
    scale = timeline.ruler([phase("Bauen", "2026-01-01", "2027-12-01")], BERLIN)
    assert scale is not None
    assert (scale.first, scale.months) == (dt.date(2026, 1, 1), 4)
    assert scale.labels("de") == ["Jan", "Mai", "Sep", "Jan", "Mai", "Sep", "Jan"]
    assert [scale.column(dt.date(2026, 1, 1)), scale.column(dt.date(2027, 11, 30))] == [1, 23]


def test_a_day_before_midnight_belongs_to_its_month():
    assert rows([phase("Mai", "2026-05-01", "2026-06-01")]) == [[("Mai", 1, 4)]]
