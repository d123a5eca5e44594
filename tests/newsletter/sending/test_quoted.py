"""Quoted-printable that every program reads back as it was, with lines that no server breaks."""

import quopri

import pytest
from hypothesis import given
from hypothesis import strategies as st

from baukasten_newsletter.sending import quoted

TEXTS = st.text(alphabet=st.characters(exclude_categories=("Cs", "Cc")), max_size=300)


@given(TEXTS)
def test_what_is_written_is_read_back(text):
    written = quoted.encode(text)
    assert quopri.decodestring(written).decode("utf-8") == text
    assert all(len(line) <= 76 for line in written.split(b"\r\n"))
    assert written.isascii()


@given(st.lists(TEXTS, min_size=1, max_size=5))
def test_pieces_and_values_join_into_legal_lines(texts):
    written = b""
    for text in texts:
        written += quoted.encode(text)
        written += quoted.between(written)
    assert quopri.decodestring(written).decode("utf-8") == "".join(texts)
    assert all(len(line) <= 76 for line in written.split(b"\r\n"))


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("", b""),
        ("Guten Tag", b"Guten Tag"),
        ("a = b", b"a =3D b"),
        ("-- \nStadt", b"--=20\r\nStadt"),
        ("Tab\t", b"Tab=09"),
        ("eins\r\nzwei\rdrei\nvier", b"eins\r\nzwei\r\ndrei\r\nvier"),
        ("Nu\x00ll \x07\udc80", b"Null=20"),
        ("ä" * 13, b"=C3=A4" * 12 + b"=C3=\r\n" + b"=A4"),
    ],
)
def test_it_looks_as_it_should(text, written):
    assert quoted.encode(text) == written
