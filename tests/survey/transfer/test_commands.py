"""The command that tells how well files come over: counts, sentences, and the end that a script sees."""

import pytest
from click.testing import CliRunner

from baukasten_survey.transfer import judging
from baukasten_survey.transfer.commands import survey
from tests.survey.transfer.lime_files import Made, archive, column, responses, structure

ASKED = [
    Made("age", "N"),
    Made("adult", "Y", relevance="age > 17"),
    Made("luck", "S", relevance="rand(1, 6) > 3"),
    Made("odd", "?"),
]


@pytest.fixture
def folder(tmp_path):
    """Three files that may be surveys, in a folder and below it, and one that is none of ours."""
    below = tmp_path / "below"
    below.mkdir()
    (tmp_path / "a.lss").write_bytes(structure(*ASKED))
    answered = responses({"id": "1", column(1): "40"}, {"id": "2", column(1): "many"})
    (below / "b.lsa").write_bytes(archive(structure(ASKED[0]), answered))
    (tmp_path / "c.lss").write_bytes(b"<document>")
    (tmp_path / "readme.md").write_text("no survey")
    return tmp_path


def check(*arguments):
    """Run the command; gives how it ended and its lines."""
    done = CliRunner().invoke(survey, ["check-import", *map(str, arguments)])
    return done.exit_code, done.output.splitlines()


def test_a_folder_is_counted(folder):
    assert check(folder) == (0, [
        "a.lss: 4 questions, 3 mapped, 2 with all their logic",
        "b.lsa: 1 questions, 1 mapped, 1 with all their logic, 2 responses, 1 values without a place",
        "c.lss: refused: This file is damaged: it is no complete XML. Please export the survey again.",
        "3 files: 2 read, 1 refused, 0 crashed",
        "5 questions: 4 (80.0%) mapped, 3 (60.0%) with all their logic",
        "something is missing by type: S 1, ? 1",
    ])  # fmt: skip


def test_what_is_missing_is_told_sentence_by_sentence(folder):
    _code, lines = check("--notes", folder / "a.lss")
    assert [line.partition(":")[0] for line in lines[1:3]] == ["  luck", "  odd"]


def test_a_crash_is_told_and_ends_with_one(folder, monkeypatch):
    monkeypatch.setattr(judging, "read_file", lambda _name, _file: 1 / 0)
    code, lines = check(folder / "a.lss")
    assert (code, lines[0]) == (1, "a.lss: crashed: ZeroDivisionError: division by zero")
    assert lines[1:] == [
        "1 files: 0 read, 0 refused, 1 crashed",
        "0 questions: 0 mapped, 0 with all their logic",
    ]


def test_surveys_of_other_programs_are_counted_too(tmp_path):
    (tmp_path / "x.json").write_text(
        '{"pages": [{"elements": [{"type": "text", "name": "a"}, {"type": "nonsense", "name": "b"}]}]}'
    )
    assert check(tmp_path)[1][0] == "x.json: 2 questions, 1 mapped, 1 with all their logic"
