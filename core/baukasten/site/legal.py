"""What the legal pages say: the town's own texts, and what the platform knows about itself."""

from dataclasses import dataclass
from typing import Any

from baukasten.content import markdown
from baukasten.content.sanitize import SafeHtml
from baukasten.plugin.declarations import PersonalDataset
from baukasten.privacy import inventory
from baukasten.site.hooks import ACCESSIBILITY, CONTACT, FRONT, LEGAL
from baukasten.tenants import settings
from baukasten.web.here import Here
from baukasten.web.platform import platform


@dataclass(frozen=True, slots=True)
class Texts:
    """One page's texts: the settings as they are, and those written in Markdown as safe HTML."""

    values: dict[str, Any]
    html: dict[str, SafeHtml]


def texts(place: Here, group: str, *written: str) -> Texts:
    """Give a group of settings, kept as long as the town's generation; ``written`` names those in Markdown."""

    def load() -> Texts:
        values = settings.read(place.session, group)
        html = {
            key: markdown.render(str(values[key] or ""), profile=markdown.EDITORIAL, field=key)
            for key in written
        }
        return Texts(values, html)

    return platform().memo.get(place.tenant.id, ("texts", group), load)


def imprint(place: Here) -> Texts:
    """Give who is responsible for the site."""
    return texts(place, LEGAL, "imprint", "privacy")


def accessibility(place: Here) -> Texts:
    """Give the statement that public bodies owe (§ 12b BGG, Directive 2016/2102, Article 7)."""
    return texts(place, ACCESSIBILITY, "barriers")


def contact(place: Here) -> dict[str, Any]:
    """Give how the town is reached."""
    return texts(place, CONTACT).values


def welcome(place: Here) -> str:
    """Give what the front page says while nothing is running."""
    return str(texts(place, FRONT).values["welcome"] or "")


def stored_data(place: Here) -> list[PersonalDataset]:
    """Give what the active parts of the platform store about people here, by their own declarations."""
    return inventory.datasets(place.session)
