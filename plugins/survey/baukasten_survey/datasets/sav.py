"""SPSS system files, written row by row: no library writes them without holding the whole table in memory.

The format is described in the PSPP developers' guide, "System File Format". Numbers are doubles, words are cut into
eight bytes, a string longer than 255 bytes is several variables in a row, and rows are compressed by one-byte codes.
"""

import datetime as dt
import math
import struct
from collections.abc import Callable, Iterable, Iterator, Sequence
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


Rows = Callable[[], Iterable[Sequence[Any]]]


def write_sav(out: BinaryIO, title: str, columns: Sequence[Column], read: Rows, now: dt.datetime) -> int:
    """Write a system file; ``read`` gives the rows anew each time, since widths have to be known first.

    Returns the number of rows. ``out`` must be seekable: the number is written into the head at the end.
    """
    widths = _widths(columns, read())
    variables = [_variable(at, column, widths[at]) for at, column in enumerate(columns)]
    _head(out, title, variables, now)
    for variable in variables:
        _describe(out, variable)
    _value_labels(out, variables)
    _extensions(out, variables)
    out.write(struct.pack("<ii", 999, 0))
    count = _write_rows(out, variables, read())
    out.seek(80)
    out.write(struct.pack("<i", count))
    out.seek(0, 2)
    return count


def _widths(columns: Sequence[Column], rows: Iterable[Sequence[Any]]) -> list[int]:
    """Find the longest text of each column in bytes, a multiple of eight as it is stored."""
    texts = [at for at, column in enumerate(columns) if column.sort in WORDS]
    found = [0] * len(columns)
    for row in rows:
        for at in texts:
            if row[at]:
                found[at] = max(found[at], min(len(str(row[at]).encode()), LONGEST))
    return [max(1, found[at]) if at in set(texts) else 0 for at in range(len(columns))]


def _variable(at: int, column: Column, width: int) -> _Variable:
    codes = {code: float(number) for number, (code, _words) in enumerate(column.labels, start=1)}
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
    packer = _Packer(out)
    writers = [_writer(variable) for variable in variables]
    count = 0
    for row in rows:
        for write, value in zip(writers, row, strict=True):
            write(packer, value)
        count += 1
    packer.close()
    return count


class _Packer:
    """Compresses: eight codes of one byte, then what of those eight pieces has to be written out."""

    def __init__(self, out: BinaryIO) -> None:
        self.out = out
        self.codes = bytearray()
        self.raw = bytearray()
        self.ready = bytearray()

    def add(self, code: int, raw: bytes = b"") -> None:
        self.codes.append(code)
        self.raw += raw
        if len(self.codes) == 8:
            self._flush()

    def _flush(self) -> None:
        self.ready += self.codes + self.raw
        self.codes.clear()
        self.raw.clear()
        if len(self.ready) > 1 << 16:
            self.out.write(self.ready)
            self.ready.clear()

    def number(self, value: float | None) -> None:
        if value is None:
            self.add(MISSING)
        elif value == int(value) and 1 - BIAS <= value <= 251 - BIAS:
            self.add(int(value) + BIAS)
        else:
            self.add(RAW, struct.pack("<d", value))

    def close(self) -> None:
        if self.codes:
            self.codes += bytes(8 - len(self.codes))
            self._flush()
        self.out.write(self.ready)
        self.ready.clear()


Write = Callable[[_Packer, Any], None]


def _writer(variable: _Variable) -> Write:
    sort = variable.column.sort
    if sort in WORDS:
        return _text_writer(variable)
    if sort is Sort.CODE:
        codes = variable.codes
        return lambda packer, value: packer.number(codes.get(value))
    to_number = _NUMBERS.get(sort)
    if to_number is None:
        return lambda packer, value: packer.number(value)
    return lambda packer, value: packer.number(None if value is None else to_number(value))


def _text_writer(variable: _Variable) -> Write:
    parts = variable.parts

    def write(packer: _Packer, value: Any) -> None:
        for piece in _pieces("" if value is None else str(value), parts):
            if piece == b" " * 8:
                packer.add(BLANK)
            else:
                packer.add(RAW, piece)

    return write


def _pieces(text: str, parts: Sequence[int]) -> Iterator[bytes]:
    """Cut a text into pieces of eight bytes, each of its variables filled up for itself."""
    data = text.encode()[:LONGEST].decode("utf-8", "ignore").encode()
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
