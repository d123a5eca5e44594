"""PDF files written anew without what tells about their maker, without other files inside and without programs."""

import zlib
from collections.abc import Callable, Iterator
from io import BytesIO
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, Object, Pdf, Stream

from baukasten.content import jpeg
from baukasten.errors import N_, Invalid

MAX_OBJECTS = 100_000
MAX_UNPACKED = 64 * 1024 * 1024
"""Bytes that all streams of a file may have unpacked; a bomb has a thousand times its size."""
ROOT = frozenset({
    "/Type", "/Pages", "/PageLabels", "/PageLayout", "/Outlines", "/Dests", "/Lang", "/MarkInfo",
    "/StructTreeRoot", "/ViewerPreferences", "/OCProperties", "/Version", "/Extensions",
})  # fmt: skip
"""What stays of the catalogue (ISO 32000-2, table 29); all that runs, tells or carries files is elsewhere in it."""
TRACES = (
    "/Metadata", "/PieceInfo", "/LastModified", "/OpenAction", "/AA", "/AF", "/EF", "/RF", "/JS", "/XFA",
    "/Thumb", "/OPI", "/Alternates",
)  # fmt: skip
LINKS = ("http://", "https://", "mailto:")
SIGNS = (b"Exif\0\0", b"<x:xmpmeta", b"<?xpacket", b"http://ns.adobe.com/xap")
LOSSY: dict[str, Callable[[bytes], bytes]] = {"/DCTDecode": jpeg.strip, "/JPXDecode": jpeg.strip_2000}


class _Meter:
    """Counts what streams unpack to."""

    left = MAX_UNPACKED

    def inflate(self, data: bytes) -> bytes:
        unpacked = zlib.decompressobj().decompress(data, self.left)
        self.left -= len(unpacked)
        if self.left <= 0:
            raise ValueError("unpacks to too much")
        return unpacked


def clean(data: bytes) -> bytes:
    """Write a PDF anew: document data, XMP, embedded files, scripts, forms and traces inside its pictures go.

    Raises Invalid for ``files``: locked, broken, or unpacking to too much.
    """
    try:
        with _opened(data) as document:
            _refuse_locked(document)
            _strip(document)
            reachable = _written(document)
        # What was let go of is gone by now, so that it is neither looked at nor the reason of a refusal.
        with _opened(reachable) as document:
            _strip_streams(document)
            return _written(document)
    except Invalid:
        raise
    except pikepdf.PasswordError as error:
        raise _locked() from error
    except Exception as error:
        # Broken files fail in as many ways as there are types: RuntimeError, ValueError, TypeError, zlib.error.
        raise Invalid(
            {"files": N_("We could not read this PDF file. Please print it to a new PDF file and try again.")}
        ) from error


def _opened(data: bytes) -> Pdf:
    return pikepdf.open(BytesIO(data), attempt_recovery=False, suppress_warnings=True)


def _refuse_locked(document: Pdf) -> None:
    if document.is_encrypted:
        raise _locked()


def _locked() -> Invalid:
    return Invalid(
        {"files": N_("This PDF file is locked with a password. Please save it without one and try again.")}
    )


def _written(document: Pdf) -> bytes:
    """Write what can be reached from the pages; everything else is left behind by that."""
    out, together = BytesIO(), pikepdf.ObjectStreamMode.generate
    document.save(out, object_stream_mode=together, fix_metadata_version=False, deterministic_id=True)
    return out.getvalue()


def _strip(document: Pdf) -> None:
    if len(document.objects) > MAX_OBJECTS or not len(document.pages):
        raise ValueError("too many objects or no page")
    # Values of forms and drawings of notes become a part of the page, so that nothing visible is lost.
    document.generate_appearance_streams()
    document.flatten_annotations("all")
    _strip_catalogue(document)
    for thing in document.objects:
        for inner in _inside(thing):
            _strip_dictionary(inner)
    for page in document.pages:
        _strip_notes(page.obj)


