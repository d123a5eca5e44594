"""The languages a town can offer, and how the address of a page names one of them."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from baukasten.errors import NotFound

WSGIApp = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

DEFAULT = "de"
ENVIRON_KEY = "baukasten.language"


@dataclass(frozen=True, slots=True)
class Language:
    """One language, or one manner of speaking it."""

    code: str
    """As in the address and in a tenant's list: ``de-simple``."""
    label: str
    """In the language itself, for those who read nothing else."""
    lang: str
    """Value of HTML's ``lang`` (BCP 47)."""
    locale: str
    """Babel's name, for dates and numbers."""
    dir: str = "ltr"
    variant: str = ""
    """Catalogue whose texts replace some of the locale's own: easy words, the familiar form, Low German."""

    @property
    def catalogues(self) -> tuple[str, ...]:
        """Names of the catalogue folders, the one that wins last."""
        return (self.locale, self.variant) if self.variant else (self.locale,)


def _same(code: str, label: str, direction: str = "ltr") -> Language:
    return Language(code, label, code, code, direction)


LANGUAGES: dict[str, Language] = {
    entry.code: entry
    for entry in (
        _same("de", "Deutsch"),
        Language("de-simple", "Leichte Sprache", "de-simple", "de", variant="de_SIMPLE"),
        Language("de-informal", "Deutsch (Du)", "de", "de", variant="de_Informal"),
        _same("en", "English"),
        # German behind it: Babel writes Low German dates only in part, and no reader of it lacks German.
        Language("nds", "Plattdüütsch", "nds", "de", variant="nds"),
        _same("ar", "العربية", "rtl"),
        _same("bg", "Български"),
        _same("da", "Dansk"),
        _same("el", "Ελληνικά"),
        _same("es", "Español"),
        _same("fa", "فارسی", "rtl"),
        _same("fr", "Français"),
        _same("he", "עברית", "rtl"),
        _same("hr", "Hrvatski"),
        _same("it", "Italiano"),
        _same("nl", "Nederlands"),
        _same("pl", "Polski"),
        _same("pt", "Português"),
        _same("ro", "Română"),
        _same("ru", "Русский"),
        _same("sq", "Shqip"),
        _same("tr", "Türkçe"),
        _same("uk", "Українська"),
        _same("vi", "Tiếng Việt"),
    )
}

_FIRST_PART = re.compile(r"/([a-z]{2,3}(?:-[a-z]+)?)(/.*)?", re.DOTALL)


@dataclass(frozen=True, slots=True)
class LanguageLink:
    """The page that is being shown, in one of the languages on offer."""

    code: str
    label: str
    url: str
    current: bool


def language(code: str) -> Language:
    """Give a language by its code; German for a code that nobody knows any more."""
    return LANGUAGES.get(code) or LANGUAGES[DEFAULT]


def prefix(code: str, default: str) -> str:
    """Give what stands before a path in this language: nothing for the town's own."""
    return "" if code == default else f"/{code}"


class LanguagePrefix:
    """Moves the language from the path into the script name, so that ``url_for`` keeps it by itself."""

    def __init__(self, app: WSGIApp) -> None:
        """Stand in front of the application."""
        self._app = app

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Pass the request on, or lead ``/en`` to ``/en/``."""
        # What a client or an outer layer left here must not speak for the path.
        environ.pop(ENVIRON_KEY, None)
        found = _FIRST_PART.fullmatch(environ.get("PATH_INFO", ""))
        if found is None or found[1] not in LANGUAGES:
            return self._app(environ, start_response)
        code, rest = found[1], found[2]
        if rest is None:
            query = environ.get("QUERY_STRING", "")
            target = f"{environ.get('SCRIPT_NAME', '')}/{code}/" + (f"?{query}" if query else "")
            start_response("301 MOVED PERMANENTLY", [("Location", target), ("Content-Length", "0")])
            return ()
        environ["SCRIPT_NAME"] = f"{environ.get('SCRIPT_NAME', '')}/{code}"
        environ["PATH_INFO"] = rest
        environ[ENVIRON_KEY] = code
        return self._app(environ, start_response)


def check_language(
    default: str, offered: Sequence[str], asked: str | None, path: str, query: str = ""
) -> str | None:
    """Judge the language that an address asks for.

    Gives nothing when the page may be shown, or where to lead permanently when the address names the town's
    own language; raises NotFound for one that the town does not offer. ``path`` comes without the prefix.
    """
    if asked is None:
        return None
    if asked == default:
        # "//elsewhere.example" would be another host, and so would a backslash in many browsers.
        safe = "/" + quote(path.lstrip("/\\"), safe="/:@!$&'()*+,;=~-._")
        return f"{safe}?{query}" if query else safe
    if asked not in offered:
        raise NotFound
    return None


def language_links(path: str, offered: Sequence[str], default: str, current: str) -> list[LanguageLink]:
    """Give the same page in every language on offer, in the town's order, its own first."""
    codes = [default, *(code for code in offered if code != default and code in LANGUAGES)]
    return [
        LanguageLink(code, LANGUAGES[code].label, prefix(code, default) + path, code == current)
        for code in codes
        if code in LANGUAGES
    ]


def alternates(base_url: str, path: str, offered: Sequence[str], default: str) -> list[tuple[str, str]]:
    """Give pairs of ``hreflang`` and absolute address, ``x-default`` last; ``base_url`` has no closing slash."""
    pairs: dict[str, str] = {}
    for link in language_links(path, offered, default, default):
        # Two manners of one language share a tag; search engines take one address for each.
        pairs.setdefault(LANGUAGES[link.code].lang, base_url + link.url)
    return [*pairs.items(), ("x-default", base_url + prefix(default, default) + path)]
