"""Of a picture only the pixels are stored, upright and in two sizes; bombs and others are refused at once."""

import io
import struct
import time
import zlib

import pytest
from PIL import Image, ImageCms, ImageFile

from baukasten.content import pictures
from baukasten.errors import Invalid
from tests.core.content import traced

RED, BLUE = (200, 20, 20), (20, 20, 200)
SOURCES = {
    "jpeg": traced.jpeg,
    "png": traced.png,
    "webp": traced.webp,
    "heic": traced.heic,
    "gif": traced.gif,
}
CHUNKS = {b"VP8 ", b"VP8L", b"VP8X", b"ALPH"}


def opened(data):
    image = Image.open(io.BytesIO(data))
    assert image.format == "WEBP"
    return image.convert("RGB")


def near(colour, wanted):
    return all(abs(one - other) < 25 for one, other in zip(colour, wanted, strict=True))


def chunks(data):
    """Name the parts of a WebP file."""
    at, found = 12, set()
    while at < len(data):
        found.add(data[at : at + 4])
        length = int.from_bytes(data[at + 4 : at + 8], "little")
        at += 8 + length + length % 2
    return found


@pytest.mark.parametrize("kind", SOURCES)
def test_nothing_but_pixels_is_left(kind):
    source = SOURCES[kind]()
    assert kind == "gif" or b"Geheimkamera" in source
    made = pictures.rework(source)
    for data in (made.large, made.small):
        assert traced.left(data) == []
        assert chunks(data) <= CHUNKS
        assert not Image.open(io.BytesIO(data)).getexif()
    assert (made.width, made.height) == (640, 480)
    image = opened(made.large)
    assert near(image.getpixel((100, 240)), RED)
    assert near(image.getpixel((540, 240)), BLUE)


def test_the_search_for_traces_finds_them_where_they_are():
    for source in SOURCES.values():
        assert traced.left(source()) != []
    assert set(traced.left(traced.pdf())) >= {
        b"Spurensucher",
        b"Geheimkamera",
        b"Vermerk-4711",
        b"Exif",
        b"GPS",
    }


def test_both_sizes_are_bounded_and_small_pictures_stay_small():
    made = pictures.rework(traced.jpeg(traced.scene(4000, 1000)))
    assert (made.width, made.height) == opened(made.large).size == (2000, 500)
    assert opened(made.small).size == (480, 120)
    tiny = pictures.rework(traced.png(traced.scene(4, 3)))
    assert (tiny.width, tiny.height) == opened(tiny.small).size == (4, 3)


@pytest.mark.parametrize(
    ("orientation", "corner"), [(1, "left"), (2, "right"), (3, "right"), (6, "top"), (8, "bottom")]
)
def test_pictures_stand_upright(orientation, corner):
    made = pictures.rework(traced.jpeg(orientation=orientation))
    places = {"left": (100, 240), "right": (540, 240), "top": (240, 100), "bottom": (240, 540)}
    assert (made.width, made.height) == ((480, 640) if orientation >= 5 else (640, 480))
    assert near(opened(made.large).getpixel(places[corner]), RED)


def test_a_senseless_orientation_or_profile_is_ignored():
    out = io.BytesIO()
    traced.scene().save(out, "JPEG", icc_profile=b"no profile at all", exif=traced.exif(4711))
    assert pictures.rework(out.getvalue()).width == 640


def test_colours_are_translated_by_the_profile():
    out = io.BytesIO()
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    # A profile for another kind of pixels cannot be used; the colours stay.
    traced.scene().save(out, "JPEG", icc_profile=lab)
    assert near(opened(pictures.rework(out.getvalue()).large).getpixel((100, 240)), RED)


@pytest.mark.parametrize(
    ("mode", "colour", "seen"),
    [
        ("1", 1, (255, 255, 255)),
        ("L", 100, (100, 100, 100)),
        ("I;16", 100 * 256, (100, 100, 100)),
        ("P", 0, (0, 0, 0)),
    ],
)
def test_every_kind_of_pixels_is_taken(mode, colour, seen):
    out = io.BytesIO()
    Image.new(mode, (50, 40), colour).save(out, "PNG")
    assert near(opened(pictures.rework(out.getvalue()).large).getpixel((5, 5)), seen)


