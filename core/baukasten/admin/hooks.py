"""What the administration declares: who may come, and its pages."""

from baukasten.admin.blueprint import DESK, LOG, MANAGE, SETTINGS, SWITCH
from baukasten.plugin import hookimpl
from baukasten.plugin.declarations import Area, NavItem, Permission
from baukasten.plugin.refs import Role
from baukasten.plugin.text import lazy

_ = lazy("core")


@hookimpl
def register_permissions() -> list[Permission]:
    """Enter the administration, switch plugins, read the log."""
    admins = frozenset({Role.ADMIN})
    return [
        Permission(DESK, _("Enter the administration"), admins | {Role.MODERATOR}, writes=False),
        Permission(SWITCH, _("Switch plugins on and off"), admins, risky=True),
        Permission(LOG, _("Read the log of the town"), admins, writes=False),
    ]


@hookimpl
def register_navigation() -> list[NavItem]:
    """Give the administration's pages in the order of a working day."""
    return [
        NavItem(Area.ADMIN, _("Overview"), "admin.home", DESK, weight=0, icon="home"),
        NavItem(Area.ADMIN, _("Projects"), "admin.projects", MANAGE, weight=10, icon="list"),
        NavItem(Area.ADMIN, _("Modules of the site"), "admin.site", MANAGE, weight=12, icon="block"),
        NavItem(Area.ADMIN, _("Plugins"), "admin.plugins", SWITCH, weight=70, icon="block"),
        NavItem(Area.ADMIN, _("Settings"), "admin.settings", SETTINGS, weight=80, icon="settings"),
        NavItem(Area.ADMIN, _("Log"), "admin.log", LOG, weight=90, icon="book"),
    ]
