"""Reading MySQL's dumps: the rows of INSERT statements, piece by piece, as mysqldump and phpBB write them.

Strings are written as https://dev.mysql.com/doc/refman/8.0/en/string-literals.html says.
"""

import re
from collections.abc import Callable, Iterator
from typing import IO

from baukasten_forum.importing.rows import DumpError, Row, Value, decoded

PIECE = 1 << 18
MAX_TOKEN = 64_000_000
_TOKEN = re.compile(
    rb"(?P<blank>\s+|(?:--|\#)[^\n]*(?:\n|\Z)|/\*.*?\*/)"
    rb"|'(?P<text>(?:[^'\\]++|\\.|'')*+)'"
    rb"|\"(?P<quoted>(?:[^\"\\]++|\\.|\"\")*+)\""
    rb"|`(?P<name>[^`]*)`"
    rb"|0x(?P<hex>[0-9A-Fa-f]*)\b"
    rb"|(?P<word>(?!--)[\w.+\-]+)"
    rb"|(?P<sign>(?!/\*|--|\#)[^'\"`\s])",
    re.DOTALL,
)
_ESCAPE = re.compile(r"\\(.)|''", re.DOTALL)
_SIGNS = {"0": "", "b": "\b", "n": "\n", "r": "\r", "t": "\t", "Z": "\x1a", "%": "\\%", "_": "\\_"}
_UNFINISHED = "the file ends in the middle of a statement"


class _Tokens:
    """The tokens of a dump, and the line where the last one began."""

    def __init__(self, stream: IO[bytes]) -> None:
        self.stream, self.buffer, self.at, self.line, self.table = stream, b"", 0, 1, ""
        self.ended = False

    def __iter__(self) -> Iterator[tuple[str, bytes]]:
        step = PIECE
        while True:
            found = _TOKEN.match(self.buffer, self.at)
            # What reaches the end of the buffer may go on in the next piece.
            if found is None or (found.end() == len(self.buffer) and not self.ended):
                if self.ended:
                    if self.at < len(self.buffer):
                        raise DumpError(self.table, self.line, _UNFINISHED)
                    return
                self._more(step)
                step *= 2
                continue
            step = PIECE
            begin, self.at = self.at, found.end()
            kind = found.lastgroup or ""
            if kind != "blank":
                yield kind, found[kind]
            self.line += self.buffer.count(b"\n", begin, self.at)

    def _more(self, size: int) -> None:
        if len(self.buffer) - self.at > MAX_TOKEN:
            raise DumpError(self.table, self.line, "a value is longer than 64 MB")
        more = self.stream.read(size)
        self.ended = not more
        self.buffer, self.at = self.buffer[self.at :] + more, 0


def rows(stream: IO[bytes], wanted: Callable[[str], bool]) -> Iterator[Row]:
    """Give the rows of the wanted tables; raises DumpError, naming table and line, where the file is damaged.

    An INSERT without names of columns gets them from the CREATE TABLE before it.
    """
    known: dict[str, tuple[str, ...]] = {}
    source = _Tokens(stream)
    tokens = iter(source)
    for kind, token in tokens:
        source.table = ""
        verb = token.upper() if kind == "word" else b""
        if verb == b"CREATE":
            _create(tokens, known)
        elif verb in {b"INSERT", b"REPLACE"}:
            yield from _insert(source, tokens, known, wanted)
        elif (kind, token) != ("sign", b";"):
            _skip(tokens)


def _skip(tokens: Iterator[tuple[str, bytes]]) -> None:
    for kind, token in tokens:
        if kind == "sign" and token == b";":
            return


def _create(tokens: Iterator[tuple[str, bytes]], known: dict[str, tuple[str, ...]]) -> None:
    """Remember the columns of a table: the names that begin a part of the outermost brackets."""
    table, depth, columns, begins = "", 0, [], False
    for kind, token in tokens:
        if kind == "sign":
            depth += (token == b"(") - (token == b")")
            begins = depth == 1 and token in {b"(", b","}
            if token == b";":
                break
            continue
        if (
            depth == 0
            and kind in {"name", "word"}
            and token.upper() not in {b"TABLE", b"IF", b"NOT", b"EXISTS"}
        ):
            table = table or token.decode("utf-8", "replace")
        elif begins and kind == "name":
            columns.append(token.decode("utf-8", "replace"))
        begins = False
    if columns:
        known[table] = tuple(columns)


def _insert(
    source: _Tokens,
    tokens: Iterator[tuple[str, bytes]],
    known: dict[str, tuple[str, ...]],
    wanted: Callable[[str], bool],
) -> Iterator[Row]:
    table = ""
    columns: list[str] = []
    for kind, token in tokens:
        word = token.upper() if kind == "word" else b""
        if word in {b"VALUES", b"VALUE"} and table:
            break
        if kind == "sign" and token == b";":
            return
        if kind in {"name", "word"} and word not in {b"INTO", b"IGNORE"}:
            name = token.decode("utf-8", "replace")
            table, columns = (name, columns) if not table else (table, [*columns, name])
    source.table = table
    names = tuple(columns) or known.get(table, ())
    if not wanted(table):
        _skip(tokens)
        return
    yield from _values(source, tokens, table, names)


def _values(
    source: _Tokens, tokens: Iterator[tuple[str, bytes]], table: str, names: tuple[str, ...]
) -> Iterator[Row]:
    values: list[Value] = []
    line, depth = source.line, 0
    for kind, token in tokens:
        if kind == "word" and token.startswith(b"_"):
            # The name of a character set before a string, such as _binary.
            continue
        if kind != "sign":
            values.append(_value(kind, token, table, source.line))
        elif token == b"(":
            depth, values, line = depth + 1, [], source.line
        elif token == b")":
            depth -= 1
            if len(values) != len(names):
                raise DumpError(table, line, f"{len(values)} values instead of {len(names)}")
            yield Row(table, line, names, values)
        elif token == b";" and not depth:
            return
    raise DumpError(table, source.line, _UNFINISHED)


def _value(kind: str, token: bytes, table: str, line: int) -> Value:
    if kind == "hex":
        return bytes.fromhex(token.decode("ascii")[len(token) % 2 :]).decode("utf-8", "replace")
    text = decoded(token, table, line)
    if kind == "word":
        return None if text.upper() == "NULL" else text
    if kind == "quoted":
        text = text.replace('""', '"')
    return _ESCAPE.sub(_sign, text) if "\\" in text or "''" in text else text


def _sign(found: re.Match[str]) -> str:
    return "'" if found[1] is None else _SIGNS.get(found[1], found[1])
