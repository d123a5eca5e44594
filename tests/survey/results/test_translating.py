"""Figures of versions whose codes were renamed add up as one."""

from baukasten_survey.results import publishing, standing
from baukasten_survey.surveys import lookup
from tests.survey.conftest import definition, open_survey, options, page, publish, question


def _asked(way, age, *codes):
    return definition(
        page(
            "p1",
            question(way, "single", options=options(*codes)),
            question(age, "single", options=options("old", "young")),
            question("order", "ranking", options=options("x", "y")),
            question(
                "grid", "matrix_single", options=options("m1", "m2"), rows=[{"code": "r1"}, {"code": "r2"}]
            ),
        )
    )


BEFORE, AFTER = _asked("q1", "age", "a1", "a2"), _asked("way", "years", "foot", "a2")
MAPPING = {"q1": "way", "q1/a1": "way/foot", "age": "years", "q1/a2": "way/a2"}


def test_renamed_questions_and_options_are_counted_as_one(database, town, session, fill, freeze, admin):
    module = open_survey(database, town, BEFORE, state="closed", anonymity="named")
    survey = lookup.of_module(session, module.id)
    wanted = publishing.Wanted(crossings=[("age", "q1")], open_data=["age", "q1"])
    publishing.save(session, admin, survey, wanted)
    first = {"order": ["x", "y"], "grid": {"r1": "m1"}}
    fill(module, [{**first, "q1": "a1", "age": "old"}] * 30 + [{**first, "q1": "a2", "age": "young"}] * 20)
    assert freeze(module) == 1
    publish(session, lookup.of_module(session, module.id), AFTER, state="closed", mapping=MAPPING)
    fill(module, [{**first, "way": "foot", "years": "young"}] * 25, version=2)
    assert freeze(module) == 1
    found = standing.of_survey(session, survey.id)
    assert set(found.tables) == {"way", "years", "order", "grid"}
    counts = {key: cell.count for key, cell in found.tables["way"][""].cells.items()}
    assert counts == {"foot": 55, "a2": 20, "_missing": 0}
    (pair,) = found.crossings
    assert pair == ("years", "way")
    assert found.crossings[pair].cells["young", "foot"].count == 25
    assert [dict(data.rows) for _step, data in found.files] == [
        {("old", "foot"): 30, ("young", "a2"): 20},
        {("young", "foot"): 25},
    ]
    order = found.ranks["order"]
    assert order is not None
    assert order.cells["x", "1"].count == 75
