"""SPSS system files, written row by row: no library writes them without holding the whole table in memory.

The format is described in the PSPP developers' guide, "System File Format". Numbers are doubles, words are cut into
eight bytes, a string longer than 255 bytes is several variables in a row, and rows are compressed by one-byte codes.
"""

import datetime as dt
import math
import struct
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO

from baukasten_survey.datasets.columns import Column, Measure, Sort

SEGMENT, COUNTED = 255, 252
"""Bytes of a string variable, and those by which the variables of a very long text are counted."""
LONGEST = 32_000
"""Bytes that a text keeps; SPSS takes no more than 32,767."""
MOST_LABEL, MOST_VALUE_LABEL = 255, 120
BIAS = 100
SYSTEM_MISSING = -1.7976931348623157e308
HIGHEST, LOWEST = 1.7976931348623157e308, -1.7976931348623155e308
GREGORIAN = dt.date(1582, 10, 14)
"""SPSS counts seconds since the beginning of its calendar."""
MEASURES = {Measure.NOMINAL: 1, Measure.ORDINAL: 2, Measure.SCALE: 3}
PLAIN, WIDE_TEXT, DATE, CLOCK = 0x050802, 0x010000, 0x170A00, 0x190500
"""Print formats: F8.2, A (the width is added), DATE10, TIME5: kind, width and decimals in one number."""
RAW, BLANK, MISSING = 253, 254, 255
BLANKS = b" " * 8
REMEMBERED, FEW = 1_000, 16
"""Cells of a column that are kept encoded, and of how many pieces at most."""
WORDS: tuple[Sort, ...] = (Sort.TEXT,)


@dataclass(frozen=True, slots=True)
class _Variable:
    """One column as SPSS has it."""

    column: Column
    short: str
    """Up to eight capitals, once in the file; the real name stands in a record of its own."""
    width: int
    """Bytes of a text; 0 for a number."""
    codes: dict[str, float]
    """Numbers that stand for the column's codes."""

    @property
    def parts(self) -> list[int]:
        """Widths of the variables that a text is cut into."""
        if self.width <= SEGMENT:
            return [self.width]
        count = math.ceil(self.width / COUNTED)
        return [SEGMENT] * (count - 1) + [self.width - (count - 1) * COUNTED]


@dataclass(frozen=True, slots=True)
class Content:
    """What a file is to hold."""

    title: str
    columns: Sequence[Column]
    widths: Mapping[str, int]
    """Bytes of the longest text of each column of texts, by its name."""
    rows: Iterable[Sequence[Any]]


def write_sav(out: BinaryIO, content: Content, now: dt.datetime) -> int:
    """Write a system file; texts longer than their width, or than SPSS takes, are cut.

    Returns the number of rows. ``out`` must be seekable: the number is written into the head at the end.
    """
    columns, title = content.columns, content.title
    variables = [_variable(at, column, content.widths) for at, column in enumerate(columns)]
    _head(out, title, variables, now)
    for variable in variables:
        _describe(out, variable)
    _value_labels(out, variables)
    _extensions(out, variables)
    out.write(struct.pack("<ii", 999, 0))
    count = _write_rows(out, variables, content.rows)
    out.seek(80)
    out.write(struct.pack("<i", count))
    out.seek(0, 2)
    return count


def _variable(at: int, column: Column, widths: Mapping[str, int]) -> _Variable:
    codes = {code: float(number) for number, (code, _words) in enumerate(column.labels, start=1)}
    # SPSS knows no texts of no width.
    width = min(max(widths[column.name], 1), LONGEST) if column.sort in WORDS else 0
    return _Variable(column, f"V{at + 1}", width, codes)


def _fitted(text: str, size: int) -> bytes:
    """Cut a text to so many bytes without cutting a sign, and fill it with blanks."""
    return text.encode()[:size].decode("utf-8", "ignore").encode().ljust(size)


