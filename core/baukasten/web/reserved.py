"""First parts of a path that belong to the house: no module may be called so."""

from baukasten.errors import Invalid
from baukasten.plugin.text import lazy
from baukasten.web.languages import LANGUAGES

_ = lazy("core")

PLACES = frozenset(
    {
        "beteiligung", "konto", "verwaltung", "betrieb", "api", "static", "theme", "medien", "suche",
        "impressum", "datenschutz", "barrierefreiheit", "regeln", "meldung", "leichte-sprache",
        "gebaerdensprache", "hilfe", "kontakt", "abmelden", "anmelden", "registrieren", "socket.io",
        "robots.txt", "sitemap.xml", "favicon.ico", "manifest.webmanifest", "health", "metrics", "feed",
        "demo", "baukasten", "pruefung", ".well-known",
    }
)  # fmt: skip
"""Paths of the core, those in use and those that a town would be surprised to lose."""

RESERVED = PLACES | frozenset(LANGUAGES)


def refuse_reserved(slug: str, field: str = "slug") -> None:
    """Refuse an address part that the house needs; raises Invalid for the field."""
    if slug.casefold() in RESERVED:
        raise Invalid({field: _("This address is used by the platform itself. Choose another one.")})
