"""What the room of members declares: its permissions and its place in the staff's navigation."""

from baukasten.plugin.declarations import Area, NavItem, Permission
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
