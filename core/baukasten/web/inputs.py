"""From what a person typed to a typed value, with a sentence that helps where that fails."""

import datetime as dt
import re
import unicodedata
from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import urlsplit

from baukasten.plugin.fields import Field, FieldKind
from baukasten.plugin.text import lazy
from baukasten.web import mailaddresses
from baukasten.web.i18n import current

_ = lazy("core")

LONG_TEXT = frozenset({FieldKind.TEXTAREA, FieldKind.MARKDOWN})
CHOICE = frozenset({FieldKind.RADIO, FieldKind.SELECT})

# Control characters, marks that turn the direction of what follows, halves of a pair; never the joiners
# that Persian and emoji are written with.
_INVISIBLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\ufeff\ud800-\udfff]")
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_BREAKS = re.compile("[\t\n\r\u2028\u2029\u2066-\u2069]+")
_NUMBER = re.compile(r"[+-]?\d{1,15}")
_GERMAN_DATE = re.compile(r"(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})")
# People live behind a name with a dot, and not at a number.
_PUBLIC = re.compile(r".*@.*\.[a-z][a-z0-9-]*[a-z0-9]")
YEARS = range(1900, 2200)
"""Years of a moment; beyond, another zone's or the next month's date may be none."""


class WrongError(ValueError):
    """The typed text cannot be taken; the message is for people, in their language."""

    def __init__(self, message: object, **values: object) -> None:
        text = str(message)
        super().__init__(text % values if values else text)


def parse(field: Field, raw: Sequence[str]) -> Any:
    """Give the typed value of a field; raises WrongError. Empty and optional: "", None, False or []."""
    if field.kind is FieldKind.CHECKBOX:
        value: Any = any(one not in ("", "0", "false") for one in raw)
        if field.required and not value:
            raise WrongError(_("Tick this box to go on."))
    elif field.kind is FieldKind.CHECKBOXES:
        value = _several(field, raw)
    else:
        value = _single(field, raw[-1] if raw else "")
    problem = field.check(value) if field.check is not None else None
    if problem:
        raise WrongError(problem)
    return value


def clean_line(text: str) -> str:
    """Give a text on one line, without what cannot be seen and spaces around it."""
    return unicodedata.normalize("NFC", _INVISIBLE.sub("", _BREAKS.sub(" ", text))).strip()


def clean_text(text: str) -> str:
    """Give a text with plain line ends, without what cannot be seen and empty lines around it."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\u2029", "\n")
    return unicodedata.normalize("NFC", _INVISIBLE.sub("", lines)).strip("\n").rstrip()


def is_visible(text: str) -> bool:
    """Tell whether somebody would see anything; a zero-width space alone is no name."""
    return any(unicodedata.category(sign)[0] not in "CZ" for sign in text)


def _single(field: Field, text: str) -> Any:
    cleaned = _cleaned(field, text)
    if not is_visible(cleaned):
        if field.required:
            raise WrongError(_("Choose one.") if field.kind in CHOICE else _("Fill this in."))
        return None if field.kind in EMPTY_IS_NONE else ""
    return PARSERS.get(field.kind, _text)(field, cleaned)


def _cleaned(field: Field, text: str) -> str:
    if field.kind is FieldKind.PASSWORD:
        # Not a sign of a password is changed: it must fit the next time too.
        if _CONTROL.search(text):
            raise WrongError(_("A password cannot contain this sign."))
        return text
    return clean_text(text) if field.kind in LONG_TEXT else clean_line(text)


def _text(field: Field, text: str) -> str:
    if len(text) > field.max_length:
        message = _("At most %(most)s characters, you have %(count)s.")
        raise WrongError(message, most=_number(field.max_length), count=_number(len(text)))
    if field.minimum is not None and len(text) < field.minimum:
        message = _("At least %(least)s characters, you have %(count)s.")
        raise WrongError(message, least=_number(field.minimum), count=_number(len(text)))
    return text


def _whole_number(field: Field, text: str) -> int:
    if not _NUMBER.fullmatch(text):
        raise WrongError(_("Write a whole number, for example 12."))
    value, least, most = int(text), field.minimum, field.maximum
    if least is not None and most is not None and not least <= value <= most:
        message = _("Write a number from %(least)s to %(most)s.")
        raise WrongError(message, least=_number(least), most=_number(most))
    if least is not None and value < least:
        raise WrongError(_("Write a number of at least %(least)s."), least=_number(least))
    if most is not None and value > most:
        raise WrongError(_("Write a number of at most %(most)s."), most=_number(most))
    return value


def _email(_field: Field, text: str) -> str:
    wrong = WrongError(_("An e-mail address looks like this: name@example.org"))
    try:
        address = mailaddresses.plain(text)
    except mailaddresses.NoAddressError:
        raise wrong from None
    if not _PUBLIC.fullmatch(address):
        raise wrong
    return address


def _url(field: Field, text: str) -> str:
    wrong = WrongError(_("A web address looks like this: https://example.org"))
    try:
        parts = urlsplit(text)
        parts.port  # noqa: B018 - reading it is the check
    except ValueError:
        raise wrong from None
    odd = " " in text or "\\" in text or "@" in parts.netloc
    if parts.scheme not in ("http", "https") or not parts.hostname or odd:
        raise wrong
    return _text(field, text)


def _date(_field: Field, text: str) -> dt.date:
    german = _GERMAN_DATE.fullmatch(text)
    try:
        if german:
            return dt.date(int(german[3]), int(german[2]), int(german[1]))
        return dt.date.fromisoformat(text)
    except ValueError:
        raise WrongError(_("Write a date, for example 31.05.2026.")) from None


def _moment(_field: Field, text: str) -> dt.datetime:
    """Give a moment in UTC; what was typed without a zone means the town's."""
    wrong = WrongError(_("Write a date and a time, for example 2026-05-31 18:00."))
    try:
        moment = dt.datetime.fromisoformat(text)
        zoned = moment if moment.tzinfo else moment.replace(tzinfo=current().formats.zone)
        universal = zoned.astimezone(dt.UTC)
    except (ValueError, OverflowError):
        raise wrong from None
    if moment.year not in YEARS:
        raise wrong
    return universal


def _choice(field: Field, text: str) -> str:
    if all(text != value for value, _label in field.choices):
        raise WrongError(_("This choice is not on the list. Choose one that is."))
    return text


def _several(field: Field, raw: Sequence[str]) -> list[str]:
    chosen = [_choice(field, one) for one in raw if one]
    value = [value for value, _label in field.choices if value in chosen]
    least = field.minimum or (1 if field.required else 0)
    if len(value) < least:
        raise WrongError(_("Choose at least %(least)s."), least=_number(least))
    if field.maximum is not None and len(value) > field.maximum:
        raise WrongError(_("Choose at most %(most)s."), most=_number(field.maximum))
    return value


def _number(number: int) -> str:
    return current().number(number)


PARSERS: dict[FieldKind, Callable[[Field, str], Any]] = {
    FieldKind.EMAIL: _email,
    FieldKind.URL: _url,
    FieldKind.NUMBER: _whole_number,
    FieldKind.DATE: _date,
    FieldKind.DATETIME: _moment,
    FieldKind.RADIO: _choice,
    FieldKind.SELECT: _choice,
}
EMPTY_IS_NONE = frozenset({FieldKind.NUMBER, FieldKind.DATE, FieldKind.DATETIME})
