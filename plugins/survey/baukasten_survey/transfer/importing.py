"""The one door for surveys of other programs: looks at what a file is, and reads it."""

import re
from collections.abc import Iterator
from typing import Any

from baukasten.plugin import lazy
from baukasten_survey.definition.parsing import Malformed, dump, parse
from baukasten_survey.transfer.archives import Archive
from baukasten_survey.transfer.lime import Structure, read_structure
from baukasten_survey.transfer.lime_responses import columns_of, read_responses
from baukasten_survey.transfer.reports import Filled, Imported, Refused, Report
from baukasten_survey.transfer.settling import settle
from baukasten_survey.transfer.surveyjs import read_json, read_surveyjs
from baukasten_survey.transfer.tables import pieces, stream
from baukasten_survey.transfer.xlsform import WORKBOOK, read_workbook, read_xlsform

_ = lazy("survey")

LARGEST = 50_000_000
LARGEST_STRUCTURE = 10_000_000
"""Bytes of a structure; the largest of LimeSurvey's own samples has less than a million."""
UNKNOWN = _(
    "This is no file of LimeSurvey (.lss, .lsa, .lsg, .lsq), no XLSForm (.xlsx) and no SurveyJS (.json)."
)


def read_survey(name: str, data: bytes) -> Imported:
    """Read a survey of another program; its content tells what it is, its name only what it is called.

    Raises Refused with a sentence for staff.
    """
    if len(data) > LARGEST:
        raise Refused(
            _("This file is too large; up to %(most)s megabytes can be read."), most=LARGEST // 1_000_000
        )
    begin = data[:200].lstrip(b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n")
    if data.startswith(b"PK"):
        found = _packed(data)
    elif begin.startswith(b"<"):
        found = _limesurvey(data)
    elif begin.startswith(b"{"):
        report = Report()
        found = Imported(checked(read_surveyjs(read_json(data), report), report), notes=report.notes)
    else:
        raise Refused(UNKNOWN)
    if not found.definition.get("title"):
        found.definition["title"] = {found.definition["languages"][0]: _called(name)}
    return found


def _called(name: str) -> str:
    """Make a title of a file's name."""
    stem = re.split(r"[/\\]", name)[-1].rpartition(".")[0] or name
    return re.sub(r"[_\W]+", " ", stem).strip()[:100] or str(_("Survey"))


def _packed(data: bytes) -> Imported:
    archive = Archive(data)
    if structures := archive.ending(".lss"):
        return _archive(archive, structures[0])
    if WORKBOOK in archive.names:
        report = Report()
        form = read_xlsform(read_workbook(archive, data), report)
        return Imported(checked(form, report), notes=report.notes)
    raise Refused(UNKNOWN)


def _limesurvey(data: bytes) -> Imported:
    if len(data) > LARGEST_STRUCTURE:
        raise Refused(_("This file is larger than any survey; it is not read."))
    report = Report()
    found = read_structure(pieces(data), report)
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
    return Imported(definition, found.quotas, found.settings, report.notes, responses)


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
