"""How a town runs its moderation: how fast it wants to answer, where two people decide, what it asks of writers."""

from typing import Any

from baukasten.db.session import Scope
from baukasten.plugin.fields import Field, FieldKind, SettingsGroup
from baukasten.plugin.fields import Scope as Level
from baukasten.plugin.text import lazy
from baukasten.tenants import settings

_ = lazy("core")
DESK = "moderation.desk"
TWO = (
    ("hide", _("Hide a contribution")),
    ("remove", _("Remove a contribution")),
    ("mute", _("Mute a person")),
    ("suspend", _("Suspend a person")),
)
STRICTER = {"hide": "remove", "mute": "suspend"}
"""What would lead around the second person, if one of both alone could take it."""
FIELDS = (
    Field(
        "due_hours",
        _("Answer within hours"),
        FieldKind.NUMBER,
        default=24,
        minimum=1,
        maximum=720,
        help=_("Cases that wait longer are marked, and your moderators get one reminder."),
    ),
    Field(
        "second_pair",
        _("Two people decide"),
        FieldKind.CHECKBOXES,
        default=[],
        choices=TWO,
        help=_("One proposes, another confirms. Until then everything stays as it is."),
    ),
)


def group() -> SettingsGroup:
    """Give the group for the settings page."""
    return SettingsGroup(DESK, Level.TENANT, _("Moderation"), FIELDS)


def two(session: Scope) -> frozenset[str]:
    """Name the measures that two people take: those that the town ticked, and the stricter ones beside them."""
    ticked = set(desk(session)["second_pair"])
    return frozenset(ticked | {STRICTER[one] for one in ticked & STRICTER.keys()})


def desk(session: Scope) -> dict[str, Any]:
    """Give the town's values."""
    return settings.read(session, DESK)
