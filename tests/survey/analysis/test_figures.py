"""Figures counted in the database are those that plain Python finds in the same answers."""

import random

import pytest

from baukasten_survey.statistics import counting, measures, scales
from baukasten_survey.surveys import lookup
from tests.survey.analysis.drawing import drawn
from tests.survey.asking.every import EVERY
from tests.survey.conftest import definition, open_survey, options, page, publish, question

PEOPLE = 240
SEED = 20350320


@pytest.fixture
def answers():
    draw = random.Random(SEED)  # noqa: S311 - answers, no secret
    return [drawn(draw) for _person in range(PEOPLE)]


@pytest.fixture
def flagged():
    """Who is suspicious: every fifth."""
    return [place % 5 == 0 for place in range(PEOPLE)]


@pytest.fixture
def module(database, town, fill, answers, flagged):
    placed = open_survey(database, town, EVERY, anonymity="named")
    pairs = list(zip(answers, flagged, strict=True))
    fill(placed, [one for one, bad in pairs if not bad])
    fill(placed, [one for one, bad in pairs if bad], flags=["same", "fast"])
    fill(placed, [{"single": "a1"}] * 9, test=True)
    return placed


def figures(found):
    return {one.finding.code: one for one in found.figures()}


def counted(painter, code):
    """How many chose each class, and who chose none."""
    table = painter.table(code)
    return {key: cell.count for key, cell in table.cells.items()}


@pytest.mark.parametrize("without", [False, True])
def test_choices_and_lists_are_counted_as_they_are(look, module, answers, flagged, without):
    painter = look(module, *([("auffaellige", "ohne")] if without else [])).painter
    mine = [one for one, bad in zip(answers, flagged, strict=True) if not (without and bad)]
    for code, names in (
        ("single", ["a1", "a2", "_other", "_none"]),
        ("dropdown", ["d1", "d2", "_other"]),
        ("image", ["i1", "i2"]),
        ("likert", ["l1", "l2", "l3"]),
    ):
        wanted = counting.single([one.get(code) for one in mine], names)
        expected = {**wanted.counts, "_missing": wanted.missing}
        if "_none" in names:
            expected["_none"] = wanted.no_answer
        assert counted(painter, code) == expected, code
    for code, names in (("multiple", ["m1", "m2", "m3"]), ("images", ["i1", "i2"])):
        given = [one.get(code) for one in mine]
        wanted = counting.multiple([["_none"] if one == "_none" else one for one in given], names)
        unsaid = {"_none": wanted.no_answer} if wanted.no_answer else {}
        assert counted(painter, code) == {**wanted.counts, **unsaid, "_missing": wanted.missing}, code
        assert painter.table(code).base == wanted.valid
    truths = [one.get("yes") for one in mine]
    assert counted(painter, "yes") == {
        "true": truths.count(True),
        "false": truths.count(False),
        "_missing": truths.count(None),
    }


def test_numbers_are_summed_up_as_they_are(look, module, answers):
    painter = look(module).painter
    for code in ("number", "slider", "half"):
        mine = [float(one[code]) for one in answers if code in one]
        found = painter._summary((value, amount) for value, amount in painter.tally.questions[code].values())
        wanted = measures.summary(mine)
        for name in ("n", "mean", "deviation", "median", "lower", "upper"):
            assert getattr(found, name) == pytest.approx(getattr(wanted, name)), (code, name)


def test_matrices_are_counted_row_by_row(look, module, answers):
    tally = look(module).painter.tally
    wanted = counting.matrix([one.get("ms") for one in answers], ["r1", "r2"], ["c1", "c2"])
    for row, found in wanted.items():
        amounts = {name: one.people for name, one in tally.questions["ms"].parts[row].items()}
        assert amounts == {**found.counts, "_none": found.no_answer}
        assert tally.questions["ms"].rows[row].people == found.valid
    lists = [(one.get("mm") or {}).get("r1") for one in answers]
    many = counting.multiple(lists, ["c1", "c2"])
    amounts = {name: one.people for name, one in tally.questions["mm"].parts["r1"].items()}
    assert (amounts, tally.questions["mm"].rows["r1"].people) == (many.counts, many.valid)
    rows = [one["diff"]["r2"] for one in answers if "r2" in one.get("diff", {})]
    points = {name: one.people for name, one in tally.questions["diff"].parts["r2"].items()}
    assert points == {str(point): rows.count(point) for point in set(rows)}


