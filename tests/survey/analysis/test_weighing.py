"""Weights: against an example by hand, against weighing one by one, and where they cannot be made."""

import random

import pytest

from baukasten_survey.analysis.models import Margin
from baukasten_survey.statistics.weighting import rake
from baukasten_survey.surveys import lookup
from tests.survey.conftest import definition, open_survey, options, page, publish, question

ASKED = definition(
    page(
        "p1",
        question("sex", "single", options=options("m", "f"), no_answer=True),
        question("age", "dropdown", options=options("old", "young")),
        question("yes", "yes_no"),
        question("sum", "number"),
    )
)
WEIGHTED = ("gewichtet", "1")


@pytest.fixture
def module(database, town):
    return open_survey(database, town, ASKED, anonymity="named")


@pytest.fixture
def know(session):
    """Store what is known of the population."""

    def known(module, **margins):
        survey = lookup.of_module(session, module.id)
        session.add_all(
            Margin(survey_id=survey.id, code=code, shares=[list(pair) for pair in margin.items()])
            for code, margin in margins.items()
        )
        session.commit()

    return known


def shares(found, code):
    table = found.painter.table(code)
    return {key: pytest.approx(table.share(key)) for key in table.cells if not key.startswith("_")}


def test_one_margin_by_hand(look, module, fill, know):
    fill(module, [{"sex": "m", "yes": True}] * 6 + [{"sex": "m", "yes": False}] * 2)
    fill(module, [{"sex": "f", "yes": False}] * 2)
    fill(module, [{"sex": "_none", "yes": True}] * 3 + [{"yes": True}])
    know(module, sex={"m": 50, "f": 50})
    found = look(module, WEIGHTED)
    # Men are 8 of 10 and weigh 5/8, women 2 of 10 and weigh 5/2.
    assert shares(found, "yes") == {"true": 6 * 0.625 / 10, "false": (2 * 0.625 + 2 * 2.5) / 10}
    weighed = found.weighed
    assert (weighed.people, weighed.left_out, weighed.largest) == (10, 4, pytest.approx(2.5))
    assert weighed.effective == pytest.approx(100 / (8 * 0.625**2 + 2 * 2.5**2))
    assert weighed.design_effect == pytest.approx(10 / weighed.effective)
    assert shares(look(module), "yes") == {"true": 10 / 14, "false": 4 / 14}


def test_many_weigh_as_they_do_one_by_one(look, module, fill, know):
    draw = random.Random(7)  # noqa: S311 - answers, no secret
    people = [
        {
            "sex": draw.choice(["m", "m", "f"]),
            "age": draw.choice(["old", "old", "young"]),
            "yes": draw.random() < 0.4,
            "sum": draw.randint(0, 9),
        }
        for _one in range(200)
    ]
    fill(module, people)
    margins = {"sex": {"m": 0.48, "f": 0.52}, "age": {"old": 0.3, "young": 0.7}}
    know(module, **margins)
    raked = rake([{name: str(one[name]) for name in margins} for one in people], margins)
    found = look(module, WEIGHTED)
    wanted = sum(weight for one, weight in zip(people, raked.weights, strict=True) if one["yes"]) / 200
    assert shares(found, "yes")["true"] == wanted
    assert found.weighed.effective == pytest.approx(raked.effective)
    assert shares(found, "sex") == {"m": 0.48, "f": 0.52}
    # Weights are made of all, and the selection looked at afterwards.
    picked = look(module, WEIGHTED, ("f", "sex"), ("a.sex", "f"))
    mine = [(one, weight) for one, weight in zip(people, raked.weights, strict=True) if one["sex"] == "f"]
    total = sum(weight for _one, weight in mine)
    assert shares(picked, "yes")["true"] == sum(weight for one, weight in mine if one["yes"]) / total
    assert picked.weighed.people == len(mine)
    assert picked.weighed.effective == pytest.approx(total**2 / sum(weight**2 for _one, weight in mine))


def test_a_weighted_test_counts_the_effective_number(look, module, fill, know):
    fill(module, [{"sex": "m", "yes": True}] * 40 + [{"sex": "m", "yes": False}] * 40)
    fill(module, [{"sex": "f", "yes": True}] * 5 + [{"sex": "f", "yes": False}] * 15)
    know(module, sex={"m": 1, "f": 1})
    pair = (("zeile", "sex"), ("spalte", "yes"))
    plain = dict(look(module, *pair).crossed().facts)
    weighted = look(module, WEIGHTED, *pair)
    # Weighted, 25 of 50 and 12.5 of 50 agree; the statistic is scaled to the effective number.
    table = [[25.0, 25.0], [12.5, 37.5]]
    rows, columns = [50.0, 50.0], [37.5, 62.5]
    raw = sum(
        (table[i][j] - rows[i] * columns[j] / 100) ** 2 / (rows[i] * columns[j] / 100)
        for i in (0, 1)
        for j in (0, 1)
    )
    effective = weighted.weighed.effective
    assert dict(weighted.crossed().facts)["χ²"] == f"{round(raw * effective / 100, 2):g}"
    assert plain["χ²"] == "4.04"


def test_suspicious_ones_left_out_weigh_nothing(look, module, fill, know):
    fill(module, [{"sex": "m", "yes": True}] * 5 + [{"sex": "f", "yes": False}] * 5)
    fill(module, [{"sex": "f", "yes": True}] * 10, flags=["fast"])
    know(module, sex={"m": 1, "f": 3})
    found = look(module, WEIGHTED, ("auffaellige", "ohne"))
    assert shares(found, "yes") == {"true": 0.25, "false": 0.75}
    assert found.weighed.people == 10


@pytest.mark.parametrize(
    ("margins", "sentence"),
    [
        ({"sex": {"m": 1, "f": 1}}, "Nobody in “Frage sex” is in “Antwort f”"),
        ({"age": {"old": 1, "young": 1}}, "Nobody to weight"),
    ],
)
def test_margins_that_cannot_be_met_are_said(look, module, fill, know, margins, sentence):
    fill(module, [{"sex": "m", "yes": True}] * 5)
    know(module, **margins)
    found = look(module, WEIGHTED)
    assert (found.unweighable.startswith(sentence), found.weighed) == (True, None)
    assert shares(found, "yes") == {"true": 1.0, "false": 0.0}


def test_margins_of_questions_that_are_gone_are_not_offered(look, module, fill, know):
    fill(module, [{"sex": "m"}])
    know(module, nobody={"m": 1, "f": 1}, sex={"m": 1, "x": 1}, sum={"1": 1, "2": 1})
    found = look(module, WEIGHTED)
    assert (found.margins, found.selection.weighted, found.selection.rubbish) == ({}, False, True)


def test_renamed_answers_weigh_as_the_newest(look, module, fill, know, session):
    fill(module, [{"sex": "m", "yes": True}] * 4)
    fresh = definition(
        page("p1", question("who", "single", options=options("man", "f")), question("yes", "yes_no"))
    )
    publish(session, lookup.of_module(session, module.id), fresh, mapping={"sex": "who", "sex/m": "who/man"})
    fill(module, [{"who": "f", "yes": False}] * 2 + [{"who": "man", "yes": True}] * 2, version=2)
    know(module, who={"man": 1, "f": 1})
    assert shares(look(module, WEIGHTED), "yes") == {"true": 0.5, "false": 0.5}
