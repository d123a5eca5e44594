"""XLSX for spreadsheets: a frozen row of headings, texts that are never formulas, one row in memory.

XlsxWriter makes the workbook, its styles and its headings. Rows are put in as XML by hand: cell by cell through the
library, a survey of 100,000 responses takes more than a minute.
"""

import datetime as dt
import io
import re
import zipfile
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from itertools import chain, islice
from typing import Any, BinaryIO
from xml.sax.saxutils import escape

from xlsxwriter import Workbook

from baukasten.errors import N_, Invalid
from baukasten.exports.sheet import Sheet, for_xml, local, written

MOST_ROWS = 1_048_575
"""What a sheet holds below its headings (ECMA-376)."""
LONGEST = 32_767
"""Characters that a cell holds."""
CUT = " […]"
NARROW, WIDE = 8, 60
MEASURED = 1_000
"""Rows by which columns get their widths."""
BIGGEST_NUMBER = 10**15
"""Beyond fifteen digits a spreadsheet rounds; such numbers are written as texts."""
PAGE, BOOK = "xl/worksheets/sheet1.xml", "xl/workbook.xml"
BEFORE_FIRST, LAST_WITHOUT = dt.date(1899, 12, 31), 59
"""Spreadsheets count days from 1900 and believe that it had a 29 February, their 60th day."""
DAY = 86_400
LOOKS_ESCAPED = re.compile("(_x[0-9a-fA-F]{4}_)")
"""What a spreadsheet would take for a sign's number (ECMA-376, 22.4.2.4)."""
REMEMBERED, SHORT = 20_000, 64
"""Texts whose cell is kept, since the same few words fill most of a table; and how long they are at most."""
Cell = Callable[[Any], str]


def write_xlsx(sheet: Sheet, out: BinaryIO) -> None:
    """Write a workbook of one sheet; raises Invalid for more rows than a sheet holds."""
    rows = iter(sheet.rows)
    first = list(islice(rows, MEASURED))
    frame = _Frame(sheet, _widths(sheet, first))
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as packed:
        with packed.open(PAGE, "w", force_zip64=True) as page:
            page.write(frame.head)
            count = _fill(page, chain(first, rows), frame.cell)
            page.write(frame.foot(count))
        for name, data in frame.others(count):
            packed.writestr(name, data)


def _widths(sheet: Sheet, rows: Iterable[Sequence[Any]]) -> list[int]:
    widths = [len(str(heading)) for heading in sheet.headings]
    for row in rows:
        for column, value in enumerate(row):
            longest = max(map(len, written(sheet, value).split("\n", 8)))
            widths[column] = max(widths[column], min(longest, WIDE))
    return widths


def _fill(page: Any, rows: Iterable[Sequence[Any]], cell: Cell) -> int:
    """Write the rows; gives their number."""
    number = 0
    for number, row in enumerate(rows, start=1):
        if number > MOST_ROWS:
            raise Invalid(message=N_("This is more than a sheet holds. Choose another format."))
        page.write(f'<row r="{number + 1}">{"".join(map(cell, row))}</row>'.encode())
    return number


class _Frame:
    """The workbook around the rows, as XlsxWriter makes it."""

    def __init__(self, sheet: Sheet, widths: Sequence[int]) -> None:
        self._files = _empty_book(sheet, widths)
        before, _rows, after = re.split(
            '(<row r="2".*</row>)', self._files.pop(PAGE), maxsplit=1, flags=re.DOTALL
        )
        styles = [int(found) for found in re.findall(r'<c r="A[234]" s="(\d+)"', _rows)]
        # A wrong size would be believed; without one the sheet is measured when it is opened.
        self.head = re.sub("<dimension[^>]*>", "", before).encode()
        self._after = after
        self.cell = _cell_of(sheet, *styles)

    def foot(self, count: int) -> bytes:
        """Give what stands behind so many rows."""
        ending = re.sub(r'(<autoFilter ref="A1:[A-Z]+)\d+"', rf'\g<1>{count + 1}"', self._after)
        return ending.encode()

    def others(self, count: int) -> Iterable[tuple[str, bytes]]:
        """Give the other files of the workbook."""
        for name, text in self._files.items():
            told = re.sub(r"(\$A\$1:\$[A-Z]+\$)\d+<", rf"\g<1>{count + 1}<", text) if name == BOOK else text
            yield name, told.encode()


