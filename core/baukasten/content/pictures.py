"""Uploaded pictures made anew: only the pixels survive, in two sizes, as WebP."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO

import pillow_heif
from PIL import Image, ImageCms, ImageFile, ImageOps, UnidentifiedImageError

from baukasten.errors import N_, Invalid

MAX_BYTES = 10 * 1024 * 1024
MAX_PIXELS = 40_000_000
MAX_RATIO = 20
LARGE, SMALL = 2000, 480
"""Longest edges in pixels."""
QUALITY = 80
FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "HEIF")
MEDIA_TYPE, SUFFIX = "image/webp", "webp"
MAX_SCANS = 100
"""A progressive JPEG has about ten scans; with thousands in few bytes each costs a walk over all pixels."""
SCAN = b"\xff\xda"
ORIENTATION = 0x0112
SRGB = ImageCms.createProfile("sRGB")
HEADS = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF87a", b"GIF89a")

pillow_heif.register_heif_opener(thumbnails=False)
# One thread: the memory of a decoder is bounded, and so is what it takes from other requests.
pillow_heif.options.DECODE_THREADS = 1


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture as it is stored; both sizes are WebP files."""

    large: bytes
    small: bytes
    width: int
    height: int
    """Of the large one, in pixels."""


def is_picture(head: bytes) -> bool:
    """Tell by the first 16 bytes whether this claims to be a picture that we know; names say nothing."""
    riff = head[:4] == b"RIFF" and head[8:12] == b"WEBP"
    # ISO base media: a box "ftyp" with a brand; what is no picture behind it is refused by the decoder.
    return head.startswith(HEADS) or riff or head[4:8] == b"ftyp"


def rework(data: bytes) -> Picture:
    """Decode a picture and give it anew in both sizes, upright, in sRGB, without anything but pixels.

    EXIF with place and device, XMP, IPTC, comments, colour profiles and trailing bytes stay behind. Raises
    Invalid for ``files`` where it is too large, of another kind, broken, or larger unpacked than it seems.
    """
    if len(data) > MAX_BYTES:
        raise _refused(N_("This picture is larger than 10 MB. Please choose a smaller one."))
    if data.count(SCAN) > MAX_SCANS:
        raise _unreadable()
    # WeasyPrint, where it was imported before, lets the whole process take half a picture for a whole one.
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    with _decoding(), Image.open(BytesIO(data), formats=FORMATS) as image:
        _check_size(image)
        large = _upright(image)
        small = _within(large, SMALL)
        return Picture(_encoded(large), _encoded(small), large.width, large.height)


def size_within(width: int, height: int, edge: int) -> tuple[int, int]:
    """Give the size that fits into a square with this edge, never larger than it was."""
    scale = min(1.0, edge / max(width, height))
    return max(1, round(width * scale)), max(1, round(height * scale))


@contextmanager
def _decoding() -> Iterator[None]:
    """Turn the many accidents of decoders, all of which mean the same, into one refusal."""
    try:
        yield
    except Invalid:
        raise
    except UnidentifiedImageError as error:
        raise _refused(
            N_("We take pictures as JPEG, PNG, WebP, GIF or HEIC. Please save this one as JPEG.")
        ) from error
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _too_many_pixels() from error
    except Exception as error:
        # struct.error, SyntaxError, KeyError, OSError, MemoryError and more come out of broken files.
        raise _unreadable() from error


def _check_size(image: Image.Image) -> None:
    """Look at the header alone: nothing is unpacked yet."""
    width, height = image.size
    if width * height > MAX_PIXELS:
        raise _too_many_pixels()
    if max(width, height) > MAX_RATIO * min(width, height):
        raise _refused(N_("This picture is too narrow. Please crop it."))


def _upright(image: Image.Image) -> Image.Image:
    """Give the large picture: reduced first, so that all further work is on few pixels."""
    orientation = image.getexif().get(ORIENTATION, 1)
    profile = image.info.get("icc_profile")
    # A JPEG is decoded at a half, a quarter or an eighth of its size where that is enough.
    image.draft(None, size_within(*image.size, LARGE))
    reduced = _within(_full_colour(image), LARGE)
    plain = _in_srgb(reduced, profile)
    bare = Image.new(plain.mode, plain.size)
    bare.paste(plain)
    if orientation in range(2, 9):
        bare.getexif()[ORIENTATION] = orientation
        bare = ImageOps.exif_transpose(bare)
        bare.info.clear()
    return bare


def _full_colour(image: Image.Image) -> Image.Image:
    """Give a mode that can be scaled: indexed colours, masks and 16 bits cannot."""
    if image.mode.startswith("I"):
        return image.point(lambda level: level / 256).convert("L")
    if image.has_transparency_data:
        return image.convert("RGBA")
    return image if image.mode in ("RGB", "L", "CMYK") else image.convert("RGB")


def _in_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """Translate colours by the picture's own profile; one that makes no sense is ignored."""
    mode = "RGBA" if image.mode == "RGBA" else "RGB"
    if profile:
        try:
            source = ImageCms.ImageCmsProfile(BytesIO(profile))
            translated = ImageCms.profileToProfile(image, source, SRGB, outputMode=mode)
        except (ImageCms.PyCMSError, OSError, ValueError):
            return image.convert(mode)
        return image.convert(mode) if translated is None else translated
    return image.convert(mode)


def _within(image: Image.Image, edge: int) -> Image.Image:
    size = size_within(*image.size, edge)
    if size == image.size:
        image.load()
        return image
    return image.resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)


def _encoded(image: Image.Image) -> bytes:
    out = BytesIO()
    image.save(out, "WEBP", quality=QUALITY, method=4, exif=b"", xmp=b"", icc_profile=b"")
    return out.getvalue()


def _refused(message: object) -> Invalid:
    return Invalid({"files": message})


def _too_many_pixels() -> Invalid:
    return _refused(N_("This picture has more than 40 megapixels. Please make it smaller first."))


def _unreadable() -> Invalid:
    return _refused(N_("We could not read this picture. Please save it anew as JPEG and try again."))
