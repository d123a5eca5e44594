"""The longest text of each column, as the database measures it and as the rows show it."""

import datetime as dt

from baukasten_survey.datasets import reading
from baukasten_survey.datasets.columns import Sort
from baukasten_survey.datasets.widths import widths
from baukasten_survey.models import Response
from baukasten_survey.surveys import lookup
from tests.survey.conftest import definition, open_survey, options, page, publish, question

DAY = dt.date(2035, 3, 20)
ROWS = [{"code": "r1", "title": {"de": "Morgens"}}, {"code": "r2", "title": {"de": "Abends"}}]


def asked(name):
    return definition(
        page(
            "p1",
            question(name, "long"),
            question("q2", "single", options=options("a1", "a2"), other={"de": "Anderes"}),
            question("q3", "matrix_text", rows=ROWS, options=options("a1")),
            question("q4", "map", shapes=["point"]),
        )
    )


def test_no_cell_is_longer_and_plain_texts_are_exact(session, database, town, statements):
    module = open_survey(database, town, asked("q1"))
    survey = lookup.of_module(session, module.id)
    publish(session, survey, asked("words"), mapping={"q1": "words"})
    spot = {"shapes": [{"type": "Point", "coordinates": [8.5, 50.25]}], "text": "hier"}
    given = [
        (1, {"q1": "Grüße 🚲", "q2": "_other", "q2.other": "Roller"}, ["fast", "same"]),
        (2, {"words": "kurz", "q3": {"r1": {"a1": "früh"}, "r2": {"a1": "um elf"}}, "q4": spot}, []),
    ]
    for version, answers, flags in given:
        kept = {"survey_id": survey.id, "version": version, "day": DAY, "answers": answers, "flags": flags}
        session.add(Response(**kept))
    session.add(Response(survey_id=survey.id, version=2, day=DAY, answers={"words": "x" * 99}, test=True))
    session.commit()
    data = reading.open_set(session, module)
    columns = [column for column in data.columns if column.sort is Sort.TEXT]
    found = dict(zip((column.name for column in columns), widths(session, data, columns), strict=True))
    assert found["words"] == len("Grüße 🚲".encode())
    assert (found["q2.other"], found["q3.r1.a1"], found["q3.r2.a1"]) == (6, 5, 6)
    assert (found["q4.shapes"], found["q4.text"]) == (len("POINT (8.5 50.25)"), 4)
    for row in reading.rows(session, data, columns):
        for column, words in zip(columns, row, strict=True):
            assert len((words or "").encode()) <= found[column.name]
    stored = [column for column in columns if column.stored]
    with statements() as seen:
        widths(session, data, stored)
    assert len(seen) == 3
