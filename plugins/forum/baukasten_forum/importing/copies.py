"""Reading PostgreSQL's text dumps: the rows of COPY blocks, one after the other, however large the file is.

The format is that of https://www.postgresql.org/docs/current/sql-copy.html, section "Text Format".
"""

import re
from collections.abc import Callable, Iterator
from typing import IO

from baukasten_forum.importing.rows import DumpError, Row, Value, decoded

MAX_LINE = 64_000_000
HEADER = re.compile(r"COPY (?:\"?\w+\"?\.)?\"?(\w+)\"? \((.*)\) FROM stdin;\s*")
_ESCAPE = re.compile(r"\\(?:x([0-9A-Fa-f]{1,2})|([0-7]{1,3})|(.))", re.DOTALL)
_SIGNS = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}
END, NOTHING = b"\\.", "\\N"


def rows(stream: IO[bytes], wanted: Callable[[str], bool]) -> Iterator[Row]:
    """Give the rows of the wanted tables; raises DumpError, naming table and line, where the file is damaged."""
    number, table, inside, taken = 0, "", False, False
    columns: tuple[str, ...] = ()
    while True:
        line = stream.readline(MAX_LINE)
        number += line.endswith(b"\n")
        if not line:
            break
        if not inside:
            header = HEADER.fullmatch(decoded(line, "", number)) if line.startswith(b"COPY ") else None
            if header is not None:
                table, inside, taken = header[1], True, wanted(header[1])
                columns = tuple(name.strip().strip('"') for name in header[2].split(","))
        elif line.rstrip(b"\r\n") == END:
            inside = False
        elif taken:
            yield _row(table, columns, line, number)
    if inside:
        raise DumpError(table, number, "the file ends in the middle of the table")


def _row(table: str, columns: tuple[str, ...], line: bytes, number: int) -> Row:
    if not line.endswith(b"\n"):
        too_long = len(line) >= MAX_LINE
        reason = "the line is longer than 64 MB" if too_long else "the file ends in the middle of a row"
        raise DumpError(table, number + 1, reason)
    cells = decoded(line, table, number).rstrip("\n").split("\t")
    if len(cells) != len(columns):
        raise DumpError(table, number, f"{len(cells)} cells instead of {len(columns)}")
    return Row(table, number, columns, [_value(cell) for cell in cells])


def _value(cell: str) -> Value:
    if cell == NOTHING:
        return None
    return _ESCAPE.sub(_sign, cell) if "\\" in cell else cell


def _sign(found: re.Match[str]) -> str:
    if found[1]:
        return chr(int(found[1], 16))
    if found[2]:
        return chr(int(found[2], 8) & 0xFF)
    return _SIGNS.get(found[3], found[3])
