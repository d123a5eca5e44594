"""Reading a table of people row by row: any usual encoding and separator, in a little memory whatever its size."""

import codecs
import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from baukasten.plugin import LazyText, lazy
from baukasten.sdk import Invalid
from baukasten_newsletter.transfer.headers import Column, Status, places, status_of

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

_ = lazy("newsletter")

MAX_BYTES = 60 * 1024 * 1024
MAX_ROWS = 500_000
MAX_RECORD = 100_000
"""Signs of one row; a quote that is never closed would otherwise swallow the rest of the file."""
SEPARATORS = ";,\t|"
UTF16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
LOOK = 4096
NUL = "\0"
NO_ADDRESSES = _("There is no column with e-mail addresses. Its heading may be “E-Mail”.")
SAYS_SEPARATOR = re.compile(r"sep=(.)\r?\n?", re.IGNORECASE)
"""The first line with which Excel tells itself what parts the cells."""

Source = Callable[[], Iterable[bytes]]
"""Gives the file's bytes in pieces, from the beginning at each call."""


class FileError(Invalid):
    """A file that cannot be read, under ``file``; the message names the row, counted as spreadsheets count."""

    def __init__(self, message: LazyText, row: int = 0) -> None:
        """Say what is wrong, and in which row if it is one row's fault."""
        said = str(message)
        super().__init__(
            {"file": str(_("Row %(row)s: %(problem)s")) % {"row": row, "problem": said} if row else said}
        )
        self.row = row


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of the file."""

    row: int
    """As spreadsheets count, the headings being row 1."""
    address: str
    name: str = ""
    language: str = ""
    status: Status = Status.WANTED
    agreed: str = ""
    when: str = ""
    how: str = ""
    is_ragged: bool = False
    """There are more cells than headings, so that nobody can tell which is which."""


@dataclass(frozen=True, slots=True)
class Shape:
    """How a file is written."""

    encoding: str
    separator: str
    columns: dict[Column, int] = field(default_factory=dict)
    width: int = 0
    has_headings: bool = True
    skipped: int = 0
    """Lines before the headings."""


class _Pieces(io.RawIOBase):
    """Pieces of bytes as a file that is read once."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._pieces, self._rest = iter(pieces), b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "WriteableBuffer") -> int:
        view = memoryview(buffer).cast("B")
        while not self._rest:
            piece = next(self._pieces, None)
            if piece is None:
                return 0
            self._rest = piece
        count = min(len(view), len(self._rest))
        view[:count], self._rest = self._rest[:count], self._rest[count:]
        return count


def encoding_of(source: Source) -> str:
    """Give the encoding of a file: UTF-8, UTF-16, or else Windows-1252; reads all of it, piece by piece."""
    utf8 = codecs.getincrementaldecoder("utf-8")()
    is_first = True
    for piece in source():
        if is_first and piece.startswith(UTF16_MARKS):
            return "utf-16"
        if is_first and (wide := _wide(piece[:LOOK])):
            return wide
        is_first = False
        try:
            utf8.decode(piece)
        except UnicodeDecodeError:
            return "cp1252"
    return "utf-8-sig"


def shape_of(source: Source) -> Shape:
    """Find out how a file is written and where its columns are; raises FileError."""
    encoding = encoding_of(source)
    lines = _Lines(_text(source, encoding))
    first, skipped = lines.readline(), 0
    told = SAYS_SEPARATOR.fullmatch(first)
    if told:
        first, skipped = lines.readline(), 1
    if not first.strip():
        raise FileError(_("The file is empty, or its first row is."))
    if told:
        return _shape(encoding, told[1], first, skipped)
    shapes = [_shape(encoding, separator, first, skipped) for separator in SEPARATORS]
    return max(shapes, key=lambda shape: (Column.ADDRESS in shape.columns, len(shape.columns), shape.width))


