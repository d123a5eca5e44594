"""What a person reads in an answer, also where the bytes do not say it as they stand: PDF, spreadsheets, archives."""

import io
import re
import zipfile
from collections.abc import Iterator
from html import unescape
from typing import Any

import pikepdf

PDF, ZIP = b"%PDF-", b"PK\x03\x04"
TAG = re.compile(r"<[^>]*>")
PARTS = re.compile(rb"beginbf(char|range)\s(.*?)endbf\1", re.DOTALL)
GAP = re.compile("[-\u00ad]?\\s+")
HEX = re.compile(rb"<([0-9A-Fa-f]+)>")
MOST_DEEP = 3
"""Archives in archives, and drawings in drawings, that are looked into."""
NEW_LINE = {"BT", "T*", "Td", "TD", "Tm", "'", '"'}


def words_of(data: bytes, deep: int = 0) -> str:
    """Give what can be read in an answer's bytes, whatever file they are; a broken file raises."""
    if data.startswith(PDF):
        return _twice(_of_pdf(data))
    if data.startswith(ZIP) and deep < MOST_DEEP:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            parts = [f"{one}\n{words_of(packed.read(one), deep + 1)}" for one in packed.namelist()]
        return _twice(unescape(TAG.sub("", "\n".join(parts)))) + "\n".join(parts)
    return data.decode("utf-8", "replace")


def _twice(text: str) -> str:
    """Give a text, and once more without gaps: words are broken at the ends of lines."""
    return f"{text}\n{GAP.sub('', text)}\n"


def _of_pdf(data: bytes) -> str:
    with pikepdf.open(io.BytesIO(data)) as pdf:
        about = [str(value) for value in pdf.docinfo.values()] if "/Info" in pdf.trailer else []
        texts = ["".join(_drawn(page.obj, page.obj.get("/Resources"))) for page in pdf.pages]
        links = [str(note.A.URI) for page in pdf.pages for note in page.get("/Annots", []) if _leads(note)]
        files = [words_of(one.get_file().read_bytes()) for one in pdf.attachments.values()]
    return "\n".join([*about, *texts, *links, *files])


def _leads(note: pikepdf.Object) -> bool:
    return "/A" in note and "/URI" in note.A


def _drawn(stream: pikepdf.Object, resources: pikepdf.Object | None, deep: int = 0) -> Iterator[str]:
    """Give what a page, or a drawing on it, writes: glyphs turned back into signs by their font's own table."""
    fonts: Any = resources.get("/Font", {}) if resources is not None else {}
    signs = {name: _signs(font) for name, font in fonts.items()}
    known: dict[bytes, str] = {}
    for step in pikepdf.parse_content_stream(stream):
        operands, name = step.operands, str(step.operator)
        if name in NEW_LINE:
            yield "\n"
        if name == "Tf":
            known = signs.get(str(operands[0]), {})
        elif name in {"Tj", "TJ", "'", '"'}:
            pieces = operands[-1] if name == "TJ" else operands[-1:]
            yield "".join(_said(bytes(one), known) for one in pieces if isinstance(one, pikepdf.String))
        elif name == "Do" and resources is not None and deep < MOST_DEEP:
            drawing = resources.XObject[str(operands[0])]
            if drawing.get("/Subtype") == "/Form":
                yield from _drawn(drawing, drawing.get("/Resources", resources), deep + 1)


def _said(glyphs: bytes, known: dict[bytes, str]) -> str:
    if not known:
        return glyphs.decode("latin-1")
    wide = len(next(iter(known)))
    return "".join(known.get(glyphs[at : at + wide], "") for at in range(0, len(glyphs), wide))


def _signs(font: pikepdf.Object) -> dict[bytes, str]:
    """Read a font's table of signs (ISO 32000-2, 9.10.3); nothing where its bytes are signs themselves."""
    if "/ToUnicode" not in font:
        return {}
    found: dict[bytes, str] = {}
    for kind, body in PARTS.findall(font.ToUnicode.read_bytes()):
        codes = [bytes.fromhex(one.decode()) for one in HEX.findall(body)]
        if kind == b"char":
            found |= {code: _text(sign) for code, sign in zip(codes[::2], codes[1::2], strict=True)}
            continue
        for first, last, sign in zip(codes[::3], codes[1::3], codes[2::3], strict=True):
            begin = int.from_bytes(first, "big")
            for step in range(int.from_bytes(last, "big") - begin + 1):
                code = (begin + step).to_bytes(len(first), "big")
                found[code] = _text(sign[:-2] + (int.from_bytes(sign[-2:], "big") + step).to_bytes(2, "big"))
    return found


def _text(sign: bytes) -> str:
    return sign.decode("utf-16-be", "replace")
