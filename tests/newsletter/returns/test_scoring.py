"""The score of an address: order is nothing to it, time is."""

import datetime as dt
import itertools

from baukasten_newsletter.returns import scoring
from baukasten_newsletter.returns.classes import FAILURES, SENDERS_FAULT, Kind
from baukasten_newsletter.returns.scoring import Mark
from tests.newsletter.conftest import NOW

DAY = dt.timedelta(days=1)


def test_every_failure_but_the_senders_own_weighs_something():
    for kind in Kind:
        weights = {scoring.WEIGHTS.get((kind, permanent), 0.0) for permanent in (True, False)}
        assert (weights != {0.0}) == (kind in FAILURES - SENDERS_FAULT)
    assert max(scoring.WEIGHTS, key=lambda one: scoring.WEIGHTS[one]) == (Kind.USER_UNKNOWN, True)


def test_any_order_gives_the_very_same_number():
    marks = [
        Mark(1, Kind.USER_UNKNOWN, permanent=True, at=NOW),
        Mark(1, Kind.MAILBOX_FULL, permanent=False, at=NOW - DAY),
        Mark(2, Kind.SYSTEM, permanent=False, at=NOW - 11 * DAY),
        Mark(3, Kind.SPAM, permanent=True, at=NOW - 3 * DAY),
        Mark(4, Kind.UNKNOWN, permanent=True, at=NOW - 31 * DAY),
    ]
    assert len({scoring.total(order, NOW) for order in itertools.permutations(marks)}) == 1


def test_half_is_left_after_thirty_days():
    assert scoring.faded(3.0, NOW, NOW + 30 * DAY) == 1.5
    assert scoring.faded(3.0, NOW, NOW) == 3.0
    assert scoring.total([Mark(1, Kind.USER_UNKNOWN, permanent=True, at=NOW - 60 * DAY)], NOW) == 0.5