def _head(out: BinaryIO, title: str, variables: Sequence[_Variable], now: dt.datetime) -> None:
    cases = sum(_slots(variable) for variable in variables)
    out.write(b"$FL2" + b"@(#) SPSS DATA FILE Baukasten".ljust(60))
    out.write(struct.pack("<iiiiid", 2, cases, 1, 0, -1, float(BIAS)))
    month = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")[
        now.month - 1
    ]
    out.write(
        f"{now:%d} {month} {now:%y}".encode() + f"{now:%H:%M:%S}".encode() + _fitted(title, 64) + b"\0\0\0"
    )


def _slots(variable: _Variable) -> int:
    """Tell how many pieces of eight bytes a row has for a variable."""
    return sum(max(1, math.ceil(width / 8)) for width in variable.parts)


def _describe(out: BinaryIO, variable: _Variable) -> None:
    for number, width in enumerate(variable.parts):
        name = variable.short if number == 0 else _part_name(variable, number)
        label = variable.column.label if number == 0 else ""
        _variable_record(out, name, width, label, _format(variable.column.sort, width))


def _part_name(variable: _Variable, number: int) -> str:
    """Name a further piece of a very long text: the first five signs of its own name and a number in base 36."""
    digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    return f"{variable.short[:5]}{digits[number // 36]}{digits[number % 36]}"


def _format(sort: Sort, width: int) -> int:
    if sort in WORDS:
        return WIDE_TEXT | (min(width, SEGMENT) << 8)
    return {Sort.DAY: DATE, Sort.TIME: CLOCK}.get(sort, PLAIN)


def _variable_record(out: BinaryIO, name: str, width: int, label: str, shape: int) -> None:
    words = label.encode()[:MOST_LABEL].decode("utf-8", "ignore").encode()
    out.write(struct.pack("<iiiiii", 2, width, 1 if words else 0, 0, shape, shape) + name.encode().ljust(8))
    if words:
        out.write(struct.pack("<i", len(words)) + words.ljust(math.ceil(len(words) / 4) * 4))
    # A text longer than eight bytes takes further places, each announced by a record without a name.
    further = struct.pack("<iiiiii", 2, -1, 0, 0, 1, 1) + b" " * 8
    out.write(further * (max(1, math.ceil(width / 8)) - 1))


def _value_labels(out: BinaryIO, variables: Sequence[_Variable]) -> None:
    place = 1
    for variable in variables:
        if labels := _labels(variable):
            out.write(struct.pack("<ii", 3, len(labels)))
            for number, words in labels:
                text = words.encode()[:MOST_VALUE_LABEL].decode("utf-8", "ignore").encode()
                out.write(
                    struct.pack("<dB", number, len(text)) + text.ljust(math.ceil((len(text) + 1) / 8) * 8 - 1)
                )
            out.write(struct.pack("<iii", 4, 1, place))
        place += _slots(variable)


def _labels(variable: _Variable) -> list[tuple[float, str]]:
    if variable.column.sort is Sort.TRUTH:
        return [(float(code), words) for code, words in variable.column.labels]
    return [(variable.codes[code], words) for code, words in variable.column.labels]


def _extensions(out: BinaryIO, variables: Sequence[_Variable]) -> None:
    _extension(out, 3, 4, struct.pack("<8i", 1, 0, 0, -1, 1, 1, 2, 65001))
    _extension(out, 4, 8, struct.pack("<ddd", SYSTEM_MISSING, HIGHEST, LOWEST))
    shown = (
        struct.pack("<iii", MEASURES[one.column.measure], 8, 0 if one.width else 1)
        for one in variables
        for _part in one.parts
    )
    _extension(out, 11, 4, b"".join(shown))
    names = "\t".join(f"{one.short}={one.column.name}" for one in variables)
    _extension(out, 13, 1, names.encode())
    long = "".join(f"{one.short}={one.width:05d}\0\t" for one in variables if one.width > SEGMENT)
    if long:
        _extension(out, 14, 1, long.encode())
    _extension(out, 20, 1, b"UTF-8")


