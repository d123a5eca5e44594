"""A forum as a tagged PDF."""

import io

import pikepdf
import pytest
from PIL import Image

from baukasten.tenants.files import files_of
from baukasten_forum.exporting import paper


def kinds(node):
    found = [str(node["/S"])] if "/S" in node else []
    children = node.get("/K", [])
    for child in children if isinstance(children, pikepdf.Array) else [children]:
        if isinstance(child, pikepdf.Dictionary):
            found += kinds(child)
    return found


def test_headings_and_pictures_are_tagged(session, furnished, picture, export):
    drawn = io.BytesIO()
    Image.new("RGB", (4, 3), "teal").save(drawn, "WEBP")
    files_of(session).write(picture.stored_as, drawn.getvalue())
    with pikepdf.open(io.BytesIO(export("forum.paper", "pdf"))) as found:
        assert str(found.Root.Lang) == "de"
        assert str(found.docinfo.Title) == "Ideen-Forum"
        tags = kinds(found.Root.StructTreeRoot)
    assert [tag for tag in tags if tag in ("/H1", "/H2", "/H3")] == ["/H1", "/H2", "/H3", "/H3", "/H3"]
    assert tags.count("/Figure") == 1


def test_too_much_for_paper_is_said(furnished, export, monkeypatch):
    monkeypatch.setattr(paper, "MOST_POSTS", 2)
    assert export("forum.paper", "pdf") == (
        "Dieses Forum ist zu lang für Papier. Nehmen Sie die Tabelle oder das Archiv."
    )


@pytest.mark.parametrize("level", [3, 6])
def test_headings_inside_of_texts_become_strong_lines(level):
    html = f"<h{level}>Lage</h{level}><p>Am Kai.</p>"
    assert paper.flat(html) == "<p><strong>Lage</strong></p><p>Am Kai.</p>"
