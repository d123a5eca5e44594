"""The calendar is what RFC 5545 calls one: read here by a parser that follows its grammar and nothing else."""

import datetime as dt
import re
from typing import Any

import pytest

from baukasten_chat.hours import ics

BEGIN = dt.datetime(2035, 3, 27, 17, tzinfo=dt.UTC)
ENTRY = ics.Entry(
    uid="opening-7@kranichsiel.example",
    revision=3,
    changed_at=BEGIN - dt.timedelta(days=2),
    begins_at=BEGIN,
    ends_at=BEGIN + dt.timedelta(hours=1),
    summary="Fragestunde",
    description="https://kranichsiel.example/live/",
    url="https://kranichsiel.example/live/",
)
NAME = r"[A-Za-z0-9-]+"
LINE = re.compile(
    rf'({NAME})((?:;{NAME}=(?:[^\x00-\x1f";:,]*|"[^\x00-\x1f"]*"))*):([^\x00-\x08\x0a-\x1f\x7f]*)'
)
TEXT = re.compile(r"(?:[^\x00-\x1f;,\\]|\\[\\;,Nn]|\t)*")


def unfolded(written):
    """The content lines of section 3.1; each ends with CR and LF, and none has more than 75 octets."""
    assert written.endswith("\r\n")
    physical = written.split("\r\n")[:-1]
    assert all(len(line.encode()) <= 75 for line in physical)
    assert not any("\n" in line or "\r" in line for line in physical)
    return re.sub(r"\r\n[ \t]", "", written).split("\r\n")[:-1]


def read(written):
    """Components as (name, properties, components within); each line must be one of the grammar."""
    stack: list[tuple[str, dict[str, str], list[Any]]] = [("", {}, [])]
    for line in unfolded(written):
        found = LINE.fullmatch(line)
        assert found, line
        name, _parameters, value = found.groups()
        if name == "BEGIN":
            stack.append((value, {}, []))
        elif name == "END":
            done = stack.pop()
            assert done[0] == value
            stack[-1][2].append(done)
        else:
            assert name not in stack[-1][1], f"{name} must not occur more than once"
            stack[-1][1][name] = value
    assert len(stack) == 1
    return stack[0][2]


def text(value):
    """A text as section 3.3.11 means it."""
    assert TEXT.fullmatch(value), value
    return re.sub(r"\\(.)", lambda found: "\n" if found[1] in "nN" else found[1], value)


def events(written):
    return [properties for name, properties, _within in read(written)[0][2] if name == "VEVENT"]


def test_a_calendar_has_what_the_standard_asks_for():
    components = read(ics.calendar("Fragestunde", [ENTRY]))
    assert len(components) == 1
    name, properties, within = components[0]
    assert (name, properties["VERSION"], properties["METHOD"]) == ("VCALENDAR", "2.0", "PUBLISH")
    assert properties["PRODID"]
    assert [one[0] for one in within] == ["VEVENT"]


def test_an_opening_is_an_event_with_its_times_in_utc():
    assert events(ics.calendar("Fragestunde", [ENTRY])) == [
        {
            "UID": "opening-7@kranichsiel.example",
            "DTSTAMP": "20350325T170000Z",
            "LAST-MODIFIED": "20350325T170000Z",
            "SEQUENCE": "3",
            "STATUS": "CONFIRMED",
            "DTSTART": "20350327T170000Z",
            "DTEND": "20350327T180000Z",
            "SUMMARY": "Fragestunde",
            "DESCRIPTION": "https://kranichsiel.example/live/",
            "URL": "https://kranichsiel.example/live/",
        }
    ]


def test_without_openings_it_is_a_calendar_still():
    assert events(ics.calendar("Fragestunde", [])) == []


@pytest.mark.parametrize(
    "said",
    [
        "Deich, Hafen; Steg: alles \\ offen",
        "Zwei\nZeilen",
        "ä" * 200,
        "🙂" * 60,
        "x" * 74 + "ß",
        "",
        'mit "Anführung" und \t Sprung',
    ],
)
def test_whatever_is_said_comes_out_as_it_went_in(said):
    entry = ics.Entry(
        **{**dict(zip(ENTRY.__slots__, _values(), strict=True)), "summary": said, "description": said}
    )
    found = events(ics.calendar(said, [entry]))[0]
    assert (text(found["SUMMARY"]), text(found["DESCRIPTION"])) == (said, said)


def test_nobody_writes_lines_of_their_own_into_it():
    entry = ics.Entry(
        **{**dict(zip(ENTRY.__slots__, _values(), strict=True)), "summary": "A\r\nSTATUS:CANCELLED\x00"}
    )
    found = events(ics.calendar("B", [entry]))
    assert (len(found), found[0]["STATUS"]) == (1, "CONFIRMED")
    assert text(found[0]["SUMMARY"]) == "A\nSTATUS:CANCELLED"


def _values():
    return [getattr(ENTRY, name) for name in ENTRY.__slots__]
