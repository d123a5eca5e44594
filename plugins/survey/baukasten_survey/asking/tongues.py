"""The languages of a survey, which may be more than the site's: its texts and the words of its pages."""

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Response, make_response

from baukasten.plugin import lazy
from baukasten.sdk import here, language_named, part, render, speaking, translator, translator_for

_ = lazy("survey")
PARAMETER = "sprache"
RIGHT_TO_LEFT = frozenset({"ar", "ckb", "dv", "fa", "he", "ps", "sd", "ug", "ur", "yi"})
SPOKEN = frozenset({"en"} | {one.name for one in (Path(__file__).parents[1] / "translations").iterdir()})
"""Languages in which buttons and hints of a survey's pages are there."""


@dataclass(frozen=True, slots=True)
class Tongue:
    """A language of a survey."""

    code: str
    label: str
    direction: str

    @property
    def lang(self) -> str:
        """Give what HTML calls it (BCP 47)."""
        known = language_named(self.code)
        return known.lang if known.code == self.code else self.code


def tongue(code: str) -> Tongue:
    """Give a language by its tag; one that nobody knows is called by the tag."""
    known = language_named(code)
    right = code.partition("-")[0] in RIGHT_TO_LEFT
    return Tongue(code, known.label if known.code == code else code, "rtl" if right else "ltr")


def chosen(languages: Sequence[str], asked: str) -> str:
    """Choose the language in which somebody reads: the one asked for, else the site's, else the survey's own."""
    for code in (asked, here().language, here().language.partition("-")[0]):
        if code in languages:
            return code
    return languages[0]


def speaks(code: str) -> AbstractContextManager[Any]:
    """Let hints and buttons speak a survey's language for a while, where they can."""
    place = here()
    if code == place.language.partition("-")[0] or code.partition("-")[0] not in SPOKEN:
        return nullcontext()
    return speaking(translator_for(code, place.tenant.time_zone))


def show(template: str, code: str, title: str, /, *, status: int = 200, **values: Any) -> Response:
    """Give a page of a survey in a language, inside the site's frame; it is kept by nobody."""
    shown = tongue(code)
    with speaks(code):
        spoken = translator().spoken.lang
        body = part(template, tongue=shown, said=_said(shown, spoken), **values)
    module = here().module
    # The frame around speaks the site's language, and what the process keeps of it is shown to others too.
    framed = render(
        "survey/asking.html",
        title=title,
        body=body,
        direction=shown.direction,
        spoken=spoken,
        place=module.id if module is not None else 0,
        indexed=bool(values.get("indexed")),
    )
    response = make_response(framed, status)
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _said(shown: Tongue, spoken: str) -> str:
    """Give the attribute that texts of the survey carry where the words around them speak otherwise."""
    return "" if shown.lang == spoken else shown.lang


def switch(languages: Sequence[str], current: str) -> list[tuple[Tongue, bool]]:
    """Give the languages to choose among; none where there is one."""
    return [(tongue(code), code == current) for code in languages] if len(languages) > 1 else []
