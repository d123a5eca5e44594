"""Forms of the staff's pages about members."""

from baukasten.access.members import GIVEN
from baukasten.plugin.fields import Field, FieldKind
from baukasten.plugin.refs import Role, Standing
from baukasten.plugin.text import lazy
from baukasten.web.forms import Form

_ = lazy("core")

ROLES = {
    Role.CITIZEN: _("Citizen"),
    Role.RESIDENT: _("Verified resident"),
    Role.MODERATOR: _("Moderator"),
    Role.ADMIN: _("Administrator"),
}
STANDINGS = {
    Standing.ACTIVE: _("No limits"),
    Standing.MUTED: _("Muted: may read, report and appeal, but not write"),
    Standing.SUSPENDED: _("Suspended: as muted, and without rights of staff"),
}


def roles(action: str, held: frozenset[Role]) -> Form:
    """Ask for a member's roles beside citizen, which everybody is."""
    choices = [(str(role), ROLES[role]) for role in GIVEN if role is not Role.CITIZEN]
    field = Field("roles", _("Beside being a citizen"), FieldKind.CHECKBOXES, choices=choices)
    return Form([field], action, _("Save roles"), {"roles": sorted(held - {Role.CITIZEN})})
