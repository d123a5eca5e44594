"""What the console declares: its permission, its navigation, and the checks of the platform itself."""

from baukasten.plugin import Area, NavItem, Permission, Role, hookimpl
from baukasten.plugin.text import lazy

_ = lazy("core")


@hookimpl
def register_permissions() -> list[Permission]:
    """Everything here is for operators alone."""
    return [Permission("operator.console.use", _("Use the console"), frozenset({Role.OPERATOR}), risky=True)]


@hookimpl
def register_navigation() -> list[NavItem]:
    """Towns, plugins, health."""
    permission = "operator.console.use"
    return [
        NavItem(Area.OPERATOR, _("Towns"), "operator.tenants", permission, 10, "home"),
        NavItem(Area.OPERATOR, _("Modules"), "operator.plugins", permission, 20, "block"),
        NavItem(Area.OPERATOR, _("Health"), "operator.health", permission, 30, "live"),
    ]
