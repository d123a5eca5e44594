"""Classes of one question, against a reader who knows the rule and tries every possible table."""

import itertools
from collections import defaultdict

import pytest

from baukasten_survey.cells import single
from baukasten_survey.cells.shown import HELD, MISSING, SMALL, UNASKED, State, routed, shown
from tests.survey.cells.attacking import compositions


def _all_tables(people, names, k):
    """Give what each possible table looks like from outside, with all tables that look like that."""
    alike = defaultdict(list)
    for counts in compositions(people, len(names)):
        table = single.protect(dict(zip(names, counts, strict=True)), k=k)
        # How many were not asked is known from the question that decides it.
        known = counts[names.index(UNASKED)] if UNASKED in names else 0
        alike[known, str(table.dump())].append((counts, table))
    return alike


@pytest.mark.parametrize(
    ("names", "k", "most"),
    [
        (["a", "b"], 5, 40),
        (["a", "b", MISSING], 5, 37),
        (["a", "b", "c", "d"], 3, 17),
        (["a", "b", "c", "_none", MISSING], 3, 13),
        (["a", "b", UNASKED, MISSING], 3, 18),
    ],
)
def test_whoever_knows_the_rule_and_tries_all_tables_learns_no_small_number(names, k, most):
    for people in range(most + 1):
        for alike in _all_tables(people, names, k).values():
            for place, name in enumerate(names):
                possible = {counts[place] for counts, _ in alike}
                state = alike[0][1].cells[name].state
                if name == UNASKED:
                    continue
                if state is State.SMALL:
                    assert possible == set(range(1, k))
                elif state is State.HELD:
                    assert not possible < set(range(1, k))
                else:
                    assert len(possible) == 1
                    assert not possible & set(range(1, k))


@pytest.mark.parametrize(("options", "k", "most"), [("ab", 5, 40), ("abcd", 5, 24), ("abcde", 3, 15)])
def test_nor_does_whoever_knows_that_everybody_had_to_answer(options, k, most):
    for people in range(most + 1):
        alike = defaultdict(list)
        for counts in compositions(people, len(options)):
            table = single.protect(dict(zip((*options, MISSING), (*counts, 0), strict=True)), k=k)
            alike[str(table.dump())].append((counts, table))
        for worlds in alike.values():
            for place, option in enumerate(options):
                possible = {counts[place] for counts, _ in worlds}
                if worlds[0][1].cells[option].state is State.SMALL:
                    assert possible == set(range(1, k))
                else:
                    assert not possible < set(range(1, k))


def test_naive_suppression_falls_to_the_same_reader():
    # Only small cells are left out; the sum of all is known, as everywhere in the trade.
    alike = defaultdict(set)
    for counts in compositions(37, 3):
        seen = tuple(n if n >= 5 or n == 0 else None for n in counts)
        alike[seen].add(counts)
    assert any(len(tables) == 1 and None in seen for seen, tables in alike.items())


def test_nothing_small_nothing_hidden():
    table = single.protect({"a": 30, "b": 7, "c": 0, MISSING: 5})
    assert table.whole
    assert table.cells == {"a": shown(30), "b": shown(7), "c": shown(0), MISSING: shown(5)}
    assert (table.people, table.base) == (42, 37)


def test_missing_answers_are_held_back_first():
    table = single.protect({"a": 30, "b": 3, "c": 20, MISSING: 12})
    assert table.cells == {"a": shown(30), "b": SMALL, "c": shown(20), MISSING: HELD}
    assert (table.together, table.base) == (15, 50)
    assert table.share("a") == 0.6
    assert table.share("b") is None


def test_then_the_nearest_option():
    table = single.protect({"a": 30, "b": 20, "c": 10, "d": 2})
    assert [key for key, cell in table.cells.items() if cell == HELD] == ["c"]


def test_too_few_to_tell_anything():
    table = single.protect({"a": 3, "b": 4})
    assert table.empty
    assert set(table.cells.values()) == {HELD}


def test_two_is_no_protection():
    with pytest.raises(ValueError, match="three people"):
        single.protect({"a": 1}, k=2)


def test_no_negative_people():
    with pytest.raises(ValueError, match="less than nothing"):
        single.protect({"a": -1})


def test_order_of_covers_is_decided_by_no_count():
    keys = ["a", "b", "c", "_other", MISSING]
    tables = [single.covers(keys, ["b"]) for _ in itertools.repeat(None, 2)]
    assert tables[0] == tables[1] == [MISSING, "_other", "a", "c"]


def test_who_was_not_asked_hides_nobody():
    table = single.protect({"a": 20, "b": 8, UNASKED: 30, MISSING: 2})
    assert [key for key, cell in table.cells.items() if cell == HELD] == ["b"]
    assert (table.cells[UNASKED], table.base) == (shown(30), 20)


def test_a_question_tells_nothing_that_its_deciding_question_hides():
    deciding, whole = single.protect({"yes": 30, "no": 27, "maybe": 3}), single.protect({"yes": 30, "no": 30})
    table = single.protect({"a": 20, "b": 10, UNASKED: 30})
    assert routed(table, [whole]) == table
    assert routed(table, [whole, deciding]).empty
