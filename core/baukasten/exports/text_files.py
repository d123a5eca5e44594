"""CSV for spreadsheets and JSON lines for programs: written row by row, whatever their number."""

import csv
import io
import json
from decimal import Decimal
from typing import BinaryIO

from baukasten.exports.sheet import Sheet, for_json, harmless, written

BOM = b"\xef\xbb\xbf"
"""Without it Excel takes UTF-8 for Windows-1252."""
SEPARATOR = ";"
"""A German Excel parts columns where a German list does; the comma is its decimal sign."""


def write_csv(sheet: Sheet, out: BinaryIO) -> None:
    """Write UTF-8 with a mark, semicolons and CRLF (RFC 4180, but for the separator); no cell is a formula."""
    out.write(BOM)
    stream = io.TextIOWrapper(out, encoding="utf-8", errors="replace", newline="", write_through=True)
    try:
        table = csv.writer(stream, delimiter=SEPARATOR, lineterminator="\r\n")
        table.writerow(harmless(str(heading)) for heading in sheet.headings)
        for row in sheet.rows:
            table.writerow(_cell(sheet, value) for value in row)
    finally:
        # The file below belongs to the caller and stays open.
        stream.detach()


def _cell(sheet: Sheet, value: object) -> str:
    text = written(sheet, value)
    # A number may begin with a minus: it is ours, not typed by somebody.
    return text if isinstance(value, int | float | Decimal) else harmless(text)


def write_jsonl(sheet: Sheet, out: BinaryIO) -> None:
    """Write one JSON object a row, its keys being the columns' (jsonlines.org)."""
    for row in sheet.rows:
        entry = {key: for_json(value) for key, value in zip(sheet.keys, row, strict=True)}
        out.write(json.dumps(entry, ensure_ascii=False).encode("utf-8", errors="replace") + b"\n")
