"""The words of a survey as a spreadsheet, one row a text and one column a language, and back again."""

import io
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from xml.etree.ElementTree import ParseError

import openpyxl
import xlsxwriter
from openpyxl.utils.exceptions import InvalidFileException

from baukasten.plugin import lazy
from baukasten.sdk import Invalid
from baukasten_survey.building.outline import Data
from baukasten_survey.definition.parsing import LANGUAGE, LONGEST_TEXT, MOST_LANGUAGES

_ = lazy("survey")

PATH = "code"
"""Heading of the column that says which text a row is."""
LARGEST, LARGEST_OPEN, MOST_ROWS = 5_000_000, 60_000_000, 20_000
NO_SHEET = _("This is no spreadsheet that was saved from here (.xlsx).")
WIDE, NARROW = 60, 28
Texts = tuple[str, Data, str]
"""The way to a text, what holds it, under which name."""


@dataclass(slots=True)
class Report:
    """What reading a spreadsheet back did."""

    changed: list[tuple[str, str, str, str]] = field(default_factory=list)
    """Way, language, before, after."""
    unknown: list[str] = field(default_factory=list)
    """Ways that lead nowhere any more."""
    formulas: list[str] = field(default_factory=list)
    """Cells that calculate; nothing was taken from them."""
    languages: list[str] = field(default_factory=list)
    """Languages that are new."""


def texts(data: Data) -> Iterator[Texts]:
    """Give every place of a definition where words stand or may stand, also empty ones."""
    yield from (("title", data, "title"), ("intro", data, "intro"), ("outro", data, "outro"))
    for page in data.get("pages", []):
        yield from _named(page, ("title", "text"))
        for group in page.get("groups", []):
            yield from _named(group, ("title", "text"))
            for question in group.get("questions", []):
                yield from _question(question)


def _named(part: Data, names: Sequence[str], before: str = "") -> Iterator[Texts]:
    way = f"{before}{part['code']}"
    yield from ((f"{way}/{name}", part, name) for name in names)


def _question(question: Data) -> Iterator[Texts]:
    code = question["code"]
    yield from _named(question, ("title", "help"))
    yield from (one for one in _named(question, ("unit", "low", "high", "other")) if question.get(one[2]))
    yield from (
        (f"{code}/rules/{at}/message", rule, "message") for at, rule in enumerate(question.get("rules", []))
    )
    for option in question.get("options", []):
        yield from _named(option, ("title",), f"{code}/options/")
        if option.get("picture") is not None:
            yield from _named(option, ("alt",), f"{code}/options/")
    for row in question.get("rows", []):
        yield from _named(row, ("title", "high") if row.get("high") else ("title",), f"{code}/rows/")


def write(data: Data) -> bytes:
    """Write the words as XLSX: codes are locked, words are text and never calculate."""
    languages: list[str] = data["languages"]
    file = io.BytesIO()
    book = xlsxwriter.Workbook(
        file, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    head = book.add_format({"bold": True, "locked": True})
    fixed = book.add_format({"locked": True, "font_color": "#525c60", "valign": "top"})
    free = book.add_format({"locked": False, "text_wrap": True, "valign": "top", "num_format": "@"})
    sheet = book.add_worksheet("Texte")
    sheet.freeze_panes(1, 1)
    sheet.set_column(0, 0, NARROW)
    sheet.set_column(1, len(languages), WIDE)
    for column, heading in enumerate((PATH, *languages)):
        sheet.write_string(0, column, heading, head)
    for row, (way, holder, name) in enumerate(texts(data), start=1):
        sheet.write_string(row, 0, way, fixed)
        for column, language in enumerate(languages, start=1):
            sheet.write_string(row, column, (holder.get(name) or {}).get(language, ""), free)
    sheet.protect("", {"format_columns": True, "format_rows": True})
    book.close()
    return file.getvalue()


def read(data: Data, content: bytes) -> Report:
    """Put the words of a spreadsheet into a definition; gives what changed. Raises Invalid for ``file``.

    An empty cell changes nothing, so that nothing is lost by a column that was only half filled in.
    """
    rows = _rows(content)
    heading = [str(value or "").strip() for value, _calculates in next(rows, [])]
    if not heading or heading[0] != PATH:
        raise Invalid({"file": NO_SHEET})
    languages = _languages(heading[1:])
    report = Report(languages=[one for one in languages.values() if one not in data["languages"]])
    if len(data["languages"]) + len(report.languages) > MOST_LANGUAGES:
        raise Invalid({"file": _("A survey has one to %(most)s languages.") % {"most": MOST_LANGUAGES}})
    data["languages"] = [*data["languages"], *report.languages]
    known = {way: (holder, name) for way, holder, name in texts(data)}
    for row in rows:
        _take(row, languages, known, report)
    return report


def _take(
    row: Sequence[tuple[Any, bool]],
    languages: Mapping[int, str],
    known: Mapping[str, tuple[Data, str]],
    report: Report,
) -> None:
    way = str(row[0][0] or "").strip() if row else ""
    if not way:
        return
    if way not in known:
        report.unknown.append(way[:200])
        return
    holder, name = known[way]
    for column, language in languages.items():
        value, calculates = row[column] if column < len(row) else (None, False)
        if calculates:
            report.formulas.append(f"{way} {language}")
            continue
        words = "" if value is None else str(value).replace("\r\n", "\n").replace("_x000D_", "").strip()
        before = (holder.get(name) or {}).get(language, "")
        if words and words != before:
            if len(words) > LONGEST_TEXT or "\0" in words:
                raise Invalid({"file": _("The text of %(place)s cannot be taken.") % {"place": way}})
            holder[name] = {**(holder.get(name) or {}), language: words}
            report.changed.append((way, language, before, words))


def _languages(heading: Sequence[str]) -> dict[int, str]:
    found = {at: tag for at, tag in enumerate(heading, start=1) if tag}
    if len(set(found.values())) != len(found) or not all(LANGUAGE.fullmatch(tag) for tag in found.values()):
        raise Invalid(
            {"file": _("The headings of the columns have to be languages such as de, en or de-simple.")}
        )
    return found


def _rows(content: bytes) -> Iterator[list[tuple[Any, bool]]]:
    """Give the cells of the first sheet: value, and whether it calculates. Raises Invalid for what is none."""
    if len(content) > LARGEST:
        raise Invalid({"file": _("This file is too large.")})
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            if sum(one.file_size for one in packed.infolist()) > LARGEST_OPEN:
                raise Invalid({"file": _("This file is too large.")})
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True)
        sheet = book.worksheets[0]
        for at, row in enumerate(sheet.iter_rows()):
            if at > MOST_ROWS:
                raise Invalid({"file": _("This file is too large.")})
            yield [(cell.value, cell.data_type == "f") for cell in row[: MOST_LANGUAGES + 1]]
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        RuntimeError,
        InvalidFileException,
        ParseError,
        KeyError,
        ValueError,
        IndexError,
        OSError,
    ) as error:
        raise Invalid({"file": NO_SHEET}) from error
