"""Texts in the reader's language: catalogues read once, one translator bound to each request or job."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations
from flask import Flask
from flask_babel import Babel
from markupsafe import Markup, escape

from baukasten.errors import N_
from baukasten.plugin import text
from baukasten.web.formats import Formats
from baukasten.web.languages import Language, language

CORE = "core"


class Texts:
    """The texts of one domain in one language, with the core's behind them."""

    __slots__ = ("_marked", "_translations", "plain")

    def __init__(self, translations: Translations) -> None:
        """Take the merged catalogue."""
        self._translations = translations
        # gettext cannot list a catalogue, and a dict of our own is 30 times faster than its lookup.
        catalogue: dict[Any, str] = translations._catalog  # noqa: SLF001
        self.plain = {key: value for key, value in catalogue.items() if isinstance(key, str) and key}
        self._marked: dict[str, Markup] = {}

    def plural(self, singular: str, plural: str, count: int) -> str:
        """Give the form that the language uses for a count."""
        return self._translations.ngettext(singular, plural, count)

    def marked(self, message: str) -> Markup:
        """Give a text that stands literally in a template as HTML; catalogues are as trusted as templates."""
        found = self._marked.get(message)
        if found is None:
            found = self._marked[message] = Markup(self.plain.get(message, message))  # noqa: S704 - a literal of ours or its translation
        return found


class Translator:
    """One language in one time zone: looks texts up, writes dates and numbers."""

    def __init__(self, spoken: Language, texts: Mapping[str, Texts], formats: Formats) -> None:
        """Take what the catalogues hold for this language."""
        self.language = spoken.code
        self.spoken = spoken
        self.formats = formats
        self._texts = texts
        self._core = texts[CORE]
        self.date, self.time, self.datetime = formats.date, formats.time, formats.datetime
        self.number, self.month = formats.number, formats.month

    def ago(self, moment: datetime) -> str:
        """Write how far away a moment is, in the past or the future; beyond a month the date."""
        return self.formats.ago(moment) or self.look_up(CORE, N_("just now"))

    def texts(self, domain: str) -> Texts:
        """Give a domain's texts; the core's for a domain without any."""
        return self._texts.get(domain, self._core)

    def look_up(self, domain: str, message: str) -> str:
        """Translate without values; the English text where nobody translated it."""
        return self._texts.get(domain, self._core).plain.get(message, message)

    def gettext(self, domain: str, message: str, **values: Any) -> str:
        """Translate and fill in the values, as plain text."""
        found = self.look_up(domain, message)
        return fill(found, message, values) if values else found

    def ngettext(self, domain: str, singular: str, plural: str, count: int, **values: Any) -> str:
        """Translate for a count, as plain text; ``%(num)s`` is the count as people write it."""
        values.setdefault("num", self.number(count))
        found = self.texts(domain).plural(singular, plural, count)
        return fill(found, singular if count == 1 else plural, values)

    def marked(self, domain: str, message: str, **values: Any) -> Markup:
        """Translate a template's literal as HTML; values are escaped."""
        found = self._texts.get(domain, self._core).marked(message)
        if not values:
            return found
        return Markup(fill(found, message, {key: escape(value) for key, value in values.items()}))  # noqa: S704 - as above

    def marked_plural(self, domain: str, singular: str, plural: str, count: int, **values: Any) -> Markup:
        """Translate a template's literals for a count as HTML; values are escaped."""
        return Markup(  # noqa: S704 - the literals are ours, the values are escaped
            self.ngettext(domain, singular, plural, count, **{k: escape(v) for k, v in values.items()})
        )


def fill(found: str, message: str, values: Mapping[str, Any]) -> str:
    """Put values into a text; a translation with a wrong placeholder gives way to the English text."""
    try:
        return str(found) % values
    except (KeyError, TypeError, ValueError):
        return message % values