def _empty_book(sheet: Sheet, widths: Sequence[int]) -> dict[str, str]:
    """Make a workbook with headings, and below them a cell each of text, day and moment; gives its files."""
    made = io.BytesIO()
    book = Workbook(made)
    book.set_properties({"title": sheet.title, "company": sheet.town, "created": local(sheet, sheet.made_at)})
    page = book.add_worksheet()
    page.freeze_panes(1, 0)
    page.set_landscape()
    page.set_paper(9)
    page.repeat_rows(0)
    page.fit_to_pages(1, 0)
    head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
    for column, heading in enumerate(sheet.headings):
        page.write_string(0, column, for_xml(str(heading)), head)
        width = min(max(widths[column] + 2, NARROW), WIDE)
        page.set_column(column, column, width)
    text = book.add_format({"text_wrap": True, "valign": "top"})
    day = book.add_format({"num_format": "dd.mm.yyyy", "valign": "top"})
    moment = book.add_format({"num_format": "dd.mm.yyyy hh:mm", "valign": "top"})
    for row, style in enumerate((text, day, moment), start=1):
        page.write_number(row, 0, 1, style)
    page.autofilter(0, 0, 1, max(len(sheet.headings) - 1, 0))
    book.close()
    with zipfile.ZipFile(made) as files:
        return {name: files.read(name).decode() for name in files.namelist()}


def _cell_of(sheet: Sheet, text: int, day: int, moment: int) -> Cell:
    """Give what writes one cell as what it is: number, day, moment or text; the numbers name styles."""
    known: dict[str, str] = {}

    def words(value: Any) -> str:
        found = _text_cell(written(sheet, value), text)
        if isinstance(value, str) and len(value) <= SHORT and len(known) < REMEMBERED:
            known[value] = found
        return found

    empty = f'<c s="{text}"/>'
    yes_no = {value: _text_cell(written(sheet, value), text) for value in (True, False)}

    def cell(value: Any) -> str:
        kind = type(value)
        if kind is str:
            return known.get(value) or words(value)
        if value is None:
            return empty
        if kind is bool:
            return yes_no[value]
        if isinstance(value, int | float | Decimal) and -BIGGEST_NUMBER < value < BIGGEST_NUMBER:
            return f'<c s="{text}"><v>{value}</v></c>'
        if isinstance(value, dt.date) and value.year > BEFORE_FIRST.year:
            return _day_cell(sheet, value, day, moment)
        return words(value)

    return cell


def _text_cell(words: str, style: int) -> str:
    text = for_xml(words)
    fits = text if len(text) <= LONGEST else text[: LONGEST - len(CUT)] + CUT
    if not fits:
        return f'<c s="{style}"/>'
    if "_x" in fits:
        fits = LOOKS_ESCAPED.sub(r"_x005F\1", fits)
    kept = ' xml:space="preserve"' if fits[0].isspace() or fits[-1].isspace() else ""
    return f'<c s="{style}" t="inlineStr"><is><t{kept}>{escape(fits)}</t></is></c>'


def _day_cell(sheet: Sheet, value: dt.date, day: int, moment: int) -> str:
    exact = isinstance(value, dt.datetime)
    shown = local(sheet, value) if isinstance(value, dt.datetime) else value
    number = (dt.date(shown.year, shown.month, shown.day) - BEFORE_FIRST).days
    number += number > LAST_WITHOUT
    if not isinstance(shown, dt.datetime):
        return f'<c s="{day}"><v>{number}</v></c>'
    part = (shown.hour * 3_600 + shown.minute * 60 + shown.second) / DAY
    return f'<c s="{moment if exact else day}"><v>{number + part}</v></c>'
