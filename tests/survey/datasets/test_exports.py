"""What staff takes away: through the core's exports, each format, with versions, flags, and nobody else's responses."""

import csv
import datetime as dt
import io
import json
from xml.etree import ElementTree as ET

import openpyxl
import pyreadstat
import pytest

from baukasten.errors import NotFound
from baukasten.exports import service
from baukasten.exports.models import ExportFile
from baukasten.tenants.files import files_of
from baukasten_survey.datasets import exports, reading
from baukasten_survey.models import Response
from baukasten_survey.surveys import lookup
from tests.survey.conftest import definition, open_survey, options, page, publish, question

DAY = dt.date(2035, 3, 20)
DDI = "{ddi:codebook:2_5}"
FIRST = definition(page("p1", question("q1", "single", options=options("a1", "a2")), question("q2", "long")))
SECOND = definition(
    page("p1", question("q1", "single", options=options("a1", "a3")), question("q3", "yes_no"))
)


@pytest.fixture
def module(database, town):
    return open_survey(database, town, FIRST)


@pytest.fixture
def filled(session, module):
    survey = lookup.of_module(session, module.id)
    publish(session, survey, SECOND)
    kept = {"q1": "a2", "q2": "=1+1\nzwei", "_kept": {"q3": True}}
    session.add_all(
        [
            Response(survey_id=survey.id, version=1, day=DAY, answers=kept, flags=["fast"]),
            Response(
                survey_id=survey.id,
                version=2,
                day=DAY,
                answers={"q1": "a3", "q3": True},
                language="en",
                source="paper",
            ),
            Response(survey_id=survey.id, version=2, day=DAY, answers={"q1": "a1"}, test=True),
        ]
    )
    session.commit()
    return module


@pytest.fixture
def take(session, admin, mailbox, town):
    """Ask for a file, let the worker make it, and give its bytes."""

    def made(module, key, chosen):
        file_id = service.ask(session, admin, module, key, chosen).id
        session.commit()
        mailbox.worker.run_pending()
        session.expire_all()
        file = session.get(ExportFile, (town.id, file_id))
        assert (file.state, file.reason) == ("ready", "")
        return files_of(session).read(file.stored_as)

    return made


def test_the_table_has_all_versions_and_no_trial(take, filled):
    text = take(filled, "survey.responses", "csv").decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text), delimiter=";"))
    assert [head.partition(":")[0] for head in rows[0]][6:] == ["q1", "q3", "q2"]
    assert rows[1] == ["1", "1", "", "online", "2035-03-20", "fast", "a2", "", "'=1+1\nzwei"]
    assert rows[2][:7] == ["2", "2", "en", "paper", "2035-03-20", "", "a3"]
    assert len(rows) == 3


def test_programs_get_json_and_spreadsheets_xlsx(take, filled):
    lines = take(filled, "survey.responses", "jsonl").decode().splitlines()
    assert json.loads(lines[1]) == {
        "response": 2,
        "version": 2,
        "language": "en",
        "source": "paper",
        "day": "2035-03-20",
        "flags": None,
        "q1": "a3",
        "q3": True,
        "q2": None,
    }
    book = openpyxl.load_workbook(io.BytesIO(take(filled, "survey.responses", "xlsx")))
    assert [cell.value for cell in book.active[2]][6:] == ["a2", None, "=1+1\nzwei"]
    assert book.active["I2"].data_type == "s"


def test_spss_gets_numbers_with_labels(take, filled, tmp_path):
    place = tmp_path / "data.sav"
    place.write_bytes(take(filled, "survey.spss", "sav"))
    data, meta = pyreadstat.read_sav(str(place), output_format="dict")
    assert (data["q1"], data["q3"], data["q2"]) == ([3, 2], [None, 1], ["=1+1\nzwei", ""])
    assert meta.variable_value_labels["q1"] == {1: "Antwort a1", 2: "Antwort a3", 3: "Antwort a2"}


def test_the_codebook_counts_each_code(take, filled):
    text = take(filled, "survey.codebook", "csv").decode("utf-8-sig")
    rows = [row for row in csv.reader(io.StringIO(text), delimiter=";") if row[0] == "q1"]
    assert [row[4:] for row in rows] == [
        ["", "", "2"],
        ["a1", "Antwort a1", "0"],
        ["a3", "Antwort a3", "1"],
        ["a2", "Antwort a2", "1"],
    ]


def test_archives_get_ddi(take, filled):
    tree = ET.fromstring(take(filled, "survey.ddi", "xml"))  # noqa: S314 - ours
    assert (tree.tag, tree.get("version")) == (f"{DDI}codeBook", "2.5")
    assert tree.findtext(f".//{DDI}caseQnty") == "2"
    found = {one.get("name"): one for one in tree.iter(f"{DDI}var")}
    codes = [
        (one.findtext(f"{DDI}catValu"), one.findtext(f"{DDI}catStat"))
        for one in found["q1"].iter(f"{DDI}catgry")
    ]
    assert codes == [("a1", "0"), ("a3", "1"), ("a2", "1")]
    assert found["q2"].findtext(f"{DDI}labl") == "Frage q2"


def test_only_who_may_see_single_responses_takes_them(
    session, admin, moderator, filled, other_town, database
):
    assert [one.key for one in service.offers(session, admin, filled)] == [
        one.key for one in sorted(exports.EXPORTS, key=lambda one: one.key)
    ]
    with pytest.raises(NotFound):
        service.offers(session, moderator, filled)
    with database.session(other_town.id) as elsewhere:
        survey = session.query(Response.survey_id).first()[0]
        assert list(reading.responses(elsewhere, survey)) == []


def test_a_draft_has_nothing_to_take_away(session, database, town):
    drafted = open_survey(database, town, FIRST, slug="entwurf", state="draft")
    assert exports.hindrance(session, drafted) == "The survey has not been opened yet."


def test_rows_are_read_in_batches(session, filled, monkeypatch, statements):
    monkeypatch.setattr(reading, "BATCH", 1)
    survey = lookup.of_module(session, filled.id)
    with statements() as seen:
        assert [one["_number"] for one in reading.responses(session, survey.id)] == [1, 2]
    assert len(seen) == 4


def test_renamed_codes_are_one_column(session, filled):
    survey = lookup.of_module(session, filled.id)
    third = definition(page("p1", question("way", "single", options=options("b1", "b3"))))
    publish(session, survey, third, mapping={"q1": "way", "q1/a3": "way/b3"})
    session.commit()
    found = list(reading.responses(session, survey.id))
    assert [one.get("way") for one in found] == ["a2", "b3"]
    assert all("q1" not in one for one in found)
