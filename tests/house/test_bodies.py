"""Who looks for leaks reads files as people do: what is planted in one is found."""

import io
import zipfile
from zoneinfo import ZoneInfo

import openpyxl
import pikepdf
import pytest
from markupsafe import Markup

from baukasten import clock
from baukasten.exports.formats import FORMATS
from baukasten.exports.sheet import Sheet
from baukasten.plugin.declarations import TableFormat
from baukasten.sdk import pdf_possible, write_pdf
from tests.house.bodies import words_of
from tests.house.crawler import walk

PLANTED = "verborgenAmsel77"
PAPER = [TableFormat.PDF] if pdf_possible() else []


@pytest.mark.parametrize(
    "kind", [TableFormat.CSV, TableFormat.XLSX, TableFormat.ODT, TableFormat.JSONL, *PAPER]
)
def test_what_stands_in_a_table_is_found(kind):
    cells = ["Größe & <Maß>", f"So{PLANTED}."]
    zone = ZoneInfo("Europe/Berlin")
    table = Sheet("Stadt", "Ort", ("a", "b"), ("Eins", "Zwei"), [cells], "de", zone, clock.now())
    out = io.BytesIO()
    FORMATS[kind].write(table, out)
    found = words_of(out.getvalue())
    assert PLANTED in found
    assert "Größe & <Maß>" in found or kind is TableFormat.JSONL
    if kind not in (TableFormat.CSV, TableFormat.JSONL):
        assert PLANTED.encode() not in out.getvalue()


@pytest.mark.skipif(not pdf_possible(), reason="the machine lacks Pango, which makes PDF")
@pytest.mark.parametrize(
    "html",
    [
        f"<p>Text {PLANTED} Text</p>",
        "<p><b>verborgen</b><i>Amsel77</i></p>",
        f'<p style="width: 3em; overflow-wrap: anywhere">{PLANTED}</p>',
        f'<p style="opacity: 0.4; transform: rotate(5deg)">{PLANTED}</p>',
        f'<p style="letter-spacing: 3pt">{PLANTED}</p>',
        f'<p style="color: white; font-size: 1pt">{PLANTED}</p>',
        f"<h1>{PLANTED}</h1>",
        f'<p><a href="https://x.example/{PLANTED}">hier</a></p>',
    ],
    ids=["plain", "parts", "broken", "faint", "spaced", "white", "heading", "link"],
)
def test_what_stands_on_paper_is_found(html):
    out = io.BytesIO()
    write_pdf(out, Markup(html), title="Blatt", language="de")  # noqa: S704 - ours
    found = words_of(out.getvalue())
    assert PLANTED in found
    assert "Zeisig77" not in found


def test_simple_papers_and_attachments_are_read():
    pdf = pikepdf.new()
    pdf.add_blank_page()
    font = pikepdf.Dictionary(
        Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica
    )
    page = pdf.pages[0]
    page.obj.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=pdf.make_indirect(font)))
    page.obj.Contents = pdf.make_stream(b"BT /F1 9 Tf [(verborgen) -20 (Amsel77)] TJ ET", compress=True)
    pdf.attachments["anlage.txt"] = b"Anlage Zeisig77"
    out = io.BytesIO()
    pdf.save(out)
    assert PLANTED in words_of(out.getvalue())
    assert "Anlage Zeisig77" in words_of(out.getvalue())


def test_tables_of_other_programs_and_archives_in_archives_are_read():
    book, table = openpyxl.Workbook(), io.BytesIO()
    book.active["A1"] = PLANTED
    book.active.title = "Zeisig77"
    book.save(table)
    outer = io.BytesIO()
    with zipfile.ZipFile(outer, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("Zaunkoenig77.xlsx", table.getvalue())
    found = words_of(outer.getvalue())
    assert all(word in found for word in (PLANTED, "Zeisig77", "Zaunkoenig77"))


class OnePaper:
    """A browser for a site that is one paper."""

    host = "x.example"

    def __init__(self, data):
        self.data, self.headers, self.status_code = data, {}, 200

    def get(self, _path):
        return self

    def get_data(self):
        return self.data


def test_a_walk_looks_into_papers():
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("x.xml", f"<a>{PLANTED}</a>" * 9)
    assert walk(OnePaper(packed.getvalue()), "/datei").pages_with(PLANTED) == ["/datei"]
