"""ODT for word processors: one table across the page, its headings repeated on each."""

from io import BytesIO
from typing import BinaryIO

from markupsafe import escape
from odfdo import Document, Header, Paragraph, Style

from baukasten.errors import N_, Invalid
from baukasten.exports.sheet import Sheet, for_xml, written

MOST_ROWS = 20_000
"""Beyond it no word processor opens the table in a time that anybody waits."""
CELL, HEAD = "BkCell", "BkHead"
TEXTS, HEADS = "BkText", "BkHeading"
PLACE = "\u2e28table\u2e29"
LOCALES = {"de": "de-DE", "en": "en-GB"}


def write_odt(sheet: Sheet, out: BinaryIO) -> None:
    """Write a document with title, date and table, in landscape; raises Invalid for too many rows."""
    document = Document("text")
    _speak(document, LOCALES.get(sheet.language, sheet.language))
    document.meta.title = for_xml(sheet.title)
    _turn(document)
    for style in _styles():
        document.insert_style(style, automatic=True)
    body = document.body
    body.clear()
    body.append(Header(1, for_xml(sheet.title)))
    body.append(Paragraph(for_xml(sheet.subtitle)))
    body.append(Paragraph(PLACE))
    _put(document, _table(sheet))
    packed = BytesIO()
    document.save(packed)
    out.write(packed.getbuffer())


def _put(document: Document, table: str) -> None:
    """Put the table where the placeholder stands; moved as nodes, a long one takes half a minute."""
    before, _place, after = document.content.serialize().partition(PLACE.encode())
    start, end = before.rindex(b"<text:p"), after.index(b"</text:p>") + len(b"</text:p>")
    document.set_part("content.xml", b"".join((before[:start], table.encode(), after[end:])))


def _speak(document: Document, locale: str) -> None:
    """Say the language of the texts, which screen readers and spell checkers go by; the template is French."""
    document.language = locale
    language, _hyphen, country = locale.partition("-")
    for style in document.styles.get_elements("//style:text-properties[@fo:language]"):
        style.set_attribute("fo:language", language)
        style.set_attribute("fo:country", country)


def _turn(document: Document) -> None:
    """Lay the page of the template on its side: A4, landscape."""
    for layout in document.styles.get_elements("//style:page-layout/style:page-layout-properties"):
        for name, value in (
            ("fo:page-width", "29.7cm"),
            ("fo:page-height", "21cm"),
            ("style:print-orientation", "landscape"),
            ("fo:margin-left", "1.5cm"),
            ("fo:margin-right", "1.5cm"),
        ):
            layout.set_attribute(name, value)


def _styles() -> list[Style]:
    line = "0.5pt solid #767676"
    return [
        Style("table-cell", name=CELL, border=line, padding="0.1cm"),
        Style("table-cell", name=HEAD, border=line, padding="0.1cm", background_color="#eeeeee"),
        Style("paragraph", name=TEXTS, parent_style="Standard", area="text", size="9pt"),
        Style("paragraph", name=HEADS, parent_style="Standard", area="text", size="9pt", bold=True),
    ]


def _table(sheet: Sheet) -> str:
    """Give the table's XML in one piece; cell by cell the library takes minutes for thousands of rows."""
    parts = [
        '<table:table table:name="Tabelle1">',
        f'<table:table-column table:number-columns-repeated="{max(len(sheet.headings), 1)}"/>',
        "<table:table-header-rows><table:table-row>",
        *(_cell(str(heading), HEAD, HEADS) for heading in sheet.headings),
        "</table:table-row></table:table-header-rows>",
    ]
    number = 0
    for number, row in enumerate(sheet.rows, start=1):
        if number > MOST_ROWS:
            raise Invalid(message=N_("This is too long for a document. Choose another format."))
        cells = (_cell(written(sheet, value), CELL, TEXTS) for value in row)
        parts.append(f"<table:table-row>{''.join(cells)}</table:table-row>")
    if not number:
        # A table without a row is none.
        empty = _cell("", CELL, TEXTS) * max(len(sheet.headings), 1)
        parts.append(f"<table:table-row>{empty}</table:table-row>")
    return "".join((*parts, "</table:table>"))


def _cell(text: str, style: str, paragraph: str) -> str:
    lines = for_xml(text).splitlines() or [""]
    inside = "".join(f'<text:p text:style-name="{paragraph}">{escape(line)}</text:p>' for line in lines)
    return (
        f'<table:table-cell table:style-name="{style}" office:value-type="string">{inside}</table:table-cell>'
    )
