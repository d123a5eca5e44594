"""The newsletter as a plugin: what it declares, each hook in one place."""

import click

from baukasten.plugin import (
    Area,
    Export,
    Job,
    Mailbox,
    Manifest,
    ModuleKind,
    Mount,
    NavItem,
    NotificationType,
    Permission,
    PersonalDataset,
    SearchSource,
    SettingsGroup,
    Tally,
    hookimpl,
    lazy,
)
from baukasten_newsletter import keys, loading, views_admin, views_list
from baukasten_newsletter.digests import days as digest_days
from baukasten_newsletter.digests import gathering, words
from baukasten_newsletter.digests import personal as digest_personal
from baukasten_newsletter.figures import exports as figures_exports
from baukasten_newsletter.figures import views as figures_views
from baukasten_newsletter.letters import (
    archive,
    release,
    trial,
    views_archive,
    views_editor,
    views_issues,
    views_preview,
)
from baukasten_newsletter.people import (
    commands,
    importing,
    mailing,
    personal,
    tidy,
    topics,
    views_people,
    views_person,
    views_topics,
    wishes,
)
from baukasten_newsletter.returns import personal as returns_personal
from baukasten_newsletter.returns import service as returns_service
from baukasten_newsletter.returns import views as returns_views
from baukasten_newsletter.routes import routes, site
from baukasten_newsletter.sending import service as sending_service
from baukasten_newsletter.sending import views as sending_views
from baukasten_newsletter.transfer import exports as transfer_exports
from baukasten_newsletter.transfer import personal as transfer_personal
from baukasten_newsletter.transfer import tidy as transfer_tidy
from baukasten_newsletter.transfer import views as transfer_views

_ = lazy("newsletter")

# Importing a module registers its routes or tables; what nobody else imports stands here.
PARTS = (
    figures_views,
    importing,
    returns_views,
    sending_views,
    transfer_views,
    views_archive,
    views_editor,
    views_issues,
    views_list,
    views_people,
    views_person,
    views_preview,
    views_topics,
    words,
)

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
            settings=[*wishes.FIELDS, *release.FIELDS],
            on_place=topics.place,
            load=loading.load,
        )
    ]


@hookimpl
def register_settings() -> list[SettingsGroup]:
    """What a town sets for all its newsletters."""
    return [*wishes.GROUPS, digest_days.GROUP]


@hookimpl
def register_jobs() -> list[Job]:
    """Asking for confirmations, forgetting, sending."""
    return [
        *mailing.JOBS,
        *tidy.JOBS,
        *sending_service.JOBS,
        *trial.JOBS,
        *gathering.JOBS,
        *transfer_tidy.JOBS,
    ]


@hookimpl
def register_personal_data() -> list[PersonalDataset]:
    """Who subscribed to what, and the proof of it."""
    return [
        *personal.DATASETS,
        *returns_personal.DATASETS,
        *digest_personal.DATASETS,
        *transfer_personal.DATASETS,
    ]


@hookimpl
def register_commands() -> list[click.Command]:
    """What operators do by hand."""
    return [commands.newsletter]


@hookimpl
def register_blueprints() -> list[Mount]:
    """The pages behind signed links, and the lists of a town for its staff."""
    return [Mount(Area.SITE, site), Mount(Area.ADMIN, views_admin.administration)]


@hookimpl
def register_navigation() -> list[NavItem]:
    """The way from the administration to the lists."""
    return list(views_admin.NAVIGATION)


@hookimpl
def register_mailboxes() -> list[Mailbox]:
    """Where other servers report."""
    return returns_service.MAILBOXES


@hookimpl
def register_search() -> list[SearchSource]:
    """Issues that were sent."""
    return list(archive.SOURCES)


@hookimpl
def register_tallies() -> list[Tally]:
    """How often issues were read on the page."""
    return list(archive.TALLIES)


@hookimpl
def register_notifications() -> list[NotificationType]:
    """That a letter waits for a second person, and that it is released."""
    return list(release.TYPES)


@hookimpl
def register_exports() -> list[Export]:
    """Who subscribed, and issues in numbers."""
    return [*transfer_exports.EXPORTS, *figures_exports.EXPORTS]
