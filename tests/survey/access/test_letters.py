"""Serial letters: one page a code, with the code as text, and words that fit on one page."""

import io

import pytest
from markupsafe import Markup
from pikepdf import Pdf

from baukasten.sdk import Invalid, pdf_possible
from baukasten_survey.access import codes, letters

pytestmark = pytest.mark.skipif(not pdf_possible(), reason="the machine lacks Pango, which makes PDF")
URL = "https://kranichsiel.example/umfrage/"


def write(wanted, body):
    out = io.BytesIO()
    count = letters.write_letters(out, wanted, body=body, title="Ihre Meinung", url=URL, language="de")
    return count, out


def test_each_code_has_a_page_of_its_own():
    drawn = [codes.draw() for _at in range(3)]
    count, out = write(drawn, Markup("<p>Guten Tag</p>"))
    with Pdf.open(out) as pdf:
        shown = [page.Contents.read_bytes().decode("ascii") for page in pdf.pages]
        forms = {page.Resources.XObject.Letter.objgen for page in pdf.pages}
    assert count == 3
    assert [f"({codes.grouped(code)}) Tj" in page for code, page in zip(drawn, shown, strict=True)] == [
        True
    ] * 3
    assert len({page[page.index("0 g") : page.index("BT")] for page in shown}) == 3
    assert len(forms) == 1, "the words are in the file once, however many letters there are"


def test_words_that_take_more_than_a_page_are_refused():
    with pytest.raises(Invalid, match="more than one page"):
        write([codes.draw()], Markup("").join([Markup("<p>Zeile</p>")] * 90))
