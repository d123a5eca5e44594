"""LimeSurvey's XML, read row by row: no entity is resolved, nothing is fetched, and nothing grows without end."""

import re
from collections.abc import Iterable, Iterator
from typing import IO
from xml.parsers import expat

from baukasten.plugin import lazy
from baukasten_survey.transfer.reports import Refused

_ = lazy("survey")

Row = dict[str, str]
"""Values by column; a column that was NULL is not there."""

CHUNK = 1 << 16
MOST_IN_ROW = 4_000_000
"""Characters; a response of 500 long texts has less than one million."""
DEEPEST = 12
MARKED_NUMBER = re.compile(r"_(?=\d)")

NOT_XML = _("This file is damaged: it is no complete XML. Please export the survey again.")
WITH_DTD = _("This file declares entities, as no survey does. It is not read, since such files can do harm.")
TOO_LARGE = _("This file grows too large when it is unpacked.")


class _Sheet:
    """Takes the parser's events and puts rows together: document / table / rows / row / column."""

    def __init__(self) -> None:
        self.path: list[str] = []
        self.rows: list[tuple[str, Row]] = []
        self.heads: dict[str, list[str]] = {}
        self.row: Row | None = None
        self.words: list[str] = []
        self.size = 0

    def start(self, name: str, _attributes: object) -> None:
        self.path.append(name)
        if len(self.path) > DEEPEST:
            raise Refused(NOT_XML)
        if len(self.path) == 4 and name == "row":
            self.row, self.size = {}, 0
        self.words = []

    def data(self, words: str) -> None:
        self.size += len(words)
        if self.size > MOST_IN_ROW:
            raise Refused(TOO_LARGE)
        if len(self.path) in {2, 3, 4, 5}:
            self.words.append(words)

    def end(self, name: str) -> None:
        depth, words = len(self.path), "".join(self.words)
        if depth == 5 and self.row is not None:
            self.row[MARKED_NUMBER.sub("", name, count=1)] = words
        elif depth == 4 and name == "row" and self.row is not None:
            self.rows.append((self.path[1], self.row))
            self.row, self.size = None, 0
        elif depth == 4 and name == "fieldname":
            self.heads.setdefault(self.path[1], []).append(words)
        elif depth in {2, 3} and words.strip():
            # <DBVersion>359</DBVersion> and <languages><language>de</language>: rows of one value.
            self.rows.append((self.path[1], {"value": words.strip()}))
        self.path.pop()
        self.words = []
        if depth != 5:
            self.size = 0


def stream(chunks: Iterable[bytes]) -> Iterator[tuple[str, Row]]:
    """Give the rows with the names of their tables while the file is read. Raises Refused."""
    sheet = _Sheet()
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = sheet.start
    parser.EndElementHandler = sheet.end
    parser.CharacterDataHandler = sheet.data
    parser.StartDoctypeDeclHandler = _refuse
    parser.EntityDeclHandler = _refuse
    parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
    try:
        for chunk in chunks:
            parser.Parse(chunk, False)  # noqa: FBT003 - expat takes it by position only
            yield from sheet.rows
            sheet.rows.clear()
        parser.Parse(b"", True)  # noqa: FBT003 - as above
    except (expat.ExpatError, LookupError, ValueError) as error:
        raise Refused(NOT_XML) from error
    yield from sheet.rows


def _refuse(*_event: object) -> None:
    raise Refused(WITH_DTD)


def pieces(file: IO[bytes]) -> Iterator[bytes]:
    """Cut a file into what the parser takes at once."""
    while piece := file.read(CHUNK):
        yield piece
