"""LimeSurvey's own surveys, where they lie beside the repository: what is taken of them, and their responses."""

import io
from pathlib import Path

import pytest

from baukasten_survey.definition.parsing import dump
from baukasten_survey.definition.parsing import parse as parse_definition
from baukasten_survey.transfer.archives import Archive
from baukasten_survey.transfer.importing import read_survey
from baukasten_survey.transfer.lime import read_structure
from baukasten_survey.transfer.lime_responses import columns_of
from baukasten_survey.transfer.reports import Level, Report
from baukasten_survey.transfer.tables import pieces, stream
from tests.survey.transfer.lime_rows import sent, written

FOLDER = Path(__file__).resolve().parents[4] / "shared/data/limesurvey"
SURVEYS = sorted(FOLDER.glob("*.ls[sa]"))

pytestmark = pytest.mark.skipif(not SURVEYS, reason="LimeSurvey's own surveys are not on this machine")


def _asked(data):
    """Read the questions of a file past the importer."""
    chunks = pieces(io.BytesIO(data))
    if data.startswith(b"PK"):
        archive = Archive(data)
        chunks = archive.chunks(archive.ending(".lss")[0])
    rows = [
        row for table, row in stream(chunks) if table == "questions" and row.get("parent_qid", "0") == "0"
    ]
    return {row["qid"]: row["title"] for row in rows}


def test_nearly_all_questions_come_with_their_logic_and_their_texts():
    asked, whole = 0, 0
    for path in SURVEYS:
        data = path.read_bytes()
        found = read_survey(path.name, data)
        lost = {note.place for note in found.notes if note.level is Level.LOST}
        codes = _asked(data).values()
        asked += len(codes)
        whole += sum(code not in lost for code in codes)
    assert asked > 300
    assert whole / asked >= 0.98


@pytest.mark.parametrize("path", SURVEYS, ids=lambda path: path.name)
def test_what_was_taken_can_be_edited(path):
    found = read_survey(path.name, path.read_bytes())
    assert dump(parse_definition(found.definition)) == found.definition
    # The settling pass had nothing to take out: all expressions were right as they were written.
    assert not [note.text for note in found.notes if "means nothing here" in note.text]


@pytest.mark.parametrize(
    "path", [path for path in SURVEYS if path.suffix == ".lsa"], ids=lambda path: path.name
)
def test_responses_come_back_value_by_value(path):
    archive = Archive(path.read_bytes())
    made = read_structure(archive.chunks(archive.ending(".lss")[0]), Report())
    columns = columns_of(made.plans, made.source.languages)
    rows = [row for table, row in stream(archive.chunks(archive.ending(".lsr")[0])) if table == "responses"]
    found = read_survey(path.name, path.read_bytes())
    filled = list(found.responses or ())
    assert len(filled) == len(rows) > 1
    assert [written(columns, one.answers) for one in filled] == [sent(row) for row in rows]
    assert not any(one.lost for one in filled)