def test_rankings_are_ordered_by_borda(look, module, answers):
    painter = look(module).painter
    found = painter._ranked("rank", painter.tally.questions["rank"])
    wanted = scales.ranking([one.get("rank") for one in answers], ["k1", "k2", "k3"])
    assert [name for name, _points, _mean in found] == [one.option for one in wanted]
    for (_name, points, middle), one in zip(found, wanted, strict=True):
        assert (points, middle) == (pytest.approx(one.points), pytest.approx(one.mean_rank))


def test_scales_places_words_and_cells_are_told(look, module, answers):
    shown = figures(look(module, language="de"))
    given = [one["nps"] for one in answers if one.get("nps", "_none") != "_none"]
    told = scales.net_promoters({point: given.count(point) for point in range(11)})
    assert told is not None
    assert round(told.score, 1) == float(dict(shown["nps"].facts)["Net promoter score"])
    marked = [len(one["map"]["shapes"]) for one in answers if "map" in one]
    assert shown["map"].finding.chart.sentence.startswith(
        f"{sum(marked)} places or areas are marked, by {len(marked)} "
    )
    texts = sum("long" in one for one in answers)
    assert shown["long"].finding.chart.sentence == f"{texts} people have answered."
    assert (shown["long"].worded, shown["single"].worded) == (True, False)
    cells = [one["mn"]["r1"]["c1"] for one in answers if "mn" in one]
    row = shown["mn"].finding.chart.table.rows[0]
    assert row[1] == f"{round(sum(cells) / len(cells), 2):g} ({len(cells)})"
    days = sorted(one["day"] for one in answers if "day" in one)
    assert sum(int(row[2]) for row in shown["day"].finding.chart.table.rows) == len(days)
    assert "note" not in shown


def test_shares_stand_side_by_side(look, module, answers, flagged):
    beside = figures(look(module, ("neben", "dropdown")))["dropdown"].beside
    without = [one for one, bad in zip(answers, flagged, strict=True) if not bad]
    shares = [
        round(
            100 * sum(one.get("dropdown") == "d1" for one in group) / sum("dropdown" in one for one in group)
        )
        for group in (answers, without)
    ]
    assert beside.rows[0][1:] == [f"{share}%" for share in shares]
    assert figures(look(module, ("neben", "dropdown")))["single"].beside is None


def test_who_was_not_asked_is_no_missing_answer(database, town, fill, look):
    asked = definition(
        page(
            "p1",
            question("q1", "single", options=options("a1", "a2")),
            question("q2", "single", options=options("b1", "b2"), relevance='q1 == "a1"'),
            question("q3", "single", options=options("c1"), relevance='q1 == "a1" and q2 == "b1"'),
        )
    )
    module = open_survey(database, town, asked, anonymity="named")
    fill(module, [{"q1": "a1", "q2": "b1", "q3": "c1"}] * 3 + [{"q1": "a1"}] * 2 + [{"q1": "a2"}] * 4 + [{}])
    shown = figures(look(module))
    assert shown["q1"].finding.base == "9 valid answers · no answer: 1"
    assert shown["q2"].finding.base == "3 valid answers · no answer: 2 · not asked: 5"
    assert (shown["q3"].finding.base, len(shown["q3"].notes)) == ("3 valid answers · no answer: 7", 1)