class Catalogues:
    """All texts of the core and the plugins in all languages."""

    def __init__(self, folders: Mapping[str, Path]) -> None:
        """Take the package folder of each domain."""
        self._folders = {domain: folder / "translations" for domain, folder in folders.items()}
        self._texts = lru_cache(maxsize=None)(self._load)
        self.translator = lru_cache(maxsize=256)(self._translator)

    def _translator(self, code: str, time_zone: str = "Europe/Berlin") -> Translator:
        """Give the translator of a language code; one object for all requests that ask alike."""
        spoken = language(code)
        return Translator(spoken, self._texts(spoken), Formats(spoken.locale, time_zone))

    def _load(self, spoken: Language) -> dict[str, Texts]:
        return {domain: Texts(self._merged(domain, spoken)) for domain in {CORE, *self._folders}}

    def _merged(self, domain: str, spoken: Language) -> Translations:
        """Lay the catalogues over each other: core, core's variant, domain, domain's variant."""
        whole = Translations()
        domains = [one for one in dict.fromkeys((CORE, domain)) if one in self._folders]
        for one in domains:
            for locale in spoken.catalogues:
                part = read_catalogue(self._folders[one] / locale / "LC_MESSAGES" / f"{one}.mo", locale)
                if part is not None:
                    whole.merge(part)
                    # merge() copies texts, but not the rule that chooses among plural forms.
                    whole.plural = part.plural
        return whole


def read_catalogue(compiled: Path, locale: str) -> Translations | None:
    """Read one catalogue; one that was edited since it was compiled is compiled in memory."""
    source = compiled.with_suffix(".po")
    if source.exists() and (not compiled.exists() or compiled.stat().st_mtime < source.stat().st_mtime):
        buffer = BytesIO()
        with source.open("rb") as stream:
            write_mo(buffer, read_po(stream, locale=locale.partition("_")[0]))
        buffer.seek(0)
        return Translations(buffer, compiled.stem)
    if not compiled.exists():
        return None
    with compiled.open("rb") as stream:
        return Translations(stream, compiled.stem)


class _Loaded:
    """What the process speaks; one application a process has one set of catalogues."""

    catalogues = Catalogues({})


def load_catalogues(folders: Mapping[str, Path]) -> Catalogues:
    """Take the package folder of each domain; each catalogue is read when its language is first asked for."""
    _Loaded.catalogues = Catalogues(folders)
    return _Loaded.catalogues


def translator(code: str, time_zone: str = "Europe/Berlin") -> Translator:
    """Give the translator of a language code; the same object for all who ask alike."""
    return _Loaded.catalogues.translator(code, time_zone)


_ENGLISH = translator("en")
_current: ContextVar[Translator | None] = ContextVar("translator", default=None)


def use(translator: Translator) -> None:
    """Speak this language from here on, in this request or job."""
    _current.set(translator)
    text.translate.set(translator.look_up)


@contextmanager
def speaking(translator: Translator) -> Iterator[Translator]:
    """Speak a language for a while, such as that of a mail's reader."""
    before, told = _current.set(translator), text.translate.set(translator.look_up)
    try:
        yield translator
    finally:
        text.translate.reset(told)
        _current.reset(before)


def current() -> Translator:
    """Give the translator in use; English outside requests and jobs."""
    return _current.get() or _ENGLISH


def dgettext(domain: str, message: str, **values: Any) -> str:
    """Translate into the language in use; extraction finds the second literal by the function's name."""
    return current().gettext(domain, message, **values)


def dngettext(domain: str, singular: str, plural: str, count: int, **values: Any) -> str:
    """Translate for a count into the language in use; ``%(num)s`` is the count as people write it."""
    return current().ngettext(domain, singular, plural, count, **values)


def init_babel(app: Flask) -> Babel:
    """Let Flask-Babel speak the request's language too, for plugins that call its own functions."""
    return Babel(
        app,
        locale_selector=lambda: current().spoken.locale,
        timezone_selector=lambda: current().formats.zone.key,
    )