def _strip_streams(document: Pdf) -> None:
    meter = _Meter()
    for thing in document.objects:
        if isinstance(thing, Stream):
            _strip_stream(thing, meter)


def _strip_catalogue(document: Pdf) -> None:
    root = document.Root
    names = root.get("/Names")
    for key in set(root.keys()) - ROOT:
        del root[key]
    if isinstance(names, Dictionary) and "/Dests" in names:
        root["/Names"] = Dictionary(Dests=names["/Dests"])
    for key in ("/Info", "/ID"):
        if key in document.trailer:
            del document.trailer[key]


def _inside(thing: Object, depth: int = 0) -> Iterator[Object]:
    """Give the dictionaries of an indirect object, its own and those written into it."""
    if depth > 50:
        raise ValueError("too deep")
    children: list[Any] = []
    if isinstance(thing, Dictionary | Stream):
        yield thing
        children = [thing[key] for key in thing.keys()]  # noqa: SIM118 - a PDF's dictionary is no mapping
    elif isinstance(thing, Array):
        children = list(thing)
    for child in children:
        # What is referred to is an object of its own and comes by itself.
        if isinstance(child, Object) and not child.is_indirect:
            yield from _inside(child, depth + 1)


def _strip_dictionary(thing: Any) -> None:
    for key in TRACES:
        if key in thing:
            del thing[key]
    for key in ("/A", "/PA", "/Next"):
        if key in thing and not _is_harmless(thing[key]):
            del thing[key]


def _is_harmless(action: Any) -> bool:
    """Tell whether an action only leads somewhere: to a page or to an address of the web."""
    if isinstance(action, Array):
        return all(_is_harmless(one) for one in action)
    if not isinstance(action, Dictionary) or "/S" not in action:
        return True
    kind = str(action["/S"])
    if kind == "/URI":
        return str(action.get("/URI", "")).lower().startswith(LINKS)
    # Beside actions, transparency groups and transitions have an /S too.
    return kind not in ACTIONS


ACTIONS = frozenset({
    "/GoToR", "/GoToE", "/Launch", "/Thread", "/Sound", "/Movie", "/Hide", "/SubmitForm", "/ResetForm",
    "/ImportData", "/JavaScript", "/SetOCGState", "/Rendition", "/GoTo3DView", "/RichMediaExecute",
})  # fmt: skip
"""What runs, opens or sends something (ISO 32000-2, table 201)."""


def _strip_notes(page: Any) -> None:
    """Keep links; what else could be seen of notes and filled in forms stands in the page by now."""
    if "/Annots" in page:
        page["/Annots"] = Array([note for note in page["/Annots"] if note.get("/Subtype") == Name.Link])


def _strip_stream(stream: Stream, meter: _Meter) -> None:
    """Take traces out of a picture; refuse any other stream that holds some."""
    filters, raw = _filters(stream), stream.read_raw_bytes()
    is_picture = stream.get("/Subtype") == Name.Image
    for number, name in enumerate(filters):
        if name in LOSSY:
            _put(stream, LOSSY[name](raw), number)
            return
        # Pixels that are merely packed hold no traces, and would be the largest part of the work.
        if name != "/FlateDecode" or (is_picture and number == len(filters) - 1):
            break
        raw = meter.inflate(raw)
    if any(sign in raw for sign in SIGNS):
        raise ValueError("traces in an unusual place")


def _put(stream: Stream, data: bytes, number: int) -> None:
    """Store a picture anew under the filters that are still on it, from a number on."""
    filters, settings = _filters(stream), stream.get("/DecodeParms")
    left = list(settings)[number:] if isinstance(settings, Array) else [settings or Dictionary()]
    names = [Name(name) for name in filters[number:]]
    stream.write(data, filter=Array(names), decode_parms=Array(left) if settings is not None else None)


def _filters(stream: Stream) -> list[str]:
    given = stream.get("/Filter")
    if given is None:
        return []
    return [str(given)] if isinstance(given, Name) else [str(name) for name in given]