def entries(source: Source, shape: Shape) -> Iterator[Entry]:
    """Give the rows one by one, empty ones left out; raises FileError, which names the row."""
    if Column.ADDRESS not in shape.columns:
        raise FileError(NO_ADDRESSES, 1)
    lines = _Lines(_text(source, shape.encoding))
    for _skipped in range(shape.skipped):
        lines.readline()
    number = lines.row = shape.skipped
    for cells in _records(lines, shape):
        number = lines.row
        if number - shape.skipped == 1 and shape.has_headings:
            continue
        if number > MAX_ROWS + 1 + shape.skipped:
            raise FileError(_("The file has more than 500,000 rows. Split it."), number)
        if any(cell.strip() for cell in cells):
            yield _entry(number, cells, shape)


def _wide(piece: bytes) -> str:
    """Tell UTF-16 without a mark: every other byte of plain text is zero."""
    half = len(piece) // 2
    if half < 2:
        return ""
    even, odd = piece[0 : half * 2 : 2].count(0), piece[1 : half * 2 : 2].count(0)
    if odd > half * 0.6 and even < half * 0.1:
        return "utf-16-le"
    return "utf-16-be" if even > half * 0.6 and odd < half * 0.1 else ""


def _text(source: Source, encoding: str) -> io.TextIOWrapper:
    # What no letter stands for becomes a sign that no address has, so that its own row is refused and no other.
    raw = io.BufferedReader(_Pieces(source()))
    return io.TextIOWrapper(raw, encoding=encoding, errors="replace", newline="")


class _Lines:
    """Lines for the reader of rows, which counts what it takes: a row may have many lines."""

    def __init__(self, stream: io.TextIOWrapper) -> None:
        self._stream = stream
        self.row = 0
        """The row that was read last."""
        self.signs = 0
        """Of the row that is being read."""

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        line = self.readline()
        if not line:
            raise StopIteration
        return line

    def readline(self) -> str:
        """Give the next line, empty at the end; raises FileError."""
        line = self._stream.readline(MAX_RECORD + 1)
        self.signs += len(line)
        if self.signs > MAX_RECORD:
            raise FileError(_("This row does not end. Perhaps a quotation mark is missing."), self.row + 1)
        if NUL in line:
            raise FileError(_("This is no text. Save the table as CSV."), self.row + 1)
        return line


def _records(lines: _Lines, shape: Shape) -> Iterator[list[str]]:
    reader = csv.reader(lines, delimiter=shape.separator)
    while True:
        lines.signs = 0
        try:
            cells = next(reader, None)
        except csv.Error as error:
            raise FileError(_("This row cannot be read."), lines.row + 1) from error
        if cells is None:
            return
        lines.row += 1
        yield cells


def _shape(encoding: str, separator: str, first: str, skipped: int) -> Shape:
    if separator not in SEPARATORS:
        raise FileError(_("The cells must be parted by semicolons, commas or tabs."), 1)
    try:
        cells = next(csv.reader([first], delimiter=separator), [])
    except csv.Error as error:
        raise FileError(_("This row cannot be read."), 1) from error
    found = places(cells)
    if found:
        return Shape(encoding, separator, found, len(cells), skipped=skipped)
    # A bare list of addresses has no headings.
    at = next((place for place, cell in enumerate(cells) if "@" in cell), None)
    columns = {} if at is None else {Column.ADDRESS: at}
    return Shape(encoding, separator, columns, len(cells), has_headings=at is None, skipped=skipped)


def _entry(number: int, cells: Sequence[str], shape: Shape) -> Entry:
    def cell(column: Column) -> str:
        place = shape.columns.get(column)
        return cells[place].strip() if place is not None and place < len(cells) else ""

    return Entry(
        row=number,
        address=cell(Column.ADDRESS),
        name=cell(Column.NAME) or f"{cell(Column.FIRST)} {cell(Column.LAST)}".strip(),
        language=cell(Column.LANGUAGE),
        status=status_of(cell(Column.STATUS)),
        agreed=cell(Column.AGREED),
        when=cell(Column.WHEN),
        how=cell(Column.HOW),
        is_ragged=any(one.strip() for one in cells[shape.width :]),
    )
