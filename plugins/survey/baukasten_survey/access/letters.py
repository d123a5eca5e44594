"""Serial letters: the town's words once, and on each copy a code of its own, as text and as QR.

The words are laid out a single time; codes are drawn onto copies of that page, so that five hundred letters take
seconds. The QR leads to the survey with the code behind the ``#``, which no browser sends and no log holds.
"""

import io
from collections.abc import Iterable
from typing import Any, BinaryIO

from markupsafe import Markup
from pikepdf import Dictionary, Name, Object, Page, Pdf, Stream

from baukasten.plugin import lazy
from baukasten.sdk import Invalid, qr_code, write_pdf
from baukasten_survey.access.codes import grouped

_ = lazy("survey")

MOST = 500
"""Letters in one file; larger numbers go to the print shop as a table."""
POINTS_PER_MM = 72 / 25.4
LEFT, BOTTOM, SIDE = 20 * POINTS_PER_MM, 32 * POINTS_PER_MM, 34 * POINTS_PER_MM
"""Where the QR stands on the page, in points; the template leaves the lowest part of the page free for it."""
SIZE = 20
"""Of the printed code, in points; large enough for a reader with a magnifying glass."""


def write_letters(
    out: BinaryIO, codes: Iterable[str], *, body: Markup, title: str, url: str, language: str
) -> int:
    """Write a PDF of one page a code; gives how many. ``body`` is the letter as safe HTML.

    Raises Invalid where the words take more than a page, and Unavailable where the machine makes no PDF.
    """
    with Pdf.open(_template(body, title, language)) as pdf:
        if len(pdf.pages) != 1:
            raise Invalid({"words": _("The letter takes more than one page. Please make it shorter.")})
        form = pdf.pages[0].as_form_xobject()
        box = pdf.pages[0].mediabox
        fonts = Dictionary(
            Code=Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name("/Courier-Bold"))
        )
        resources = pdf.make_indirect(Dictionary(XObject=Dictionary(Letter=form), Font=fonts))
        del pdf.pages[0]
        count = 0
        for code in codes:
            _add(pdf, box, resources, code, url)
            count += 1
        pdf.save(out)
    return count


def _template(body: Markup, title: str, language: str) -> io.BytesIO:
    out = io.BytesIO()
    write_pdf(out, body, title=title, language=language)
    out.seek(0)
    return out


def _add(pdf: Pdf, box: Any, resources: Object, code: str, url: str) -> None:
    lines = ["q /Letter Do Q", *_squares(f"{url}#code={code}"), *_text(grouped(code))]
    content = Stream(pdf, "\n".join(lines).encode("ascii"))
    page = Dictionary(Type=Name.Page, MediaBox=box, Resources=resources, Contents=pdf.make_indirect(content))
    pdf.pages.append(Page(page))


def _squares(address: str) -> list[str]:
    code = qr_code(address)
    step, top = SIDE / code.side, BOTTOM + SIDE
    runs = [
        f"{LEFT + x * step:.2f} {top - (y + 1) * step:.2f} {wide * step:.2f} {step:.2f} re"
        for x, y, wide in code.runs
    ]
    return ["0 g", *runs, "f"]


def _text(shown: str) -> list[str]:
    x, y = LEFT + SIDE + 8 * POINTS_PER_MM, BOTTOM + SIDE / 2
    return ["BT", f"/Code {SIZE} Tf", f"{x:.2f} {y:.2f} Td", f"({shown}) Tj", "ET"]
