"""What the room of projects declares, and the phases' say in who may do what."""

from baukasten.db.session import Scope
from baukasten.plugin import hookimpl
from baukasten.plugin.declarations import Permission
from baukasten.plugin.digests import DigestSource
from baukasten.plugin.refs import ModuleRef, Role
from baukasten.plugin.text import lazy
from baukasten.projects import digests, phases

_ = lazy("core")


@hookimpl
def register_permissions() -> list[Permission]:
    """Assemble projects; see them before the public does."""
    admins = frozenset({Role.ADMIN})
    return [
        Permission("projects.project.manage", _("Create, assemble and publish projects"), admins, risky=True),
        Permission(
            "projects.draft.view",
            _("See projects and modules before they are public"),
            admins | {Role.MODERATOR},
            writes=False,
        ),
    ]


@hookimpl
def register_digests() -> list[DigestSource]:
    """New projects, what ends soon, results."""
    return [digests.SOURCE]


@hookimpl
def veto_access(session: Scope, permission: str, module: ModuleRef | None) -> str | None:
    """Say when something opens, or that it is over, where no current phase of the project opens it."""
    return None if module is None else phases.refusal(session, module, permission)
