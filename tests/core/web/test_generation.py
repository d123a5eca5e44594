"""Each process knows how fresh its caches are, at most two seconds late, and trusts nothing older."""

import itertools
import time

import pytest

from baukasten.db.session import connect
from baukasten.tenants import settings
from baukasten.web.generation import POLL_SECONDS, STALE_SECONDS, Generations, Memo
from baukasten.web.platform import EXTENSION


@pytest.fixture
def generations(database):
    """Give two processes' knowledge; neither follows by itself, so the tests say when it asks."""
    return Generations(database), Generations(database)


def change(database, town):
    with database.session(town.id) as session:
        settings.write(session, "site.legal", {"imprint": f"Stadt {time.monotonic()}"})
        session.commit()


def test_nothing_is_known_before_the_first_answer(generations, town):
    assert generations[0].of(town.id) is None


def test_each_process_hears_of_the_others_change_when_it_asks(database, generations, town, other_town):
    for one in generations:
        one.refresh()
    before, elsewhere = [one.of(town.id) for one in generations], generations[0].of(other_town.id)
    assert before[0] == before[1] is not None
    change(database, town)
    generations[1].refresh()
    assert (generations[0].of(town.id), generations[1].of(town.id)) == (before[0], before[0] + 1)
    assert generations[1].of(other_town.id) == elsewhere


def test_knowledge_older_than_two_seconds_is_not_trusted(generations, town):
    one, _other = generations
    one.refresh()
    assert one.of(town.id) is not None
    one._asked_at -= STALE_SECONDS
    assert one.of(town.id) is None
    one.refresh()
    assert one.of(town.id) is not None


def test_a_running_process_trusts_nothing_it_kept_from_its_own_commit_on(app, database, town):
    known = app.extensions[EXTENSION].generations
    known.refresh()
    before = known.of(town.id)
    assert before is not None
    change(database, town)
    assert known.of(town.id) != before


def test_what_this_process_changed_is_passed_by_until_it_asked_again(generations, town):
    one, _other = generations
    one.refresh()
    one.forget(town.id)
    assert one.of(town.id) is None
    one.refresh()
    assert one.of(town.id) is not None


def test_an_answer_from_before_the_change_does_not_count(generations, town, other_town):
    one, _other = generations
    one.refresh()
    asked_at, values = time.monotonic(), {town.id: 1, other_town.id: 7}
    one.forget(town.id)
    one._learn(dict(values), asked_at)
    assert (one.of(town.id), one.of(other_town.id)) == (None, 7)
    one._learn({**values, town.id: 2}, time.monotonic())
    assert one.of(town.id) == 2
    one._learn(dict(values), asked_at)
    assert one.of(town.id) == 2


def test_a_following_process_hears_within_two_seconds(database, generations, town):
    one, _other = generations
    thread = one.follow()
    try:
        wait_for(lambda: town.id in one._values)
        before = one._values[town.id]
        change(database, town)
        wait_for(lambda: (one.of(town.id) or 0) > before)
        # It asks at least this often; more of the machine's time would make the test no truer.
        assert POLL_SECONDS < STALE_SECONDS
    finally:
        one.stop()
        thread.join(60)
    assert not thread.is_alive()


def test_kept_values_hold_as_long_as_the_generation_stands_still(database, generations, town, other_town):
    one, _other = generations
    memo, loads = Memo(one), itertools.count(1)

    def load(place=town):
        return memo.get(place.id, ("thing",), lambda: next(loads))

    assert (load(), load()) == (1, 2), "nothing is kept while nothing is known"
    one.refresh()
    assert (load(), load(), load(other_town)) == (3, 3, 4)
    change(database, town)
    one.refresh()
    assert (load(), load(other_town)) == (5, 4)


def test_what_was_taken_back_raises_nothing(database, generations, town):
    one, _other = generations
    one.refresh()
    before = one.of(town.id)
    with database.session(town.id) as session:
        settings.write(session, "site.legal", {"imprint": "Doch nicht"})
        session.flush()
        session.rollback()
        session.commit()
    one.refresh()
    assert one.of(town.id) == before


def test_a_database_that_is_away_ends_no_thread(database, tmp_path):
    nowhere = f"postgresql+psycopg://nobody@/none?host={tmp_path}"
    lost = Generations(connect(nowhere, nowhere, database.contract))
    thread = lost.follow()
    thread.join(0.2)
    assert (thread.is_alive(), lost.of(1)) == (True, None)
    lost.stop()
    thread.join(60)
    assert not thread.is_alive()


def test_a_value_that_could_not_be_loaded_is_asked_again(generations, town):
    one, _other = generations
    memo = Memo(one)
    one.refresh()
    with pytest.raises(ZeroDivisionError):
        memo.get(town.id, ("a",), lambda: 1 / 0)
    assert memo.get(town.id, ("a",), lambda: "value") == "value"


def test_the_weight_is_bounded(generations, town):
    one, _other = generations
    memo = Memo(one, 100, len)
    one.refresh()
    for number in range(50):
        memo.get(town.id, (number,), lambda: "x" * 30)
        assert sum(len(value) for _generation, value in memo._kept.values()) <= 100


def wait_for(question):
    until = time.monotonic() + 60
    while not question():
        assert time.monotonic() < until
        time.sleep(0.01)