def _extension(out: BinaryIO, kind: int, size: int, data: bytes) -> None:
    out.write(struct.pack("<iiii", 7, kind, size, len(data) // size) + data)


def _write_rows(out: BinaryIO, variables: Sequence[_Variable], rows: Iterable[Sequence[Any]]) -> int:
    """Write the rows compressed: eight codes of one byte, then what of those eight pieces has to be written out."""
    coders = [_Coder(_encoder(variable)) for variable in variables]
    codes = b""
    raws: list[bytes] = []
    count = 0
    for row in rows:
        cells = [coder.code(value) for coder, value in zip(coders, row, strict=True)]
        codes += b"".join([cell[0] for cell in cells])
        for cell in cells:
            raws += cell[1]
        count += 1
        whole = len(codes) // 8 * 8
        out.write(b"".join([codes[at : at + 8] + b"".join(raws[at : at + 8]) for at in range(0, whole, 8)]))
        codes, raws = codes[whole:], raws[whole:]
    if codes:
        out.write(codes.ljust(8, b"\0") + b"".join(raws))
    return count


Pieces = tuple[bytes, tuple[bytes, ...]]
"""The codes of a cell, one a piece, and what each piece is where its code does not say it all."""
MISSING_CELL: Pieces = (bytes([MISSING]), (b"",))


class _Coder:
    """Encodes the cells of one column, and remembers those that come again and again."""

    def __init__(self, encode: Callable[[Any], Pieces]) -> None:
        self._encode = encode
        self._known: dict[Any, Pieces] = {}

    def code(self, value: Any) -> Pieces:
        """Give a cell's pieces."""
        found = self._known.get(value)
        if found is None:
            found = self._encode(value)
            if len(self._known) < REMEMBERED and len(found[0]) < FEW:
                self._known[value] = found
        return found


def _encoder(variable: _Variable) -> Callable[[Any], Pieces]:
    sort = variable.column.sort
    if sort in WORDS:
        parts = variable.parts
        return lambda value: _text("" if value is None else str(value), parts)
    if sort is Sort.CODE:
        codes = variable.codes
        return lambda value: _number(codes.get(value))
    to_number = _NUMBERS.get(sort, float)
    return lambda value: MISSING_CELL if value is None else _number(to_number(value))


def _number(value: float | None) -> Pieces:
    if value is None:
        return MISSING_CELL
    if value == int(value) and 1 - BIAS <= value <= 251 - BIAS:
        return bytes([int(value) + BIAS]), (b"",)
    return bytes([RAW]), (struct.pack("<d", value),)


def _text(text: str, parts: Sequence[int]) -> Pieces:
    pieces = [b"" if piece == BLANKS else piece for piece in _pieces(text, parts)]
    return bytes(RAW if piece else BLANK for piece in pieces), tuple(pieces)


def _pieces(text: str, parts: Sequence[int]) -> Iterator[bytes]:
    """Cut a text into pieces of eight bytes, each of its variables filled up for itself."""
    data = text.encode()[: sum(parts)].decode("utf-8", "ignore").encode()
    at = 0
    for width in parts:
        whole = data[at : at + width].ljust(math.ceil(max(width, 1) / 8) * 8)
        at += width
        for begin in range(0, len(whole), 8):
            yield whole[begin : begin + 8]


def _day(value: Any) -> float:
    day = value if isinstance(value, dt.date) else dt.date.fromisoformat(value)
    return float((day - GREGORIAN).days * 86_400)


def _time(value: str) -> float:
    moment = dt.time.fromisoformat(value)
    return float(moment.hour * 3_600 + moment.minute * 60 + moment.second)


_NUMBERS: dict[Sort, Callable[[Any], float]] = {
    Sort.TRUTH: float,
    Sort.DAY: _day,
    Sort.TIME: _time,
}
