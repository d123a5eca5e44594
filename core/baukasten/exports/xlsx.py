"""XLSX for spreadsheets: a frozen row of headings, texts that are never formulas, one row in memory."""

import datetime as dt
from decimal import Decimal
from typing import Any, BinaryIO

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from baukasten.errors import N_, Invalid
from baukasten.exports.sheet import Sheet, for_xml, local, written

MOST_ROWS = 1_048_575
"""What a sheet holds below its headings (ECMA-376)."""
LONGEST = 32_767
"""Characters that a cell holds."""
CUT = " […]"
NARROW, WIDE = 8, 60
BIGGEST_NUMBER = 10**15
"""Beyond fifteen digits a spreadsheet rounds; such numbers are written as texts."""
OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_numbers": False,
    "strings_to_urls": False,
}


def write_xlsx(sheet: Sheet, out: BinaryIO) -> None:
    """Write a workbook of one sheet; raises Invalid for more rows than a sheet holds."""
    book = Workbook(out, OPTIONS)
    book.set_properties({"title": sheet.title, "company": sheet.town, "created": local(sheet, sheet.made_at)})
    page = book.add_worksheet()
    page.freeze_panes(1, 0)
    page.set_landscape()
    page.set_paper(9)
    page.repeat_rows(0)
    page.fit_to_pages(1, 0)
    try:
        count, widths = _fill(sheet, book, page)
        for column, width in enumerate(widths):
            page.set_column(column, column, min(max(width + 2, NARROW), WIDE))
        page.autofilter(0, 0, count, max(len(sheet.headings) - 1, 0))
    finally:
        # Also where a row fails: the rows so far lie in a temporary file that nobody else closes.
        book.close()


def _fill(sheet: Sheet, book: Workbook, page: Worksheet) -> tuple[int, list[int]]:
    """Write headings and rows; gives the number of rows and the widest line of each column."""
    head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
    formats = {
        str: book.add_format({"text_wrap": True, "valign": "top"}),
        dt.date: book.add_format({"num_format": "dd.mm.yyyy", "valign": "top"}),
        dt.datetime: book.add_format({"num_format": "dd.mm.yyyy hh:mm", "valign": "top"}),
    }
    for column, heading in enumerate(sheet.headings):
        page.write_string(0, column, for_xml(str(heading)), head)
    widths = [len(str(heading)) for heading in sheet.headings]
    number = 0
    for number, row in enumerate(sheet.rows, start=1):
        if number > MOST_ROWS:
            raise Invalid(message=N_("This is more than a sheet holds. Choose another format."))
        for column, value in enumerate(row):
            _write(sheet, page, (number, column), value, formats)
            longest = max(map(len, written(sheet, value).split("\n", 8)))
            widths[column] = max(widths[column], min(longest, WIDE))
    return number, widths


def _write(
    sheet: Sheet, page: Worksheet, place: tuple[int, int], value: Any, formats: dict[type, Any]
) -> None:
    """Write one cell as what it is: number, day, moment or text."""
    row, column = place
    is_number = isinstance(value, int | float | Decimal) and not isinstance(value, bool)
    if is_number and abs(value) < BIGGEST_NUMBER:
        page.write_number(row, column, value, formats[str])
    elif isinstance(value, dt.datetime):
        page.write_datetime(row, column, local(sheet, value), formats[dt.datetime])
    elif isinstance(value, dt.date):
        page.write_datetime(row, column, value, formats[dt.date])
    else:
        text = for_xml(written(sheet, value))
        fits = text if len(text) <= LONGEST else text[: LONGEST - len(CUT)] + CUT
        page.write_string(row, column, fits, formats[str])
