"""DDI-Codebook 2.5: what archives and statisticians read about a survey, as XML (ddialliance.org, DDI-C 2.5)."""

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from typing import BinaryIO
from xml.sax.saxutils import XMLGenerator
from xml.sax.xmlreader import AttributesImpl

from baukasten_survey.datasets.columns import Column, Measure, Sort
from baukasten_survey.datasets.counting import Tally

NAMESPACE = "ddi:codebook:2_5"
NATURES = {Measure.NOMINAL: "nominal", Measure.ORDINAL: "ordinal", Measure.SCALE: "interval"}
NUMERIC = frozenset({Sort.NUMBER, Sort.TRUTH, Sort.CODE})
NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
MISSING_CODES = frozenset({"_none"})


class _Writer:
    """Writes elements; texts are escaped, and signs that XML cannot hold are left out."""

    def __init__(self, out: BinaryIO) -> None:
        self._xml = XMLGenerator(out, "utf-8", short_empty_elements=True)
        self._xml.startDocument()

    def open(self, element: str, /, **values: str) -> None:
        named = {key.replace("_", ":"): harmless(value) for key, value in values.items()}
        self._xml.startElement(element, AttributesImpl(named))

    def close(self, *names: str) -> None:
        for name in names:
            self._xml.endElement(name)

    def line(self, element: str, text: object, /, **values: str) -> None:
        self.open(element, **values)
        self._xml.characters(harmless(str(text)))
        self.close(element)

    def end(self) -> None:
        self._xml.endDocument()


def harmless(text: str) -> str:
    """Leave out what XML 1.0 cannot hold (section 2.2)."""
    return NO_XML.sub("", text)


def write_ddi(
    out: BinaryIO, title: str, town: str, language: str, columns: Sequence[tuple[Column, Tally]], now: dt.date
) -> None:
    """Write the codebook of a data set: the study, its file, and each variable with question, codes and counts."""
    xml = _Writer(out)
    xml.open("codeBook", xmlns=NAMESPACE, version="2.5", xml_lang=language)
    xml.open("stdyDscr")
    xml.open("citation")
    xml.open("titlStmt")
    xml.line("titl", title)
    xml.close("titlStmt")
    xml.open("rspStmt")
    xml.line("AuthEnty", town)
    xml.close("rspStmt")
    xml.open("prodStmt")
    xml.line("prodDate", now.isoformat(), date=now.isoformat())
    xml.line("software", "Baukasten")
    xml.close("prodStmt", "citation", "stdyDscr")
    xml.open("fileDscr", ID="F1")
    xml.open("fileTxt")
    xml.open("dimensns")
    xml.line("caseQnty", max((tally.rows for _column, tally in columns), default=0))
    xml.line("varQnty", len(columns))
    xml.close("dimensns", "fileTxt", "fileDscr")
    xml.open("dataDscr")
    for number, (column, tally) in enumerate(columns, start=1):
        _variable(xml, number, column, tally)
    xml.close("dataDscr", "codeBook")
    xml.end()


def _variable(xml: _Writer, number: int, column: Column, tally: Tally) -> None:
    discrete = "discrete" if column.labels else "contin"
    xml.open(
        "var", ID=f"V{number}", name=column.name, files="F1", intrvl=discrete, nature=NATURES[column.measure]
    )
    xml.line("labl", column.label)
    if column.question:
        xml.open("qstn")
        xml.line("qstnLit", column.label)
        xml.close("qstn")
    xml.line("sumStat", tally.valid, type="vald")
    xml.line("sumStat", tally.rows - tally.valid, type="invd")
    for code, words, count in _categories(column, tally):
        xml.open("catgry", missing="Y" if code in MISSING_CODES else "N")
        xml.line("catValu", code)
        xml.line("labl", words)
        xml.line("catStat", count, type="freq")
        xml.close("catgry")
    xml.open("varFormat", type="numeric" if column.sort in NUMERIC else "character")
    xml.close("varFormat", "var")


def _categories(column: Column, tally: Tally) -> Iterator[tuple[str, str, int]]:
    for code, words in column.labels:
        yield code, words, tally.codes.get(code, 0)
