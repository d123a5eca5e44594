"""The newsletter as a plugin: what it declares, each hook in one place."""

from baukasten.plugin import Area, Manifest, ModuleKind, Mount, Permission, hookimpl, lazy
from baukasten_newsletter import keys, views_list
from baukasten_newsletter.people import service as people_service
from baukasten_newsletter.routes import routes, site

_ = lazy("newsletter")

# Importing a module registers its routes or tables; what nobody else imports stands here.
PARTS = (people_service, views_list)

manifest = Manifest(
    name="newsletter",
    title="Newsletter",
    version="0.1.0",
    core=">=0.1,<1",
    description=_("Letters and digests to people who subscribed"),
    icon="mail",
    migrations="migrations",
)


@hookimpl
def register_permissions() -> list[Permission]:
    """Subscribing is for everybody, writing for staff, sending and addresses for administrators."""
    return list(keys.PERMISSIONS)


@hookimpl
def register_module_kinds() -> list[ModuleKind]:
    """A list with its topics; a town may place several."""
    return [
        ModuleKind(
            key=keys.KIND,
            title=_("Newsletter"),
            description=_("The town writes to people who subscribed, and tells them what is new."),
            icon="mail",
            routes=routes,
        )
    ]


@hookimpl
def register_blueprints() -> list[Mount]:
    """The pages behind signed links."""
    return [Mount(Area.SITE, site)]
