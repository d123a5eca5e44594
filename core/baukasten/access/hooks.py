"""What the room of members declares: its permissions, its place in the navigation, its personal data."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from baukasten.access import members
from baukasten.access.models import Membership
from baukasten.plugin.declarations import PUBLIC_TASK, Area, NavItem, Permission, PersonalDataset
from baukasten.plugin.hookspecs import hookimpl
from baukasten.plugin.refs import Role
from baukasten.plugin.text import lazy

_ = lazy("core")

VIEW, MANAGE, JUDGE = "access.member.view", "access.member.manage", "access.standing.set"
ADMINS, STAFF = frozenset({Role.ADMIN}), frozenset({Role.MODERATOR, Role.ADMIN})


@hookimpl
def register_permissions() -> list[Permission]:
    """Give what staff may do with members."""
    return [
        Permission(VIEW, _("See the members"), STAFF, writes=False),
        Permission(MANAGE, _("Give and take roles"), ADMINS, risky=True),
        Permission(JUDGE, _("Mute and suspend members"), STAFF, risky=True),
    ]


@hookimpl
def register_navigation() -> list[NavItem]:
    """Give the staff's link to the members."""
    return [NavItem(Area.ADMIN, _("Members"), "access.member_list", VIEW, weight=60, icon="person")]


@hookimpl
def register_personal_data() -> list[PersonalDataset]:
    """A membership ties an account to a name, roles and measures in one town."""
    return [
        PersonalDataset(
            key="access.membership",
            title=_("Your membership"),
            purpose=_("To show your name beside your contributions and to know what you may do here."),
            legal_basis=PUBLIC_TASK,
            columns=(
                "membership.account_id",
                "membership.display_name",
                "membership.hidden_name",
                "membership.standing_reason",
                "membership.limits",
            ),
            retention=_("Until you close your account"),
            export=_export,
            erase=members.erase,  # type: ignore[arg-type]  # every session of a job is a Scope
        )
    ]


def _export(session: Session, member_id: int) -> list[dict[str, Any]]:
    query = select(Membership).where(Membership.id == member_id)
    return [
        {
            "name": row.hidden_name or row.display_name,
            "roles": row.roles,
            "joined_at": row.joined_at,
            "standing": row.standing,
            "reason": row.standing_reason,
            "until": row.standing_until,
            "limits": row.limits,
        }
        for row in session.scalars(query)
    ]
