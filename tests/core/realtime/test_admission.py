"""A herd asks the database once; what was rung meanwhile is asked for anew."""

import time

import pytest

from baukasten.realtime.admission import KEPT_SECONDS, STALE_SECONDS, Kept


class Oracle:
    """Answers with how often it was asked; what happens meanwhile is the test's."""

    def __init__(self):
        self.asked = 0
        self.meanwhile = lambda: None

    def __call__(self):
        self.asked += 1
        mine, meanwhile, self.meanwhile = self.asked, self.meanwhile, lambda: None
        meanwhile()
        return mine


@pytest.fixture
def now(monkeypatch):
    """The clock of the process, turned by hand."""
    hands = [100.0]
    monkeypatch.setattr(time, "monotonic", lambda: hands[0])
    return hands


@pytest.fixture
def kept(now):
    return Kept()


@pytest.fixture
def ask():
    return Oracle()


def test_what_is_known_holds_for_a_second(now, kept, ask):
    assert [kept.of("a", ask), kept.of("a", ask), kept.of("b", ask)] == [1, 1, 2]
    now[0] += KEPT_SECONDS
    assert [kept.of("b", ask), kept.of("a", ask)] == [3, 4]


def test_a_refusal_is_kept_and_an_accident_is_not(kept):
    answers = [False, True]
    assert [kept.of("a", lambda: answers.pop(0)) for _each in range(2)] == [False, False]

    def broken():
        raise LookupError

    for _each in range(2):
        with pytest.raises(LookupError):
            kept.of("b", broken)
    assert kept._asking == {}


def test_what_was_dropped_is_asked_for_anew(kept, ask):
    assert [kept.of("a", ask), kept.of("b", ask)] == [1, 2]
    kept.drop("a")
    assert [kept.of("a", ask), kept.of("b", ask)] == [3, 2]


def test_an_answer_that_was_dropped_on_its_way_is_not_kept(kept, ask):
    ask.meanwhile = lambda: kept.drop("a")
    assert [kept.of("a", ask) for _each in range(3)] == [1, 2, 2]
    assert kept._asking == {}


def test_whoever_asks_after_a_drop_keeps_the_answer_though_an_earlier_one_comes_later(kept, ask):
    def later():
        kept.drop("a")
        assert kept.of("a", ask) == 2

    ask.meanwhile = later
    assert kept.of("a", ask) == 1
    assert kept.of("a", ask) == 2


def test_while_one_asks_the_others_make_do_with_the_old_answer(now, kept, ask):
    kept.of("a", ask)
    now[0] += STALE_SECONDS - 0.5
    told = []
    ask.meanwhile = lambda: told.append(kept.of("a", ask))
    assert (kept.of("a", ask), told, ask.asked) == (2, [1], 2)
    now[0] += STALE_SECONDS
    ask.meanwhile = lambda: told.append(kept.of("a", ask))
    assert (kept.of("a", ask), told) == (3, [1, 4])


def test_a_slow_answer_does_not_displace_a_newer_one(now, kept, ask):
    def overtaken():
        now[0] += 0.1
        assert kept.of("a", ask) == 2

    ask.meanwhile = overtaken
    assert kept.of("a", ask) == 1
    assert kept.of("a", ask) == 2


def test_old_answers_are_forgotten(now, kept, ask):
    for key in range(5):
        kept.of(key, ask)
    now[0] += STALE_SECONDS
    kept.of("last", ask)
    assert list(kept._known) == ["last"]
