"""Uploaded papers made harmless: PDF files without traces and programs, plain texts and tables as UTF-8."""

import re
from dataclasses import dataclass

from baukasten.content import pdf
from baukasten.errors import N_, Invalid

MAX_BYTES = 10 * 1024 * 1024
MAX_TEXT = 1024 * 1024
PDF_HEAD = b"%PDF-"
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069\ufffe\uffff]")
"""Signs that no text for people has; the last ones turn the direction of what follows."""
CELLS = re.compile(r"[;,\t\r\n]")
FORMULA = re.compile(r"[=@]|[+-](?![\d.,\s]*%?$)")
"""How a cell begins that a spreadsheet would carry out; a number with its sign is none."""


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper as it is stored."""

    data: bytes
    media_type: str
    suffix: str


def clean(data: bytes, *, is_table: bool = False) -> Paper:
    """Give a paper without what tells about its maker or could run; its kind is decided by content.

    ``is_table`` is all that a name may say: whether a text is a table (CSV). Raises Invalid for ``files`` where
    the paper is too large, of another kind, locked with a password or broken.
    """
    if len(data) > MAX_BYTES:
        raise Invalid({"files": N_("This file is larger than 10 MB. Please choose a smaller one.")})
    # The sign may stand later in files that are something else too; those are refused.
    if data.startswith(PDF_HEAD):
        return Paper(pdf.clean(data), "application/pdf", "pdf")
    text = _text(data)
    if is_table:
        _refuse_formulas(text)
        return Paper(text.encode(), "text/csv; charset=utf-8", "csv")
    return Paper(text.encode(), "text/plain; charset=utf-8", "txt")


def _text(data: bytes) -> str:
    if not data.strip():
        raise Invalid({"files": N_("This file is empty.")})
    if len(data) > MAX_TEXT:
        raise Invalid({"files": N_("A text may have 1 MB at most. Please attach a PDF file instead.")})
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        # What Windows programs still write; every byte is some sign there, so the signs are looked at below.
        text = data.decode("cp1252", errors="replace")
    if CONTROL.search(text) or "\ufffd" in text:
        raise Invalid(
            {"files": N_("We take pictures, PDF files, plain texts and CSV tables. Please save this as PDF.")}
        )
    return text


def _refuse_formulas(text: str) -> None:
    """Refuse a table that would run in the spreadsheet of whoever opens it."""
    for cell in CELLS.split(text):
        if FORMULA.match(cell.strip().strip("\"'").strip()):
            raise Invalid(
                {"files": N_("This table has formulas. Please save it with their values only and try again.")}
            )
