"""What staff takes away of a survey: raw responses as a table or for SPSS, and the codebook. All of it is logged."""

from collections.abc import Iterator, Sequence
from typing import Any, BinaryIO

from sqlalchemy.orm import Session

from baukasten.plugin import Export, ModuleRef, TableFormat, lazy
from baukasten.sdk import clock, work
from baukasten_survey.datasets import reading
from baukasten_survey.datasets.counting import count
from baukasten_survey.datasets.ddi import write_ddi
from baukasten_survey.datasets.sav import WORDS, Content, write_sav
from baukasten_survey.datasets.widths import widths
from baukasten_survey.keys import RAW, SurveyState
from baukasten_survey.surveys import lookup

_ = lazy("survey")


def heads(session: Session, module: ModuleRef) -> Sequence[tuple[str, str]]:
    """Give the columns of the table of responses; headings carry the name, so that each is there once."""
    columns = reading.open_set(session, module, _language(session)).columns
    return [
        (column.name, f"{column.name}: {column.label}" if column.question else str(column.label))
        for column in columns
    ]


def rows(session: Session, module: ModuleRef) -> Iterator[Sequence[Any]]:
    """Give the responses one by one."""
    return reading.rows(session, reading.open_set(session, module, _language(session)))


def build_sav(session: Session, module: ModuleRef, out: BinaryIO) -> None:
    """Write the responses for SPSS."""
    data = reading.open_set(session, module, _language(session))
    texts = [column for column in data.columns if column.sort in WORDS]
    sizes = dict(zip((column.name for column in texts), widths(session, data, texts), strict=True))
    write_sav(out, Content(data.title, data.columns, sizes, reading.rows(session, data)), clock.now())


def codebook(session: Session, module: ModuleRef) -> Iterator[Sequence[Any]]:
    """Give a row for each column, and below it one for each of its codes."""
    data = reading.open_set(session, module, _language(session))
    for column, tally in zip(data.columns, count(data.columns, reading.rows(session, data)), strict=True):
        yield column.name, str(column.label), str(column.sort), str(column.measure), "", "", tally.valid
        for code, words in column.labels:
            yield column.name, "", "", "", code, words, tally.codes.get(code, 0)


def build_ddi(session: Session, module: ModuleRef, out: BinaryIO) -> None:
    """Write the codebook as DDI."""
    data = reading.open_set(session, module, _language(session))
    counted = count(data.columns, reading.rows(session, data))
    town = work(session).town.name
    pairs = list(zip(data.columns, counted, strict=True))
    write_ddi(out, data.title, town, data.language, pairs, clock.now().date())


def hindrance(session: Session, module: ModuleRef) -> str:
    """Say why there is nothing to take away yet."""
    drafted = lookup.of_module(session, module.id).state == SurveyState.DRAFT
    return str(_("The survey has not been opened yet.")) if drafted else ""


def _language(session: Session) -> str:
    return work(session).town.language


EXPORTS = [
    Export(
        key="survey.responses",
        title=_("Responses one by one"),
        columns=(),
        permission=RAW,
        rows=rows,
        heads=heads,
        formats=(TableFormat.CSV, TableFormat.XLSX, TableFormat.JSONL),
        hindrance=hindrance,
    ),
    Export(
        key="survey.spss",
        title=_("Responses for SPSS"),
        columns=(),
        permission=RAW,
        rows=None,
        build=build_sav,
        media_type="application/x-spss-sav",
        suffix="sav",
        hindrance=hindrance,
    ),
    Export(
        key="survey.codebook",
        title=_("Codebook"),
        columns=("variable", "label", "kind", "measure", "code", "meaning", "count"),
        titles=(
            _("Variable"),
            _("Question or row"),
            _("Holds"),
            _("Measure"),
            _("Code"),
            _("Meaning"),
            _("How often"),
        ),
        permission=RAW,
        rows=codebook,
        hindrance=hindrance,
    ),
    Export(
        key="survey.ddi",
        title=_("Codebook for archives (DDI)"),
        columns=(),
        permission=RAW,
        rows=None,
        build=build_ddi,
        media_type="application/xml",
        suffix="xml",
        hindrance=hindrance,
    ),
]
