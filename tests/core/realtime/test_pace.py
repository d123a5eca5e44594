"""Limits stop a flood and spare a library."""

import itertools

import pytest

from baukasten.realtime import pace
from baukasten.realtime.pace import Buckets, Pace, network_of

LIBRARY = "203.0.113.7"


@pytest.fixture
def hands(monkeypatch):
    """Give hands of a clock to turn."""
    now = [1_000.0]
    monkeypatch.setattr("baukasten.realtime.pace.time.monotonic", lambda: now[0])
    return now


def test_a_bucket_gives_much_at_once_and_then_a_steady_little():
    bucket = Buckets(3, 0.5)
    for _ in range(3):
        assert bucket.wait("one", 10.0) == 0
        bucket.take("one", 10.0)
    assert bucket.wait("one", 10.0) == 2
    assert bucket.wait("other", 10.0) == 0
    assert bucket.wait("one", 11.0) == 1
    assert bucket.wait("one", 12.0) == 0
    bucket.take("one", 1_000.0)
    assert bucket.wait("one", 1_000.0) == 0, "it is full again, and no fuller"
    for _ in range(2):
        bucket.take("one", 1_000.0)
    assert bucket.wait("one", 1_000.0) == 2


def test_forty_people_behind_one_address_do_not_notice_its_limits(hands):
    events, handshakes = pace.events(), pace.handshakes()
    assert [handshakes.take(person, LIBRARY) for person in range(40)] == [0] * 40
    for _second, person in itertools.product(range(60), range(40)):
        assert events.take(person, LIBRARY) == 0
        hands[0] += 1 / 40


def test_a_flood_is_stopped_and_told_how_long(hands):
    events = pace.events()
    answers = [events.take(None, LIBRARY) for _ in range(1_300)]
    assert answers == [0] * 1_200 + [1] * 100
    assert events.take(None, "203.0.113.8") == 0


def test_what_is_refused_counts_nowhere(hands):
    limits = Pace(Buckets(1, 0.1), Buckets(3, 0.1))
    assert [limits.take(7, LIBRARY) for _ in range(5)] == [0, 10, 10, 10, 10]
    assert [limits.take(other, LIBRARY) for other in (8, 9)] == [0, 0]
    assert limits.take(10, LIBRARY) == 10


@pytest.mark.parametrize(
    ("address", "network"),
    [
        (LIBRARY, LIBRARY),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::1", "2001:db8:1:2::/64"),
        ("::ffff:203.0.113.7", LIBRARY),
        ("127.0.0.1", ""),
        ("::1", ""),
        ("::ffff:127.0.0.1", ""),
        ("", ""),
        ("unix:", ""),
        ("203.0.113.7, 10.0.0.1", ""),
    ],
)
def test_a_network_is_what_one_household_or_library_has(address, network):
    assert network_of(address) == network


def test_full_buckets_are_forgotten(monkeypatch):
    monkeypatch.setattr(pace, "MOST_KEYS", 10)
    bucket = Buckets(1, 1)
    for number in range(100):
        bucket.take(str(number), float(number))
    assert len(bucket._left) <= 11
