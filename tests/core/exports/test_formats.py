"""Files of tables, read back by other programs' eyes: zip, XML, PDF."""

import csv
import datetime as dt
import io
import json
import zipfile
from collections.abc import Iterable
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import openpyxl
import pikepdf
import pytest
from lxml import etree
from markupsafe import Markup

from baukasten.errors import Invalid
from baukasten.exports import odt, pdf, xlsx
from baukasten.exports.formats import FORMATS, choices
from baukasten.exports.sheet import Sheet
from baukasten.plugin.declarations import Export, TableFormat

KEYS = ("number", "day", "moment", "text", "open", "tags", "share")
TITLES = ("Nr.", "Tag", "Moment", "Text", "offen", "Wörter", "Anteil")
MOMENT = dt.datetime(2026, 7, 1, 22, 30, 15, 99, dt.UTC)
EVIL = '=HYPERLINK("https://elsewhere.example","x")'
ROWS = [
    (
        1,
        dt.date(2026, 5, 3),
        MOMENT,
        "Zeile eins\nZeile „zwei“; drei",
        True,
        ["Weg", "Licht"],
        Decimal("-0.5"),
    ),
    (2, None, None, EVIL, False, [], 1.25),
    (3, None, None, "Glocke \x07 <b>&amp;</b> 🌳", None, None, None),
]
TEXT = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
LINES = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"


def sheet(rows: Any = ROWS, keys=KEYS, titles=TITLES):
    return Sheet(
        "Beiträge – Ideen", "Kranichsiel", keys, titles, rows, "de", ZoneInfo("Europe/Berlin"), MOMENT
    )


def made(chosen, rows: Any = ROWS, **options):
    out = io.BytesIO()
    FORMATS[TableFormat(chosen)].write(sheet(rows, **options), out)
    return out.getvalue()


def test_csv_is_what_a_german_spreadsheet_opens():
    data = made("csv")
    assert data.startswith(b"\xef\xbb\xbf")
    assert data.count(b"\r\n") == 4
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), delimiter=";"))
    assert rows == [
        list(TITLES),
        [
            "1",
            "2026-05-03",
            "2026-07-02 00:30:15",
            "Zeile eins\nZeile „zwei“; drei",
            "yes",
            "Weg, Licht",
            "-0,5",
        ],
        ["2", "", "", f"'{EVIL}", "no", "", "1,25"],
        ["3", "", "", "Glocke \x07 <b>&amp;</b> 🌳", "", "", ""],
    ]


@pytest.mark.parametrize(
    "sign", ["=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20"]
)
def test_no_text_in_csv_is_a_formula(sign):
    data = made("csv", [(f"{sign}1+1",), (-3,)], keys=("a",), titles=(f"{sign}x",))
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), delimiter=";"))
    assert rows == [[f"'{sign}x"], [f"'{sign}1+1"], ["-3"]]


def test_jsonl_keeps_what_things_are():
    lines = [json.loads(line) for line in made("jsonl").decode("utf-8").splitlines()]
    assert lines[0] == {
        "number": 1,
        "day": "2026-05-03",
        "moment": "2026-07-01T22:30:15.000099+00:00",
        "text": "Zeile eins\nZeile „zwei“; drei",
        "open": True,
        "tags": ["Weg", "Licht"],
        "share": "-0.5",
    }
    assert [line["text"] for line in lines[1:]] == [EVIL, "Glocke \x07 <b>&amp;</b> 🌳"]


def test_xlsx_has_headings_that_stay_and_no_formula():
    data = made("xlsx")
    page = openpyxl.load_workbook(io.BytesIO(data)).active
    assert page.freeze_panes == "A2"
    assert page.auto_filter.ref == "A1:G4"
    values = [[cell.value for cell in row] for row in page.iter_rows()]
    assert values[0] == list(TITLES)
    assert values[1] == [
        1, dt.datetime(2026, 5, 3), dt.datetime(2026, 7, 2, 0, 30, 15), "Zeile eins\nZeile „zwei“; drei",  # noqa: DTZ001
        "yes", "Weg, Licht", -0.5,
    ]  # fmt: skip
    assert (page["D3"].value, page["D3"].data_type) == (EVIL, "s")
    assert page["D4"].value == "Glocke \ufffd <b>&amp;</b> 🌳"
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        inside = etree.fromstring(package.read("xl/worksheets/sheet1.xml"))
    assert list(inside.iter(f"{TEXT}f")) == []
    assert len(list(inside.iter(f"{TEXT}col"))) == len(KEYS)


def test_xlsx_takes_long_texts_and_refuses_too_many_rows(monkeypatch):
    book = openpyxl.load_workbook(
        io.BytesIO(made("xlsx", [("ä" * 40_000,), (10**17,)], keys=("a",), titles=("a",)))
    )
    assert book.active["A2"].value == "ä" * (xlsx.LONGEST - 4) + " […]"
    assert book.active["A3"].value == str(10**17)
    monkeypatch.setattr(xlsx, "MOST_ROWS", 2)
    with pytest.raises(Invalid, match="more than a sheet holds"):
        made("xlsx")


