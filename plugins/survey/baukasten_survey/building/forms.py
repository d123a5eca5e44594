"""The editor's forms: from the fields of a page to a part of a definition as JSON, whatever was typed."""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, Protocol

from baukasten.plugin import lazy
from baukasten.sdk import Invalid
from baukasten_survey.building import lines, words
from baukasten_survey.building.outline import Data
from baukasten_survey.definition.kinds import NUMBERS
from baukasten_survey.definition.parsing import LARGEST, MOST_OPTIONS, Malformed
from baukasten_survey.keys import Kind, Shape, Style

_ = lazy("survey")

WHOLE = re.compile(r"[0-9]{1,15}", re.ASCII)
NUMBER = re.compile(r"[+-]?[0-9]{1,15}([.,][0-9]{1,12})?", re.ASCII)
BROKEN = _("This did not come from our page. Please reload it and try again.")
MOST_RULES = 20


class Fields(Protocol):
    """What of a posted form is read."""

    def getlist(self, key: str, /) -> list[str]:
        """Give all values of a field."""


def first(fields: Fields, key: str, default: str = "") -> str:
    """Give the first value of a field, line ends as one sign."""
    return next(iter(fields.getlist(key)), default).replace("\r\n", "\n")


def whole(fields: Fields, key: str, default: str = "") -> int:
    """Read a whole number of a hidden field; raises Invalid for what no page of ours sends."""
    text = first(fields, key, default)
    if not WHOLE.fullmatch(text) or int(text) > LARGEST:
        raise Invalid(message=BROKEN)
    return int(text)


def text(fields: Fields, name: str, languages: Sequence[str]) -> dict[str, str]:
    """Read words in all languages, from fields such as ``title.de`` and ``title.en``."""
    said = {language: first(fields, f"{name}.{language}").strip() for language in languages}
    return {language: words_ for language, words_ in said.items() if words_}


def number(raw: str, *, counted: bool = False) -> Any:
    """Give a number as it was typed, nothing for nothing; whatever is none stays a text, which parsing names."""
    typed = raw.strip()
    if not typed:
        return None
    if counted:
        return int(typed) if WHOLE.fullmatch(typed) else typed
    if not NUMBER.fullmatch(typed):
        return typed
    value = float(typed.replace(",", "."))
    return int(value) if value.is_integer() else value


def part(fields: Fields, old: Data, languages: Sequence[str]) -> Data:
    """Read the form of a page or a group; what is in it stays."""
    return {
        **old,
        "code": first(fields, "code", old["code"]).strip(),
        "title": text(fields, "title", languages),
        "text": text(fields, "text", languages),
        "relevance": first(fields, "relevance").strip(),
        "random": bool(first(fields, "random")),
    }


def question(fields: Fields, old: Data, languages: Sequence[str], taken: Collection[str] = ()) -> Data:
    """Read the form of a question: the fields that the page had, of which those stay that its kind has.

    ``taken`` are codes of options and rows that meant something once.
    """
    shown = words.fields_of(Kind(old["kind"]))
    chosen = first(fields, "kind", old["kind"])
    kind = Kind(chosen) if chosen in {one.value for one in Kind} else Kind(old["kind"])
    made: Data = {**old, "code": first(fields, "code", old["code"]).strip(), "kind": kind.value}
    for name in shown:
        made[name] = _field(fields, name, made, languages, taken)
    fits = words.fields_of(kind)
    begins = {name: value for name, value in _begins(kind).items() if made.get(name) in (None, "", [])}
    return {name: value for name, value in {**made, **begins}.items() if name in fits | {"code", "kind"}}


def _begins(kind: Kind) -> Data:
    if kind is Kind.SCALE:
        return {"style": Style.LIKERT.value}
    return {"shapes": [Shape.POINT.value]} if kind is Kind.MAP else {}


def _field(fields: Fields, name: str, made: Data, languages: Sequence[str], taken: Collection[str]) -> Any:
    if name in ("options", "rows"):
        return _parts(fields, name, made, languages, taken)
    if name == "default":
        return _default(fields, Kind(made["kind"]))
    reader = READERS.get(name)
    return text(fields, name, languages) if reader is None else reader(fields, name, languages)


def _default(fields: Fields, kind: Kind) -> Any:
    typed = first(fields, "default").strip()
    return number(typed) if kind in NUMBERS else (typed or None)


def rules(fields: Fields, languages: Sequence[str]) -> list[Data]:
    """Read the rules of a question; those without an expression are gone."""
    count = min(whole(fields, "rules", "0"), MOST_RULES)
    found = []
    for at in range(count):
        expression = first(fields, f"rules.{at}.expression").strip()
        if expression:
            found.append(
                {"expression": expression, "message": text(fields, f"rules.{at}.message", languages)}
            )
    return found


Reader = Callable[[Fields, str, Sequence[str]], Any]
READERS: Mapping[str, Reader] = {
    **dict.fromkeys(words.BOXES, lambda fields, name, _all: bool(first(fields, name))),
    **dict.fromkeys(
        words.NUMBERS, lambda fields, name, _all: number(first(fields, name), counted=name in words.COUNTED)
    ),
    **dict.fromkeys((*words.WORDS, "relevance"), lambda fields, name, _all: first(fields, name).strip()),
    "rules": lambda fields, _name, languages: rules(fields, languages),
    "other": lambda fields, name, languages: (
        text(fields, name, languages) if first(fields, "has_other") else None
    ),
    "shapes": lambda fields, name, _all: [one.value for one in Shape if one.value in fields.getlist(name)],
    "style": lambda fields, name, _all: first(fields, name) or None,
}
"""How a field is read that holds anything but words by language."""


def _parts(
    fields: Fields, name: str, made: Data, languages: Sequence[str], taken: Collection[str]
) -> list[Data]:
    texts = {language: first(fields, f"{name}.{language}") for language in languages}
    ends = name == "rows" and made.get("kind") == Kind.SCALE
    stem = "a" if name == "options" else "r"
    found = lines.read(texts, made.get(name) or [], stem, taken=taken, ends=ends)
    if len(found) > MOST_OPTIONS:
        raise Invalid({name: _("These are too many; %(most)s are possible.") % {"most": MOST_OPTIONS}})
    return [_more(fields, f"{name}.{one['code']}", one, languages) for one in found]


def _more(fields: Fields, prefix: str, one: Data, languages: Sequence[str]) -> Data:
    """Read what the table below the lines says of a part, if it was in it."""
    if not first(fields, prefix):
        return one
    more: Data = {name: bool(first(fields, f"{prefix}.{name}")) for name in ("fixed",)}
    more["relevance"] = first(fields, f"{prefix}.relevance").strip()
    if prefix.startswith("options."):
        more["exclusive"] = bool(first(fields, f"{prefix}.exclusive"))
        more["value"] = number(first(fields, f"{prefix}.value"))
        if first(fields, f"{prefix}.pictured"):
            more["alt"] = text(fields, f"{prefix}.alt", languages)
            if first(fields, f"{prefix}.unpicture"):
                more["picture"] = None
    return {**one, **more}


def errors_at(refused: Malformed, *places: str, twice: str = "") -> Mapping[str, str]:
    """Give what is wrong by the fields of a form; ``places`` are where its part stands in the description.

    ``twice`` is the place at which parsing says that the part's own code is taken.
    """
    found: dict[str, str] = {}
    for problem in refused.problems:
        inside = next((place for place in places if problem.place.startswith(place)), None)
        name = "" if inside is None else problem.place.removeprefix(inside).strip("/").split("/")[0]
        found.setdefault("code" if problem.place == twice else name, str(problem.text))
    return found
