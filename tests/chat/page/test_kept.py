"""Answers are made once a version and moment, also for a crowd; the pace follows how many ask."""

import threading
import time
from itertools import count

from baukasten_chat.page.kept import Kept, Pace


def test_an_answer_is_made_once_a_version():
    turns = count(1)
    kept = Kept(seconds=60)
    answers = [kept.get("room", version, lambda: next(turns)) for version in (1, 1, 2, 2, 1)]
    assert answers == [1, 1, 2, 2, 3]


def test_an_answer_is_made_anew_after_its_moment():
    turns = count(1)
    kept = Kept(seconds=0)
    assert [kept.get("room", 1, lambda: next(turns)) for _ in range(2)] == [1, 2]


def test_of_a_crowd_one_makes_the_answer_and_the_others_wait():
    made, got, kept = [], [], Kept(seconds=60)
    begin = threading.Barrier(20)

    def make():
        made.append(0)
        time.sleep(0.05)
        return len(made)

    def ask():
        begin.wait()
        got.append(kept.get("room", 7, make))

    crowd = [threading.Thread(target=ask) for _ in range(20)]
    for one in crowd:
        one.start()
    for one in crowd:
        one.join()
    assert got == [1] * 20


def test_one_question_never_waits_for_another(monkeypatch):
    kept = Kept(seconds=60)
    assert kept.get("a", 1, lambda: kept.get("b", 1, lambda: "inner")) == "inner"


def test_no_more_answers_are_kept_than_allowed():
    kept = Kept(seconds=60, most=3)
    for number in range(10):
        kept.get(number, 1, dict)
    assert len(kept._slots) <= 3


def test_what_is_good_no_more_takes_no_room():
    kept = Kept(seconds=0)
    for version in range(10):
        kept.get(version, 1, dict)
    assert list(kept._slots) == [9]


def test_what_is_being_made_stays_while_others_go():
    kept = Kept(seconds=0)
    kept.get("a", 1, lambda: kept.get("b", 1, dict) and kept.get("c", 1, dict))
    assert "a" in kept._slots


def test_what_fails_is_not_kept():
    kept = Kept(seconds=60)
    for _ in range(2):
        try:
            kept.get("room", 1, lambda: 1 / 0)
        except ZeroDivisionError:
            continue
    assert kept.get("room", 1, lambda: "there") == "there"


def asked(pace, clients, seconds, since):
    """Let so many clients ask for so long, each at the pace it is told; gives the time afterwards."""
    until, now = since + seconds, since
    while now < until:
        now += pace.seconds() / clients
        pace.ask(now)
    return now


def test_few_clients_ask_often_and_many_seldom():
    few, many = Pace(), Pace()
    since = time.monotonic()
    asked(few, 20, 60, since)
    asked(many, 2_000, 60, since)
    assert (few.seconds(), many.seconds()) == (Pace.LEAST, Pace.MOST)


def test_the_pace_settles_where_the_process_is_at_ease_and_comes_back():
    pace = Pace()
    now = asked(pace, 240, 60, time.monotonic())
    assert pace.seconds() == 6
    asked(pace, 10, 60, now)
    assert pace.seconds() == Pace.LEAST
