"""Coded figures for everybody: when they may be fixed, that they add up, and that nobody is found behind them."""

import csv
import io
import random
from collections import Counter

import pytest

from baukasten.sdk import Conflict
from baukasten_survey.cells.shown import MISSING
from baukasten_survey.keys import OTHER
from baukasten_survey.models import Response
from baukasten_survey.results import standing, told
from baukasten_survey.surveys import lookup
from baukasten_survey.texts import categories, freezing
from baukasten_survey.texts.models import Coded
from tests.survey.cells.attacking import Puzzle
from tests.survey.conftest import open_survey
from tests.survey.texts.conftest import ASKED, FIELDS, WHY

K = 5
RESULTS = "/umfrage/ergebnisse"


@pytest.fixture
def module(database, town):
    return open_survey(database, town, ASKED, state="closed", anonymity="named")


@pytest.fixture
def coded(session, module, fill, sort, publish, admin, second):
    """Let both sort texts alike; gives the responses and the categories by name."""

    def done(names, *, silent=0, field=WHY, answer=None):
        texts = [(answer or {}) | {field.name: f"Text {number}"} for number in range(len(names))]
        responses = fill(module, [*texts, *([answer or {"q1": "a1"}] * silent)])
        publish(module, "q1", "q2", "q3")
        return responses, sort(
            module, responses[: len(names)], [(admin, names), (second, names)], field=field
        )

    return done


def fix(session, module, actor, field=WHY):
    survey = lookup.of_module(session, module.id)
    people = told.told(standing.of_survey(session, survey.id), field)
    freezing.freeze(session, actor, survey, field, people, told.spans(session, survey.id))
    session.commit()
    return freezing.coded_tables(session, survey.id)[field.name]


def counts(found):
    return {found.labels.get(key, key): cell.count for key, cell in found.table.cells.items()}


def test_figures_add_up_to_the_question_s_own(session, module, coded, admin):
    coded(["Bus"] * 20 + ["Rad"] * 12 + [""] * 8, silent=9)
    found = fix(session, module, admin)
    assert (found.table.people, MISSING in found.table.cells, found.table.whole) == (40, False, True)
    assert next(iter(found.table.cells.values())).count == 20
    assert sorted(cell.count for cell in found.table.cells.values()) == [8, 12, 20]


def test_they_are_fixed_once(session, module, coded, admin):
    _responses, named = coded(["Bus"] * 20 + ["Rad"] * 12)
    fix(session, module, admin)
    with pytest.raises(Conflict):
        fix(session, module, admin)
    with pytest.raises(Conflict):
        categories.remove(session, lookup.of_module(session, module.id).id, "q2", named["Bus"])
    assert session.query(Coded).count() == 1


def test_an_answer_that_was_deleted_stays_counted(session, module, coded, admin):
    responses, _named = coded(["Bus"] * 20 + ["Rad"] * 12 + [""] * 7)
    session.query(Response).filter_by(id=responses[0]).delete()
    session.commit()
    found = fix(session, module, admin)
    assert (found.table.people, counts(found)["Bus"], found.table.cells[OTHER].count) == (39, 19, 8)


def test_who_came_after_the_figures_is_not_counted(session, module, coded, admin, fill, sort, second):
    coded(["Bus"] * 20 + ["Rad"] * 12)
    late = fill(module, [{"q2": "Später"}] * 3)
    sort(module, late, [(admin, ["Bus"] * 3), (second, ["Bus"] * 3)])
    found = fix(session, module, admin)
    assert (found.table.people, counts(found)["Bus"]) == (32, 20)


def test_words_beside_other_count_those_who_wrote_none(session, module, coded, admin):
    coded(["Bus"] * 20 + ["Rad"] * 12, silent=9, field=FIELDS["q1.other"], answer={"q1": "_other"})
    found = fix(session, module, admin, FIELDS["q1.other"])
    assert (found.table.people, found.table.cells[MISSING].count) == (41, 9)


@pytest.mark.parametrize("people", [3, 4])
def test_too_few_answers_are_never_coded_for_everybody(session, module, coded, admin, people):
    coded(["Bus"] * people, silent=30)
    with pytest.raises(Conflict) as refused:
        fix(session, module, admin)
    assert refused.value.message == str(freezing.UNTOLD)


def test_what_has_no_result_is_waited_for(session, module, coded, admin, fill, sort):
    coded(["Bus"] * 20)
    sort(module, fill(module, [{"q2": "Später"}]), [(admin, ["Bus"])])
    with pytest.raises(Conflict) as refused:
        fix(session, module, admin)
    assert refused.value.message == str(freezing.UNSORTED)


@pytest.mark.parametrize("seed", range(3))
def test_nobody_is_found_behind_categories(session, module, coded, admin, client, seed):
    """A reader has the page's files: the question's own cells and the coded ones, and knows that both are true."""
    dice = random.Random(seed)  # noqa: S311 - fixed, to fail again alike
    rare = ["Hund"] * dice.randint(1, 4) + ["Lärm"] * dice.randint(0, 4)
    names = [*rare, *(dice.choices(["Bus", "Rad", "Fuß", ""], (5, 4, 2, 1))[0] for _one in range(50))]
    coded(names, silent=dice.randint(0, 4) + 7)
    fix(session, module, admin)
    data = client.get(f"{RESULTS}/zahlen.json").json
    own = {
        one["answer"]: one["people"] for one in data["cells"] if one["question"] == "q2" and not one["row"]
    }
    cells = [one for one in data["cells"] if one["question"] == "q2" and one["row"]]
    assert own["_answered"] == len(names)
    labels = {one["answer"]: one["meaning"] for one in cells}
    true = Counter(names)
    puzzle = Puzzle()
    unknown = {one["answer"]: puzzle.unknown(0, len(names)) for one in cells}
    puzzle.know(list(unknown.values()), own["_answered"])
    for one in cells:
        if one["state"] == "shown":
            puzzle.know([unknown[one["answer"]]], one["people"])
    for key, cell in unknown.items():
        count = true["" if key == OTHER else labels[key]]
        assert puzzle.possible(cell, count)
        if 0 < count < K:
            assert puzzle.values(cell, K - 1) >= set(range(1, K)), labels[key]
    table = client.get(f"{RESULTS}/zahlen.csv").text.lstrip("\ufeff")
    rows = csv.DictReader(io.StringIO(table), delimiter=";")
    assert {row["people"] for row in rows}.isdisjoint({str(number) for number in range(1, K)})
    text = client.get(RESULTS).text
    assert "Hund" in text
    assert "weniger als 5" in text