def test_printers_colours_become_those_of_a_screen():
    out = io.BytesIO()
    Image.new("CMYK", (50, 40), (0, 255, 255, 0)).save(out, "JPEG", quality=95)
    assert near(opened(pictures.rework(out.getvalue()).large).getpixel((5, 5)), (254, 0, 0))


def test_what_is_transparent_stays_so():
    out = io.BytesIO()
    Image.new("RGBA", (50, 40), (0, 0, 0, 0)).save(out, "PNG")
    made = Image.open(io.BytesIO(pictures.rework(out.getvalue()).large))
    assert made.convert("RGBA").getpixel((5, 5)) == (0, 0, 0, 0)


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png_bomb(width, height):
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0))
    packed = zlib.compress(bytes(50_000_000), 9)
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", packed) + chunk(b"IEND", b"")


def jpeg_of_size(width, height):
    data = bytearray(traced.jpeg())
    at = data.index(b"\xff\xc0")
    data[at + 5 : at + 9] = struct.pack(">HH", height, width)
    return bytes(data)


def scans():
    """A progressive JPEG that repeats one scan two hundred times."""
    data = traced.jpeg(progressive=True)
    at = data.rindex(b"\xff\xda")
    return data[:at] + data[at:-20] * 200


SVG = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"
HOSTILE = {
    "png bomb": (lambda: png_bomb(60_000, 60_000), "megapixels"),
    "bomb that says it is small": (lambda: png_bomb(10, 10), ""),
    "jpeg of 65535 by 65535": (lambda: jpeg_of_size(65_535, 65_535), "megapixels"),
    "text bomb": (
        lambda: (
            b"\x89PNG\r\n\x1a\n"
            + chunk(b"IHDR", struct.pack(">IIBBBBB", 9, 9, 8, 6, 0, 0, 0))
            + chunk(b"zTXt", b"a\0\0" + zlib.compress(bytes(200_000_000), 9))
            + chunk(b"IEND", b"")
        ),
        "could not read",
    ),
    "line": (lambda: traced.png(traced.scene(3000, 10)), "narrow"),
    "scans": (scans, "could not read"),
    "half a jpeg": (lambda: traced.jpeg()[:3000], "could not read"),
    "half a png": (lambda: traced.png()[:1200], "could not read"),
    "half a heic": (lambda: traced.heic()[:900], ""),
    "head alone": (lambda: b"\xff\xd8\xff", ""),
    "heic head alone": (lambda: b"\0\0\0\x18ftypheic\0\0\0\0", ""),
    "svg": (lambda: SVG, "We take"),
    "svg behind a head": (lambda: b"\x89PNG\r\n\x1a\n" + SVG, ""),
    "page": (lambda: b"<!doctype html><script>alert(1)</script>", "We take"),
    "tiff": (lambda: b"II*\0" + bytes(400), "We take"),
    "nothing": (lambda: b"", "We take"),
    "too many bytes": (lambda: traced.jpeg() + bytes(pictures.MAX_BYTES), "10 MB"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_pictures_are_refused_at_once(name, monkeypatch):
    # Another library's import may have said so for all.
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", True)
    make, words = HOSTILE[name]
    data = make()
    begun = time.thread_time()
    if name == "bomb that says it is small":
        assert pictures.rework(data).width == 10
    else:
        with pytest.raises(Invalid) as refused:
            pictures.rework(data)
        assert words in refused.value.errors["files"]
    assert time.thread_time() - begun < 2


def test_of_a_file_that_is_two_things_only_the_picture_is_kept():
    for payload in (SVG, b"PK\x03\x04evil.zip", b"%PDF-1.7 evil", b"<script>alert(1)</script>"):
        made = pictures.rework(traced.jpeg() + payload)
        assert payload[:6] not in made.large + made.small
    comment = io.BytesIO()
    traced.scene().save(comment, "GIF", comment=b"*/=1;alert('evil')//")
    assert b"evil" in comment.getvalue()
    assert b"evil" not in pictures.rework(comment.getvalue()).large


def test_kinds_are_told_by_content():
    assert all(pictures.is_picture(make()[:16]) for make in SOURCES.values())
    for other in (traced.pdf(), SVG, b"", b"RIFF1234WAVE", b"Just words, that is all"):
        assert not pictures.is_picture(other[:16])
