"""PDF that screen readers can read (PDF/UA-1, ISO 14289-1): tagged, with language and title, made from our own HTML."""

import importlib
import logging
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, BinaryIO

from markupsafe import Markup, escape

from baukasten.errors import N_, Invalid, Unavailable
from baukasten.exports.sheet import Sheet, for_xml, written

MOST_ROWS = 3_000
"""Measured: 2,000 rows of short texts take 23 s and 430 MB, 10,000 take minutes and 1.9 GB; nobody prints so many."""
BASE = "https://baukasten.invalid/"
"""What relative addresses of pictures hang on; nothing below it exists."""
FONTS = "fonts/"
FONT_FOLDER = Path(__file__).resolve().parents[1] / "static" / "vendor" / "fonts"
STYLE = """
@font-face { font-family: "Fira Sans"; font-weight: 400; src: url("fonts/fira-sans-400.woff2"); }
@font-face { font-family: "Fira Sans"; font-weight: 600; src: url("fonts/fira-sans-600.woff2"); }
@page { size: A4; margin: 20mm 18mm; @bottom-center { content: counter(page) " / " counter(pages); font-size: 8pt; } }
body { font: 10pt/1.45 "Fira Sans", sans-serif; overflow-wrap: anywhere; }
h1 { font-size: 18pt; } h2 { font-size: 14pt; margin-top: 12mm; } h3 { font-size: 11pt; }
h1, h2, h3 { font-weight: 600; line-height: 1.2; break-after: avoid; }
img { max-width: 100%; max-height: 180mm; }
a { color: inherit; }
blockquote { margin: 0 0 0 4mm; padding-left: 4mm; border-left: 1pt solid #767676; }
table { width: 100%; border-collapse: collapse; font-size: 8.5pt; }
th, td { border: .5pt solid #767676; padding: 1.5mm; text-align: left; vertical-align: top; }
th { background: #eee; font-weight: 600; }
pre, td { white-space: pre-wrap; }
.small { font-size: 8.5pt; color: #444; }
"""
LANDSCAPE = "@page { size: A4 landscape; margin: 15mm; }"
FRAME = Markup(
    '<!doctype html><html lang="{}"><head><meta charset="utf-8"><title>{}</title></head><body>{}</body></html>'
)

log = logging.getLogger(__name__)


@lru_cache(maxsize=1)
def _engine() -> Any:
    """Load WeasyPrint when first needed: it takes half a second, and fails where Pango is not installed."""
    try:
        return importlib.import_module("weasyprint")
    except OSError as error:
        log.warning("no PDF can be made: %s", str(error).partition("\n")[0])
        return None


def pdf_possible() -> bool:
    """Tell whether the machine has the libraries that PDF needs (Debian: libpango-1.0-0, libpangoft2-1.0-0)."""
    return _engine() is not None


class _Fetcher:
    """Answers for every address that a document names: our fonts and the given pictures, nothing else."""

    _fail_on_errors = False
    """What WeasyPrint asks of its own fetchers: a missing picture leaves a gap and ends nothing."""

    def __init__(self, response: Callable[[str, bytes], Any], pictures: Mapping[str, bytes]) -> None:
        self._response, self._pictures = response, pictures

    def __call__(self, url: str) -> Any:
        """Give what an address stands for; raises LookupError for whatever is not ours."""
        name = url.removeprefix(BASE)
        font = FONT_FOLDER / Path(name).name
        if name.startswith(FONTS) and font.suffix == ".woff2" and font.is_file():
            return self._response(url, font.read_bytes())
        if name not in self._pictures:
            raise LookupError("a document fetches nothing from outside")
        return self._response(url, self._pictures[name])


def write_pdf(
    out: BinaryIO,
    body: Markup,
    *,
    title: str,
    language: str,
    pictures: Mapping[str, bytes] | None = None,
    landscape: bool = False,
) -> None:
    """Write a page of safe HTML as a tagged PDF.

    ``pictures`` are the bytes of what the HTML names in ``src``; nothing else is fetched, from nowhere. Raises
    Unavailable where the machine lacks Pango.
    """
    engine = _engine()
    if engine is None:
        raise Unavailable(N_("PDF cannot be made on this machine. Choose another format."))
    fetch = _Fetcher(engine.urls.URLFetcherResponse, {} if pictures is None else pictures)
    page = engine.HTML(
        string=for_xml(FRAME.format(language, escape(title), body)), base_url=BASE, url_fetcher=fetch
    )
    style = engine.CSS(string=STYLE + (LANDSCAPE if landscape else ""), base_url=BASE, url_fetcher=fetch)
    page.write_pdf(out, stylesheets=[style], pdf_variant="pdf/ua-1")


def write_table_pdf(sheet: Sheet, out: BinaryIO) -> None:
    """Write a table across the page, its headings repeated; raises Invalid for more than a document takes."""
    rows = []
    for number, row in enumerate(sheet.rows, start=1):
        if number > MOST_ROWS:
            raise Invalid(message=N_("This is too long for a document. Choose another format."))
        rows.append(Markup("<tr>{}</tr>").format(_cells("td", (written(sheet, value) for value in row))))
    body = Markup("<h1>{}</h1><p>{}</p><table><thead><tr>{}</tr></thead><tbody>{}</tbody></table>").format(
        sheet.title, sheet.subtitle, _cells('th scope="col"', map(str, sheet.headings)), Markup("").join(rows)
    )
    write_pdf(out, body, title=sheet.title, language=sheet.language, landscape=True)


def _cells(tag: str, texts: Iterable[str]) -> Markup:
    end = tag.partition(" ")[0]
    return Markup("").join(Markup(f"<{tag}>{{}}</{end}>").format(text) for text in texts)  # noqa: S704 - our own tags
