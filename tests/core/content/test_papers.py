"""Papers: PDF files without traces and programs, texts that are texts, tables that run nothing."""

import io
import time
import zlib

import pikepdf
import pytest
from PIL import Image

from baukasten.content import papers, pdf
from baukasten.errors import Invalid
from tests.core.content import traced


def read(paper):
    return pikepdf.open(io.BytesIO(paper.data))


def test_nothing_tells_where_by_whom_and_with_what_a_pdf_was_made():
    source = traced.pdf()
    assert b"Exif" in traced.left(source)
    paper = papers.clean(source)
    assert (paper.media_type, paper.suffix) == ("application/pdf", "pdf")
    assert traced.left(paper.data) == []


@pytest.mark.parametrize(
    "filters",
    [("/DCTDecode",), ("/FlateDecode", "/DCTDecode"), ("/FlateDecode", "/FlateDecode", "/DCTDecode")],
)
def test_photos_inside_lose_their_traces_and_keep_their_pixels(filters):
    photo = traced.jpeg()
    with read(papers.clean(traced.pdf(photo, filters))) as document:
        (picture,) = document.pages[0].Resources.XObject.values()
        assert picture.Filter == pikepdf.Name.DCTDecode
        shown = pikepdf.PdfImage(picture).as_pil_image()
        assert traced.left(picture.read_raw_bytes()) == []
    assert shown.tobytes() == Image.open(io.BytesIO(photo)).tobytes()


def test_nothing_in_a_pdf_runs_or_carries_files():
    with read(papers.clean(traced.pdf())) as document:
        assert set(document.Root.keys()) == {"/Type", "/Pages", "/Lang"}
        assert set(document.pages[0].keys()) & {"/AA", "/PieceInfo"} == set()
        links = list(document.pages[0].Annots)
        assert [str(link.A.URI) if "/A" in link else "" for link in links] == ["https://example.org/plan", ""]
        assert len(document.attachments) == 0
        assert "/Info" not in document.trailer


def test_what_stands_in_forms_is_not_lost():
    document = pikepdf.new()
    page = document.add_blank_page(page_size=(200, 200))
    look = document.make_stream(b"BT /Helv 12 Tf (Ein Satz) Tj ET")
    look.stream_dict.update(
        {"/Type": pikepdf.Name.XObject, "/Subtype": pikepdf.Name.Form, "/BBox": [0, 0, 100, 20]}
    )
    field = document.make_indirect(
        pikepdf.Dictionary(
            Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Widget, FT=pikepdf.Name.Tx, Rect=[0, 0, 100, 20],
            T=pikepdf.String("Spurensucher"), V=pikepdf.String("Ein Satz"), AP=pikepdf.Dictionary(N=look),
        )
    )  # fmt: skip
    page.Annots = pikepdf.Array([field])
    document.Root.AcroForm = pikepdf.Dictionary(Fields=pikepdf.Array([field]))
    out = io.BytesIO()
    document.save(out)
    paper = papers.clean(out.getvalue())
    assert traced.left(paper.data) == []
    assert b"Ein Satz" in traced.unpacked(paper.data)


def locked(owner_only):
    return traced.pdf(encryption=pikepdf.Encryption(owner="a", user="" if owner_only else "b"))


def inline():
    """A photo that is written into the page itself, where nobody looks for it."""
    return traced.pdf(content=b"q BI /W 1 /H 1 /F /DCT ID " + traced.jpeg() + b" EI Q")


def bomb():
    return traced.pdf(content=bytes(pdf.MAX_UNPACKED + 1))


HOSTILE = {
    "locked": (lambda: locked(owner_only=False), "locked"),
    "locked against changes": (lambda: locked(owner_only=True), "locked"),
    "half": (lambda: traced.pdf()[:2000], "could not read"),
    "head alone": (lambda: b"%PDF-1.7\n", "could not read"),
    "head and words": (lambda: b"%PDF-1.7\nnothing more %%EOF", "could not read"),
    "photo in an unusual place": (inline, "could not read"),
    "bomb": (bomb, "could not read"),
    "no photo where one should be": (lambda: traced.pdf(b"no photo at all"), "could not read"),
    "pdf behind a page": (lambda: b"<script>\0</script>" + traced.pdf(), "We take"),
    "program": (lambda: b"MZ\x90\0\x03\0\0\0", "We take"),
    "archive": (lambda: b"PK\x03\x04" + bytes(30), "We take"),
    "nothing": (lambda: b"", "empty"),
    "spaces": (lambda: b" \n\t ", "empty"),
    "turned writing": ("Rechnung\u202efdp.exe".encode, "We take"),
    "long text": (lambda: b"Ein Satz. " * 200_000, "1 MB"),
    "too many bytes": (lambda: bytes(papers.MAX_BYTES + 1), "10 MB"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_papers_are_refused_at_once(name):
    make, words = HOSTILE[name]
    data = make()
    begun = time.thread_time()
    with pytest.raises(Invalid) as refused:
        papers.clean(data)
    assert words in refused.value.errors["files"]
    assert time.thread_time() - begun < 2


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_texts_become_utf8(encoding):
    paper = papers.clean("Größe: 5 €\r\n".encode(encoding))
    assert (paper.data, paper.media_type, paper.suffix) == (
        "Größe: 5 €\r\n".encode(),
        "text/plain; charset=utf-8",
        "txt",
    )


def test_a_page_of_a_site_is_but_a_text():
    paper = papers.clean(b"<!doctype html><script>alert(1)</script>")
    assert paper.media_type == "text/plain; charset=utf-8"


@pytest.mark.parametrize(
    "cell", ["=1+1", "@SUM(A1)", "-cmd|'/c calc'!A0", '"=HYPERLINK(""x"")"', "\t=1", "+A1"]
)
def test_tables_that_run_something_are_refused(cell):
    with pytest.raises(Invalid) as refused:
        papers.clean(f"Ort;Zahl\nKai;{cell}\n".encode(), is_table=True)
    assert "formulas" in refused.value.errors["files"]


def test_numbers_with_a_sign_are_no_formulas():
    table = b"Ort;Zahl\nKai;-5\nMarkt;+3,5\nBahnhof;-10 %\nRest;a-b\n"
    paper = papers.clean(table, is_table=True)
    assert (paper.data, paper.suffix) == (table, "csv")


def test_a_bomb_is_measured_packed():
    assert len(zlib.compress(bytes(pdf.MAX_UNPACKED + 1))) < 100_000