def test_odt_is_a_table_with_headings_on_a_turned_page():
    with zipfile.ZipFile(io.BytesIO(made("odt"))) as package:
        assert package.namelist()[0] == "mimetype"
        content, styles = etree.fromstring(package.read("content.xml")), package.read("styles.xml").decode()
        meta = package.read("meta.xml").decode()
    assert "Beiträge – Ideen" in meta
    assert 'style:print-orientation="landscape"' in styles
    assert 'fo:page-width="29.7cm"' in styles
    assert 'fo:language="de"' in styles
    [table] = content.iter(f"{TABLE}table")
    [head] = table.findall(f"{TABLE}table-header-rows")
    assert ["".join(cell.itertext()) for cell in head.iter(f"{TABLE}table-cell")] == list(TITLES)
    rows = table.findall(f"{TABLE}table-row")
    assert len(rows) == 3
    cells = [
        [[line.text for line in cell.iter(f"{LINES}p")] for cell in row.iter(f"{TABLE}table-cell")]
        for row in rows
    ]
    assert cells[0][3] == ["Zeile eins", "Zeile „zwei“; drei"]
    assert cells[1][3] == [EVIL]
    assert cells[2][3] == ["Glocke \ufffd <b>&amp;</b> 🌳"]


def test_pdf_can_be_read_by_screen_readers():
    with pikepdf.open(io.BytesIO(made("pdf"))) as paper:
        root = paper.Root
        assert str(root.Lang) == "de"
        assert bool(root.MarkInfo.Marked)
        assert str(paper.docinfo.Title) == "Beiträge – Ideen"
        assert bool(root.ViewerPreferences.DisplayDocTitle)
        with paper.open_metadata() as meta:
            assert meta["pdfuaid:part"] == "1"
        assert kinds(root.StructTreeRoot) >= {"/Document", "/H1", "/Table", "/TR", "/TH", "/TD"}
        width, height = (float(paper.pages[0].MediaBox[i]) for i in (2, 3))
        assert width > height


def kinds(node):
    found = {str(node["/S"])} if "/S" in node else set()
    children = node.get("/K", [])
    for child in children if isinstance(children, pikepdf.Array) else [children]:
        if isinstance(child, pikepdf.Dictionary):
            found |= kinds(child)
    return found


def test_pdf_fetches_nothing_from_outside():
    out, asked = io.BytesIO(), []

    class Watched(dict[str, bytes]):
        def __contains__(self, name):
            asked.append(name)
            return False

    local = "file:" + "///etc/passwd"
    body = Markup(
        '<h1>A</h1><img alt="x" src="https://elsewhere.example/a.png"><img alt="y" src="file:'
        '///etc/passwd">'
        '<img alt="z" src="bild.png"><link rel="stylesheet" href="http://elsewhere.example/a.css">'
    )
    pdf.write_pdf(out, body, title="A", language="de", pictures=Watched())
    assert set(asked) == {
        "https://elsewhere.example/a.png",
        local,
        "bild.png",
        "http://elsewhere.example/a.css",
    }
    assert out.getvalue().startswith(b"%PDF")


@pytest.mark.parametrize(("chosen", "room"), [("odt", odt), ("pdf", pdf)])
def test_documents_refuse_what_nobody_could_open(monkeypatch, chosen, room):
    monkeypatch.setattr(room, "MOST_ROWS", 2)
    with pytest.raises(Invalid, match="too long for a document"):
        made(chosen)


@pytest.mark.parametrize("chosen", list(TableFormat))
def test_an_empty_table_is_a_file_too(chosen):
    assert len(made(chosen, [])) == 0 if chosen == "jsonl" else made(chosen, [])


@pytest.mark.parametrize("chosen", ["csv", "jsonl", "xlsx", "odt"])
def test_rows_are_asked_for_one_by_one(chosen):
    """Ten thousand rows from a generator."""
    rows: Iterable[Any] = (
        (number, None, MOMENT, "Der Weg ist dunkel. " * 20, True, [], None) for number in range(10_000)
    )
    data = made(chosen, rows)
    assert len(data) > 100_000


def test_pdf_is_not_offered_where_pango_is_missing(monkeypatch):
    export = Export("a.b", "B", ["x"], "", lambda _session, _module: [])
    paper = Export("a.c", "C", [], "", None, build=print, media_type="application/pdf", suffix="pdf")
    assert list(choices(export)) == [one.value for one in TableFormat]
    assert choices(paper) == {"pdf": "PDF"}
    monkeypatch.setattr("baukasten.exports.formats.pdf_possible", lambda: False)
    assert list(choices(export)) == ["csv", "xlsx", "odt", "jsonl"]
    assert choices(paper) == {}