def test_answers_that_were_kept_while_hidden_do_not_count(database, town, fill, look):
    asked = definition(
        page(
            "p1",
            question("q0", "yes_no"),
            question("q1", "single", options=options("a1", "a2"), relevance="q0", keep_hidden=True),
            question("q2", "single", options=options("b1", "b2"), relevance='q1 == "a1"', keep_hidden=True),
            question("q3", "multiple", options=options("c1", "c2"), relevance="q0", keep_hidden=True),
            question("q4", "long", relevance="q0", keep_hidden=True),
            question(
                "q5",
                "matrix_single",
                options=options("d1"),
                rows=[{"code": "r1", "title": {"de": "Zeile"}}],
                relevance="q0",
                keep_hidden=True,
            ),
        )
    )
    module = open_survey(database, town, asked, anonymity="named")
    whole = {"q1": "a1", "q2": "b1", "q3": ["c1", "c2"], "q4": "Wort", "q5": {"r1": "d1"}}
    fill(module, [{"q0": True, **whole}] * 3 + [{"q0": True, **whole, "q1": "a2"}] * 4)
    # Whoever is not asked q1 is not asked what depends on it, though all of it is still there.
    fill(module, [{"q0": False, **whole}] * 5 + [whole] * 6)
    painter = look(module).painter
    assert counted(painter, "q2") == {"b1": 3, "b2": 0, "_missing": 15}
    assert counted(painter, "q1") == {"a1": 3, "a2": 4, "_missing": 0}
    assert painter.tally.unasked["q1"].people == 11
    assert counted(painter, "q3") == {"c1": 7, "c2": 7, "_missing": 0}
    tally = painter.tally.questions
    assert (tally["q4"].all.people, tally["q5"].parts["r1"]["d1"].people) == (7, 7)
    assert look(module).plan.closed == ["q0"]


def test_renamed_codes_count_as_the_newest(database, town, fill, look, session):
    rows = [{"code": code, "title": {"de": code}} for code in ("r1", "r2")]
    first = definition(
        page(
            "p1",
            question("q1", "single", options=options("a1", "a2", "a3")),
            question("q2", "multiple", options=options("m1", "m2")),
            question("q3", "matrix_single", options=options("c1"), rows=rows),
            question("q4", "ranking", options=options("k1", "k2")),
            question("gone", "number"),
        )
    )
    fresh = [{"code": code, "title": {"de": code}} for code in ("zeile", "r2")]
    second = definition(
        page(
            "p1",
            question("way", "single", options=options("b1", "a2", "b4")),
            question("q2", "multiple", options=options("neu", "m2")),
            question("q3", "matrix_single", options=options("c9"), rows=fresh),
            question("q4", "ranking", options=options("k9", "k2")),
        )
    )
    mapping = {
        "q1": "way",
        "q1/a1": "way/b1",
        "q2/m1": "q2/neu",
        "q3/r1": "q3/zeile",
        "q3/c1": "q3/c9",
        "q4/k1": "q4/k9",
    }
    module = open_survey(database, town, first, anonymity="named")
    from_first = {"q1": "a1", "q2": ["m1"], "q3": {"r1": "c1"}, "q4": ["k1", "k2"], "gone": 7}
    fill(module, [from_first] * 3 + [{"q1": "a3"}] * 2)
    publish(session, lookup.of_module(session, module.id), second, mapping=mapping)
    fill(
        module, [{"way": "b1", "q2": ["neu", "m2"], "q3": {"zeile": "c9"}, "q4": ["k2", "k9"]}] * 4, version=2
    )
    found = look(module)
    painter = found.painter
    assert counted(painter, "way") == {"b1": 7, "a2": 0, "b4": 0, "a3": 2, "_missing": 0}
    assert counted(painter, "q2") == {"neu": 7, "m2": 4, "_missing": 2}
    assert {name: one.people for name, one in painter.tally.questions["q3"].parts["zeile"].items()} == {
        "c9": 7
    }
    assert painter._ranked("q4", painter.tally.questions["q4"]) == [("k2", 4.0, 10 / 7), ("k9", 3.0, 11 / 7)]
    shown = figures(found)
    assert (list(shown), shown["way"].versions) == (["way", "q2", "q3", "q4", "gone"], [(1, 5), (2, 4)])
    assert shown["gone"].versions == [(1, 3)]
    assert shown["gone"].finding.base == "3 valid answers · no answer: 2"
    only = look(module, ("f", "way"), ("a.way", "b1"))
    assert (only.people, look(module, ("fassung", "1")).people) == (7, 5)
    crossed = look(module, ("zeile", "way"), ("spalte", "way"))
    assert (crossed.crossed(), crossed.selection.rubbish) == (None, True)
