"""Traces leave compressed pictures without a change of a pixel."""

import io

import pytest
from PIL import Image

from baukasten.content import jpeg
from tests.core.content import traced


@pytest.mark.parametrize("options", [{}, {"progressive": True}, {"optimize": True, "quality": 30}])
def test_pixels_stay_and_traces_go(options):
    source = traced.jpeg(**options)
    bare = jpeg.strip(source)
    assert traced.left(source) != traced.left(bare) == []
    assert Image.open(io.BytesIO(bare)).tobytes() == Image.open(io.BytesIO(source)).tobytes()
    assert jpeg.strip(bare) == bare


def test_printers_colours_stay_as_adobe_says():
    out = io.BytesIO()
    Image.new("CMYK", (16, 16), (10, 200, 30, 40)).save(out, "JPEG")
    bare = jpeg.strip(out.getvalue())
    assert b"Adobe" in bare
    assert Image.open(io.BytesIO(bare)).tobytes() == Image.open(io.BytesIO(out.getvalue())).tobytes()


def test_thumbnails_go():
    source = traced.jpeg()
    head = b"\xff\xe0\0\x16JFIF\0\x01\x01\0\0\x01\0\x01\x01\x02" + b"THUMBS"
    extended = b"\xff\xe0\0\x0eJFXX\0\x10THUMBS"
    bare = jpeg.strip(source[:2] + head + extended + source[2:])
    assert b"THUMBS" not in bare
    assert Image.open(io.BytesIO(bare)).size == (640, 480)


@pytest.mark.parametrize("data", [b"", b"GIF89a", b"\xff\xd8 no marker", b"\xff\xd8\xff\xe1"])
def test_what_is_no_jpeg_is_refused_or_empty(data):
    try:
        assert jpeg.strip(data) == b"\xff\xd8\xff\xd9"
    except ValueError:
        assert not data.startswith(b"\xff\xd8\xff")


@pytest.mark.parametrize("suffix", ["jp2", "j2k"])
def test_jpeg_2000_keeps_its_pixels_and_loses_the_rest(suffix):
    out = io.BytesIO()
    traced.scene().save(out, "JPEG2000", no_jp2=suffix == "j2k", comment="Vermerk-4711")
    source = out.getvalue()
    if suffix == "jp2":
        told = b"\0\0\0\x24uuid" + b"0123456789abcdef" + b"Vermerk-4711"
        source = source[:12] + source[12:] + told
    assert b"Vermerk-4711" in source
    bare = jpeg.strip_2000(source)
    assert b"Vermerk-4711" not in bare
    assert Image.open(io.BytesIO(bare)).tobytes() == Image.open(io.BytesIO(source)).tobytes()


@pytest.mark.parametrize(
    "data", [b"\xff\x4f", b"\xff\x4f\xff\x51\xff\xff", b"\0\0\0\x04jp2c", b"\0\0\0\x10jp2cnothing!"]
)
def test_broken_jpeg_2000_is_refused(data):
    with pytest.raises(ValueError, match=r"broken|box|codestream"):
        jpeg.strip_2000(data)
