"""The one door for surveys of other programs: looks at what a file is, and reads it."""

import io
import re
from collections.abc import Iterator
from typing import IO, Any

from baukasten.plugin import lazy
from baukasten_survey.definition.parsing import Malformed, dump, parse
from baukasten_survey.keys import Kind
from baukasten_survey.transfer.archives import Archive
from baukasten_survey.transfer.lime import Structure, read_structure
from baukasten_survey.transfer.lime_responses import columns_of, read_responses
from baukasten_survey.transfer.reports import Asked, Filled, Imported, Level, Refused, Report
from baukasten_survey.transfer.settling import settle
from baukasten_survey.transfer.surveyjs import read_json, read_surveyjs
from baukasten_survey.transfer.tables import pieces, stream
from baukasten_survey.transfer.xlsform import WORKBOOK, read_workbook, read_xlsform

_ = lazy("survey")

LARGEST = 50_000_000
LARGEST_STRUCTURE = 10_000_000
"""Bytes of a structure; the largest of LimeSurvey's own samples has less than a million."""
TABBED = _(
    "This is LimeSurvey's table for spreadsheets (.txt), which leaves settings out. In LimeSurvey choose "
    "Export, Survey structure (.lss) instead."
)
UNKNOWN = _(
    "This is no file of LimeSurvey (.lss, .lsa, .lsg, .lsq), no XLSForm (.xlsx) and no SurveyJS (.json)."
)


def read_survey(name: str, data: bytes) -> Imported:
    """Read a survey of another program; its content tells what it is, its name only what it is called.

    Raises Refused with a sentence for staff.
    """
    return read_file(name, io.BytesIO(data))


def read_file(name: str, file: IO[bytes]) -> Imported:
    """Read a survey from a file, which has to stay open while its responses are walked through. Raises Refused."""
    size = file.seek(0, io.SEEK_END)
    if size > LARGEST:
        raise Refused(
            _("This file is too large; up to %(most)s megabytes can be read."), most=LARGEST // 1_000_000
        )
    file.seek(0)
    start = file.read(200)
    file.seek(0)
    begin = start.lstrip(b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n")
    if start.startswith(b"PK"):
        found = _packed(file)
    elif begin.startswith(b"<"):
        found = _limesurvey(file, size)
    elif begin.startswith(b"{"):
        report = Report()
        found = _simple(checked(read_surveyjs(read_json(file.read()), report), report), report)
    else:
        raise Refused(TABBED if _is_tabbed(begin) else UNKNOWN)
    if not found.definition.get("title"):
        found.definition["title"] = {found.definition["languages"][0]: _called(name)}
    return found


def _is_tabbed(begin: bytes) -> bool:
    """LimeSurvey's tables for spreadsheets begin with the names of their columns."""
    head = begin.split(b"\n")[0].lower().replace(b'"', b"")
    return {b"class", b"name"} <= set(head.replace(b"\x00", b"").split(b"\t"))


def _called(name: str) -> str:
    """Make a title of a file's name."""
    stem = re.split(r"[/\\]", name)[-1].rpartition(".")[0] or name
    return re.sub(r"[_\W]+", " ", stem).strip()[:100] or str(_("Survey"))


def _packed(file: IO[bytes]) -> Imported:
    archive = Archive(file)
    if structures := archive.ending(".lss"):
        return _archive(archive, structures[0])
    if WORKBOOK in archive.names:
        report = Report()
        file.seek(0)
        form = read_xlsform(read_workbook(archive, file.read()), report)
        return _simple(checked(form, report), report)
    raise Refused(UNKNOWN)


def _limesurvey(file: IO[bytes], size: int) -> Imported:
    if size > LARGEST_STRUCTURE:
        raise Refused(_("This file is larger than any survey; it is not read."))
    report = Report()
    found = read_structure(pieces(file), report)
    return _imported(found, report, None)


def _archive(archive: Archive, structure: str) -> Imported:
    report = Report()
    found = read_structure(archive.chunks(structure, LARGEST_STRUCTURE), report)
    for name in archive.ending("_tokens.lst"):
        people = sum(1 for table, row in stream(archive.chunks(name)) if table == "tokens" and len(row) > 1)
        text = _("The archive names %(count)s invited people; their names and addresses were not taken.")
        report.info("", text, count=people)
    if archive.ending("_timings.lsi"):
        report.info("", _("How long people took was not taken."))
    kept = archive.ending("_responses.lsr")
    columns = columns_of(found.plans, found.source.languages)
    responses = (
        (filled for name in kept for filled in read_responses(archive.chunks(name), columns))
        if kept
        else None
    )
    return _imported(found, report, responses)


def _imported(found: Structure, report: Report, responses: Iterator[Filled] | None) -> Imported:
    """Check the definition as if somebody else had written it."""
    definition = checked(found.definition, report)
    asked = tuple(Asked(one.asked.code, one.asked.type, one.kind is not None) for one in found.plans)
    return Imported(definition, found.quotas, found.settings, report.notes, responses, asked)


def _simple(definition: dict[str, Any], report: Report) -> Imported:
    """Give a survey of a program whose questions keep their codes; what has no kind here is only shown."""
    lost = {note.place for note in report.notes if note.level is Level.LOST}
    questions = (
        one for page in definition["pages"] for group in page["groups"] for one in group["questions"]
    )
    asked = [
        Asked(one["code"], one["kind"], one["kind"] != Kind.INFO or one["code"] not in lost)
        for one in questions
    ]
    return Imported(definition, notes=report.notes, asked=tuple(asked))


def checked(data: dict[str, Any], report: Report) -> dict[str, Any]:
    """Give a description without what is wrong in it. Raises Refused where no survey remains."""
    try:
        definition = parse(data)
        if settle(data, definition, report):
            definition = parse(data)
    except Malformed as error:
        why = error.problems[0]
        sentence = _("This survey does not fit in here (%(place)s): %(why)s")
        raise Refused(sentence, place=why.place, why=why.text) from error
    return dump(definition)
