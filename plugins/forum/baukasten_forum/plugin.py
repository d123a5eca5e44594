"""The forum as a plugin: what it declares, each hook in one place."""

import datetime as dt
from collections.abc import Sequence

import click
from sqlalchemy.orm import Session

from baukasten.plugin import (
    ActivityItem,
    ContentType,
    DigestSource,
    Event,
    Export,
    Feature,
    Field,
    FieldKind,
    Job,
    Mailbox,
    Manifest,
    ModuleKind,
    NotificationType,
    Permission,
    PersonalDataset,
    ProjectRef,
    SearchSource,
    Stat,
    Tally,
    hookimpl,
    lazy,
)
from baukasten_forum import (
    commands,
    facts,
    judging,
    keys,
    loading,
    mailbox,
    personal,
    receiving,
    recount,
    search,
    seen,
    views_categories,
    views_list,
    views_print,
    views_topic,
)
from baukasten_forum.answers import forms as answer_forms
from baukasten_forum.answers import views as answer_views
from baukasten_forum.answers import views_board, views_weighing
from baukasten_forum.attaching import basket
from baukasten_forum.events import EVENTS, PostsMoved
from baukasten_forum.exporting import offers
from baukasten_forum.following import digests, notices, reactions
from baukasten_forum.following import shown as following_shown
from baukasten_forum.following import views as following_views
from baukasten_forum.plans import views as plan_views
from baukasten_forum.plans import views_remark, views_setup
from baukasten_forum.routes import routes
from baukasten_forum.staff import notices as staff_notices
from baukasten_forum.staff import views as staff_views
from baukasten_forum.staff import views_desk
from baukasten_forum.stages import kinds
from baukasten_forum.steering import views as steering_views
from baukasten_forum.steering import views_topic as steering_topic_views
from baukasten_forum.writing import (
    drafts,
    editing,
    renaming,
    telling,
    views_aids,
    views_drafts,
    views_edit,
    waiting,
)
from baukasten_forum.writing import views as writing_views

_ = lazy("forum")

# Importing a module registers its routes or tables; what nobody else imports stands here.
PARTS = (
    views_categories,
    views_list,
    views_print,
    views_topic,
    following_shown,
    following_views,
    writing_views,
    views_aids,
    views_drafts,
    views_edit,
    steering_views,
    steering_topic_views,
    staff_views,
    views_desk,
    answer_views,
    views_board,
    views_weighing,
    plan_views,
    views_remark,
    views_setup,
)

DISCUSS = frozenset({keys.CREATE, keys.REPLY, keys.EDIT, keys.REACT})

manifest = Manifest(
    name="forum",
    title="Forum",
    version="0.1.0",
    core=">=0.1,<1",
    description=_("Contributions and replies, in a project or on the town's own site"),
    icon="forum",
    migrations="migrations",
)


@hookimpl
def register_permissions() -> list[Permission]:
    """Reading is for everybody, writing for people with an account."""
    return list(keys.PERMISSIONS)


@hookimpl
def register_module_kinds() -> list[ModuleKind]:
    """A forum may be placed many times; phases open the writing in it."""
    return [
        ModuleKind(
            key=keys.KIND,
            title=_("Forum"),
            description=_("People write contributions and reply to each other."),
            icon="forum",
            routes=routes,
            settings=[
                Field(
                    "nested",
                    _("Replies stand under what they reply to"),
                    FieldKind.CHECKBOX,
                    default=False,
                    help=_("One step in, on the same page; else a reply says what it replies to."),
                ),
                Field("intro", _("What this forum is for"), FieldKind.TEXTAREA, default="", max_length=400),
                kinds.SETTING,
                *reactions.SETTINGS,
                basket.FIELD,
                editing.MINUTES,
                answer_forms.SETTING,
            ],
            features=[
                Feature("discuss", _("Write contributions and replies"), DISCUSS),
                Feature("reply", _("Reply to contributions, without new ones"), DISCUSS - {keys.CREATE}),
                Feature("support", _("Support contributions"), frozenset({keys.REACT})),
            ],
            door=facts.door,
            load=loading.load,
            receive=receiving.receive,
        )
    ]


@hookimpl
def register_content_types() -> list[ContentType]:
    """What moderation can hold, let in, hide and bring back."""
    return [*judging.CONTENT_TYPES, *waiting.CONTENT_TYPES]


@hookimpl
def register_search() -> list[SearchSource]:
    """All posts that everybody sees."""
    return list(search.SOURCES)


@hookimpl
def register_notifications() -> list[NotificationType]:
    """Replies to what one wrote."""
    return [*notices.TYPES, *staff_notices.TYPES, *telling.TYPES]


@hookimpl
def register_mailboxes() -> list[Mailbox]:
    """Answers to notices become replies."""
    return list(mailbox.MAILBOXES)


@hookimpl
def register_personal_data() -> list[PersonalDataset]:
    """Who wrote what."""
    return list(personal.DATASETS)


@hookimpl
def register_exports() -> list[Export]:
    """Tables, a paper and the signed archive."""
    return list(offers.EXPORTS)


@hookimpl
def register_jobs() -> list[Job]:
    """What runs outside of requests."""
    return [*recount.JOBS, *notices.JOBS, *drafts.JOBS]


@hookimpl
def register_events() -> list[type[Event]]:
    """What happens here alone."""
    return list(EVENTS)


@hookimpl
def register_commands() -> list[click.Command]:
    """``baukasten forum …``."""
    return [commands.forum]


@hookimpl
def register_tallies() -> list[Tally]:
    """How often topics are read."""
    return list(seen.TALLIES)


@hookimpl
def register_digests() -> list[DigestSource]:
    """What came and moved in forums."""
    return list(digests.SOURCES)


@hookimpl
def list_activity(
    session: Session, project: ProjectRef, since: dt.datetime, limit: int
) -> Sequence[ActivityItem] | None:
    """Tell which topics moved lately."""
    return facts.activity(session, project, since, limit)


@hookimpl
def count_stats(session: Session, project: ProjectRef) -> Sequence[Stat] | None:
    """Count a project's contributions."""
    return facts.stats(session, project)


@hookimpl
def on_event(session: Session, event: Event) -> None:
    """Hear of replies that came into view."""
    if isinstance(event, PostsMoved):
        staff_notices.hear(session, event)
    notices.hear(session, event)
    renaming.hear(session, event)
