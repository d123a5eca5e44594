"""Reading a table of contributions: rows with their line numbers, and a sentence for everything that is wrong."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from baukasten.sdk import BaukastenError

NEEDED = ("external_id", "title", "body")
OPTIONAL = ("source_url",)
MAX_ID, MAX_TITLE, MAX_URL = 100, 300, 2_000
BYTE_ORDER_MARK = "\ufeff"


class WrongTableError(BaukastenError):
    """The file as a whole cannot be taken; nothing was stored."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One contribution, and the line of the file where it begins."""

    line: int
    external_id: str
    title: str
    body: str
    source_url: str


@dataclass(frozen=True, slots=True)
class Refused:
    """A row that cannot be taken, and why."""

    line: int
    reason: str
    external_id: str = ""

    def __str__(self) -> str:
        name = f" ({self.external_id})" if self.external_id else ""
        return f"line {self.line}{name}: {self.reason}"


def read(path: Path) -> list[Entry | Refused]:
    """Give the rows of a CSV file in their order; raises WrongTableError for a file that is no such table."""
    text = _text(path)
    first = text.partition("\n")[0]
    # What German spreadsheets call CSV is parted by semicolons.
    rows = _rows(text, ";" if first.count(";") > first.count(",") else ",")
    _line, header = next(rows, (1, []))
    if isinstance(header, str):
        raise WrongTableError(f"{path.name}: line 1: {header}")
    names = [name.strip() for name in header]
    missing = [name for name in NEEDED if name not in names]
    if missing:
        raise WrongTableError(
            f"{path.name} lacks the columns {', '.join(missing)}; it needs {', '.join(NEEDED)} and may have "
            f"{', '.join(OPTIONAL)}. Its first line says: {', '.join(names)[:200] or 'nothing'}"
        )
    return list(_unique(_checked(line, row, names) for line, row in rows if row))


def _text(path: Path) -> str:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise WrongTableError(f"{path} cannot be read: {error.strerror or error}") from error
    try:
        return data.decode("utf-8").removeprefix(BYTE_ORDER_MARK)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise WrongTableError(
            f"{path.name} is not UTF-8, the first wrong byte stands in line {line}; save the file as UTF-8"
        ) from error


def _rows(text: str, delimiter: str) -> Iterator[tuple[int, list[str] | str]]:
    """Yield each record with the line where it begins; one that cannot be read is a sentence instead."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    while True:
        begin = reader.line_num + 1
        try:
            yield begin, next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield begin, f"no readable CSV: {error}"


def _checked(line: int, row: list[str] | str, names: list[str]) -> Entry | Refused:
    if isinstance(row, str):
        return Refused(line, row)
    if len(row) != len(names):
        return Refused(line, f"it has {len(row)} cells instead of {len(names)}")
    cells = {name: cell.replace("\x00", "").strip() for name, cell in zip(names, row, strict=True)}
    entry = Entry(
        line,
        cells["external_id"],
        " ".join(cells["title"].split()),
        cells["body"],
        cells.get("source_url", ""),
    )
    reason = _fault(entry)
    return Refused(line, reason, entry.external_id[:MAX_ID]) if reason else entry


def _fault(entry: Entry) -> str:
    limits = (
        (entry.external_id, MAX_ID, "external_id"),
        (entry.title, MAX_TITLE, "title"),
        (entry.source_url, MAX_URL, "source_url"),
    )
    for text, limit, name in limits:
        if len(text) > limit:
            return f"its {name} has {len(text)} characters, {limit} are allowed"
    if not entry.external_id:
        return "it has no external_id"
    if not entry.title and not entry.body:
        return "it has neither title nor body"
    return ""


def _unique(rows: Iterator[Entry | Refused]) -> Iterator[Entry | Refused]:
    """Refuse a second row of the same name, for it could never be told from the first again."""
    known: dict[str, int] = {}
    for row in rows:
        if isinstance(row, Entry) and row.external_id in known:
            reason = f"the same external_id stands in line {known[row.external_id]}"
            yield Refused(row.line, reason, row.external_id)
            continue
        if isinstance(row, Entry):
            known[row.external_id] = row.line
        yield row
