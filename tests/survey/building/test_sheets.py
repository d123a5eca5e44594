"""The words of a survey as a spreadsheet and back."""

import copy
import io
import zipfile

import openpyxl
import pytest
import xlsxwriter

from baukasten.sdk import Invalid
from baukasten_survey.building import bank, sheets
from baukasten_survey.definition.parsing import parse
from tests.survey.building.conftest import BASE, draft, fields, stored
from tests.survey.conftest import definition, options, page, question

DATA = definition(
    page(
        "p1",
        question("q1", "single", options=options("a1", "a2"), other={"de": "Anderes"}),
        question(
            "q2", "number", unit={"de": "km"}, rules=[{"expression": "q2 > 1", "message": {"de": "Mehr"}}]
        ),
    ),
    languages=("de", "en"),
)


def sheet(*rows):
    """A spreadsheet with these cells."""
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True})
    page_ = book.add_worksheet()
    for at, row in enumerate(rows):
        page_.write_row(at, 0, row)
    book.close()
    return file.getvalue()


@pytest.mark.parametrize("data", [DATA, *(one.definition for one in bank.examples())])
def test_what_goes_out_comes_back_and_nothing_is_lost(data):
    before = copy.deepcopy(data)
    report = sheets.read(data, sheets.write(data))
    assert (report.changed, report.unknown, report.formulas, report.languages) == ([], [], [], [])
    assert data == before


def test_every_text_has_a_row_and_codes_are_locked():
    book = openpyxl.load_workbook(io.BytesIO(sheets.write(DATA)))
    page_ = book.worksheets[0]
    rows = {row[0].value: row for row in page_.iter_rows()}
    assert list(rows)[:4] == ["code", "title", "intro", "outro"]
    assert {
        "q1/options/a2/title",
        "q1/other",
        "q2/unit",
        "q2/rules/0/message",
        "p1/title",
        "g_p1/text",
    } <= rows.keys()
    assert page_.protection.sheet
    first, de, en = rows["q1/title"]
    assert (first.protection.locked, de.protection.locked, en.protection.locked) == (True, False, False)


def test_formulas_stay_text_and_calculate_nothing():
    data = copy.deepcopy(DATA)
    data["title"]["de"] = '=HYPERLINK("https://boese.example")'
    written = sheets.write(data)
    cell = openpyxl.load_workbook(io.BytesIO(written)).worksheets[0]["B2"]
    assert cell.data_type == "s"
    assert sheets.read(data, written).changed == []
    report = sheets.read(data, sheet(("code", "de"), ("q1/title", "=1+1")))
    assert (report.changed, report.formulas) == ([], ["q1/title de"])


def test_translations_come_in_and_empty_cells_change_nothing():
    data = copy.deepcopy(DATA)
    rows = (("code", "de", "en", "de-simple"), ("q1/title", "", "How?", "Wie?"), ("q1/other", None, "else", None),
            ("gone/title", "x", "y", "z"), ("", "x"))  # fmt: skip
    report = sheets.read(data, sheet(*rows))
    assert report.languages == ["de-simple"]
    assert report.changed == [
        ("q1/title", "en", "", "How?"),
        ("q1/title", "de-simple", "", "Wie?"),
        ("q1/other", "en", "", "else"),
    ]
    assert report.unknown == ["gone/title"]
    found = parse(data).questions["q1"]
    assert found.title == {"de": "Frage q1", "en": "How?", "de-simple": "Wie?"}
    assert data["languages"] == ["de", "en", "de-simple"]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"code;de",
        b"PK\x03\x04" + b"\0" * 40,
        sheet(("de", "en")),
        sheet(("code", "Deutsch")),
        sheet(("code", "de", "de")),
        sheet(("code", "de"), ("q1/title", "x" * 20_001)),
    ],
)
def test_what_is_none_of_ours_is_refused_with_a_sentence(content):
    with pytest.raises(Invalid) as refused:
        sheets.read(copy.deepcopy(DATA), content)
    assert refused.value.errors.keys() == {"file"}


def test_the_page_gives_the_sheet_and_takes_it_back(browse, moderator, database, town, session):
    draft(database, town, DATA)
    desk, url = browse(moderator), f"{BASE}sprachen"
    assert "6 von 9 Texten" in desk.get(url).text or "Texten" in desk.get(url).text
    given = desk.get(f"{url}/texte.xlsx")
    assert given.headers["Content-Disposition"] == 'attachment; filename="umfrage-texte.xlsx"'
    sent = fields(desk.get(url).text, "texte.xlsx")
    file = sheet(("code", "en"), ("q1/title", "How?"))
    answer = desk.post(
        f"{url}/texte.xlsx",
        data={**sent, "file": (io.BytesIO(file), "x.xlsx")},
        content_type="multipart/form-data",
    )
    assert (answer.status_code, "1 Text geändert" in answer.text) == (200, True)
    assert stored(session)["pages"][0]["groups"][0]["questions"][0]["title"]["en"] == "How?"
    for broken in ({}, {"file": (io.BytesIO(b"x"), "x.xlsx")}):
        sent = fields(desk.get(url).text, "texte.xlsx")
        answer = desk.post(f"{url}/texte.xlsx", data={**sent, **broken}, content_type="multipart/form-data")
        assert answer.status_code == 422


def test_languages_are_added_and_dropped(browse, moderator, database, town, session):
    draft(database, town, DATA)
    desk, url = browse(moderator), f"{BASE}sprachen"

    def do(language, what):
        sent = {**fields(desk.get(url).text, "sprachen"), "language": language, "do": what}
        return desk.post(url, data=sent).status_code

    assert do("de-simple", "add") == 303
    assert stored(session)["languages"] == ["de", "en", "de-simple"]
    assert (do("en", "drop"), do("de", "drop"), do("tlh", "add")) == (303, 409, 422)
    assert stored(session)["languages"] == ["de", "de-simple"]


def test_a_damaged_spreadsheet_is_refused_with_a_sentence():
    whole = bytearray(sheet(("code", "de"), *((f"q{at}/title", f"Frage {at * at}") for at in range(200))))
    with zipfile.ZipFile(io.BytesIO(whole)) as packed:
        member = packed.getinfo("xl/worksheets/sheet1.xml")
    begin = member.header_offset + 30 + len(member.filename)
    whole[begin : begin + 64] = b"\xff" * 64
    with pytest.raises(Invalid) as refused:
        sheets.read(copy.deepcopy(DATA), bytes(whole))
    assert refused.value.errors == {"file": sheets.NO_SHEET}
