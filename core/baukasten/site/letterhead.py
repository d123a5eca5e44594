"""What a town's letters are written on: its name, addresses, crest and colours, known without a request."""

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

from baukasten.db.session import Scope
from baukasten.errors import NotFound
from baukasten.plugin.refs import TenantRef
from baukasten.tenants import service
from baukasten.web import contrast
from baukasten.web.i18n import Translator, speaking, translator
from baukasten.web.languages import prefix
from baukasten.web.theming import HOUSE, Themes, load_themes

CRESTS = Path(__file__).resolve().parents[1] / "static" / "crests"
COLOURS: Mapping[str, str] = MappingProxyType({
    "action": contrast.ACTION,
    "on_action": contrast.ON_ACTION,
    "paper": contrast.PAPER,
    "surface": contrast.SURFACE,
    "text": contrast.TEXT,
    "muted": contrast.MUTED,
    "line": contrast.BORDER,
    "deep": "--bk-deep",
    "on_deep": "--bk-on-deep",
})  # fmt: skip
"""What letters call the colours of a theme."""


@dataclass(frozen=True, slots=True)
class Letterhead:
    """A town as its letters show it."""

    town: TenantRef
    origin: str
    """Scheme, host and port of the town's own site."""
    crest: str
    """Address of the coat of arms as PNG, since mail programs show no SVG; empty for a town without one."""
    light: Mapping[str, str]
    """The theme's colours as ``#rrggbb`` by the names in ``COLOURS``."""
    dark: Mapping[str, str]
    problems: tuple[str, ...]
    """What cannot be read in the theme's colours."""

    def url(self, path: str, language: str = "") -> str:
        """Give the full address of a path of the town's site, in a language that the site offers."""
        known = language if language in self.town.languages else ""
        return self.origin + (prefix(known, self.town.language) if known else "") + path

    @contextmanager
    def speaking(self, language: str) -> Iterator[Translator]:
        """Speak a language for a while, in the town's time zone."""
        with speaking(translator(language, self.town.time_zone)) as spoken:
            yield spoken


def letterhead(session: Scope) -> Letterhead:
    """Give the letterhead of the session's town; in requests, jobs and commands alike. Raises NotFound."""
    if session.tenant_id is None:
        raise NotFound
    town = service.by_id(session, session.tenant_id)
    origin = session.contract.origin(town.host)
    name = town.theme if town.theme in _themes() else HOUSE
    light, dark, problems = _colours(name)
    return Letterhead(town, origin, _crest(origin, town.crest), light, dark, problems)


@lru_cache(maxsize=1)
def _themes() -> Themes:
    return load_themes()


@lru_cache(maxsize=64)
def _colours(theme: str) -> tuple[Mapping[str, str], Mapping[str, str], tuple[str, ...]]:
    css = _themes().css(theme)
    modes = contrast.modes_of(css)
    return _named(modes["light"]), _named(modes["dark"]), tuple(contrast.check_contrast(css))


def _named(tokens: Mapping[str, str]) -> Mapping[str, str]:
    return MappingProxyType({name: contrast.resolve(tokens, token) for name, token in COLOURS.items()})


@lru_cache(maxsize=256)
def _crest(origin: str, crest: str) -> str:
    """Give the address under which the static files answer, with the file's hash as they make it."""
    file = CRESTS / f"{crest}.png"
    if not crest or not file.is_file():
        return ""
    digest = hashlib.sha256(file.read_bytes()).hexdigest()[:16]
    return f"{origin}/static/{digest}/crests/{crest}.png"
