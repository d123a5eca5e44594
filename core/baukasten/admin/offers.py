"""The plugins that a town may switch on, in plain words."""

from dataclasses import dataclass

from flask import url_for

from baukasten.projects.doors import TONES
from baukasten.tenants import plugins
from baukasten.web.here import Here
from baukasten.web.platform import platform


@dataclass(frozen=True, slots=True)
class Offer:
    """A granted plugin and whether it works here."""

    name: str
    title: str
    text: str
    version: str
    icon: str
    tone: str
    active: bool
    switch_url: str
    kinds: tuple[str, ...]
    """What can be placed once it is on."""


def offers(place: Here) -> list[Offer]:
    """Give the granted plugins that are installed, by title."""
    contract = platform().contract
    granted = plugins.granted(place.session, place.tenant.id)
    found = [_offer(place, name) for name in contract.manager.plugins if name in granted]
    return sorted(found, key=lambda offer: offer.title)


def _offer(place: Here, name: str) -> Offer:
    contract = platform().contract
    manifest = contract.manager.plugins[name].manifest
    active = name in place.plugins
    kinds = [answer.value for answer in contract.registry.kinds.values() if answer.plugin == name]
    icon = manifest.icon or (kinds[0].icon if kinds else "block")
    return Offer(
        name=name,
        title=str(manifest.title),
        text=str(manifest.description),
        version=manifest.version,
        icon=icon,
        tone=TONES.get(icon, ""),
        active=active,
        switch_url=url_for("admin.switch", name=name, wanted="aus" if active else "an"),
        kinds=tuple(str(kind.title) for kind in kinds),
    )
