"""The chat as a plugin: what it declares, each hook in one place."""

import datetime as dt

from sqlalchemy.orm import Session

from baukasten.plugin import (
    ActivityItem,
    ContentType,
    DigestSource,
    Draft,
    Event,
    Export,
    Feature,
    Field,
    FieldKind,
    Job,
    LiveNamespace,
    Manifest,
    ModuleKind,
    NotificationType,
    Permission,
    PersonalDataset,
    ProjectRef,
    SearchSource,
    Stat,
    Verdict,
    hookimpl,
    lazy,
)
from baukasten_chat import (
    facts,
    judging,
    keys,
    live,
    loading,
    personal,
    recount,
    rooms,
    search,
    views_message,
    views_room,
    views_since,
    views_wordings,
)
from baukasten_chat.afterwards import amending, exporting, paper
from baukasten_chat.afterwards import views as afterwards_views
from baukasten_chat.hours import digests, views_controls
from baukasten_chat.hours import views as hours_views
from baukasten_chat.keys import Form
from baukasten_chat.limits import delay, holding, wishes
from baukasten_chat.messages import editing, mentions, ruled
from baukasten_chat.questions import pulse, views_desk, views_presenter
from baukasten_chat.questions import views as question_views
from baukasten_chat.questions import wishes as question_wishes
from baukasten_chat.routes import routes
from baukasten_chat.speakers import views as speaker_views

_ = lazy("chat")

# Importing a module registers its routes or tables; what nobody else imports stands here.
PARTS = (
    afterwards_views,
    hours_views,
    question_views,
    speaker_views,
    views_controls,
    views_desk,
    views_message,
    views_presenter,
    views_room,
    views_since,
    views_wordings,
)

TALK = frozenset({keys.SAY, keys.EDIT, keys.REACT})
ASKING = frozenset({keys.ASK, keys.VOTE, keys.EDIT})

manifest = Manifest(
    name="chat",
    title="Chat",
    version="0.1.0",
    core=">=0.1,<1",
    description=_("Live rooms: open conversations, question hours, consultation hours"),
    icon="live",
    migrations="migrations",
)


@hookimpl
def register_permissions() -> list[Permission]:
    """Reading along is for everybody, writing for people with an account."""
    return list(keys.PERMISSIONS)


@hookimpl
def register_module_kinds() -> list[ModuleKind]:
    """A room may be placed many times; phases open the writing in it, its own hours the moment."""
    return [
        ModuleKind(
            key=keys.KIND,
            title=_("Live room"),
            description=_("People talk and ask at the same time, and the town answers."),
            icon="live",
            routes=routes,
            settings=[
                Field(
                    "form",
                    _("What the room is for"),
                    FieldKind.SELECT,
                    default=Form.OPEN.value,
                    choices=[
                        (Form.OPEN.value, _("Open conversation")),
                        (Form.QUESTIONS.value, _("Question hour")),
                        (Form.CONSULTATION.value, _("Consultation hour")),
                    ],
                ),
                Field("intro", _("What this room is for"), FieldKind.TEXTAREA, default="", max_length=400),
                *wishes.FIELDS,
                *question_wishes.FIELDS,
                *editing.FIELDS,
                *live.FIELDS,
            ],
            features=[
                Feature("talk", _("Write messages"), TALK),
                Feature("ask", _("Ask and vote"), ASKING),
                Feature("speak", _("Ask for the floor"), frozenset({keys.SPEAK})),
            ],
            door=facts.door,
            on_place=rooms.place,
            load=loading.load,
        )
    ]


@hookimpl
def register_content_types() -> list[ContentType]:
    """Messages and questions."""
    return list(judging.CONTENT_TYPES)


@hookimpl
def register_search() -> list[SearchSource]:
    """Messages and questions in view."""
    return list(search.SOURCES)


@hookimpl
def register_notifications() -> list[NotificationType]:
    """Being mentioned, and being changed by the moderators."""
    return [*mentions.TYPES, *editing.TYPES]


@hookimpl
def register_personal_data() -> list[PersonalDataset]:
    """What people said, asked, voted for and did for the town."""
    return list(personal.DATASETS)


@hookimpl
def register_jobs() -> list[Job]:
    """Telling who is mentioned, letting in what waited, counting anew at night."""
    return [*mentions.JOBS, *ruled.JOBS, *delay.JOBS, *recount.JOBS, *pulse.JOBS, *paper.JOBS]


@hookimpl
def register_exports() -> list[Export]:
    """Messages, and questions with their answers, as tables."""
    return list(exporting.EXPORTS)


@hookimpl
def register_digests() -> list[DigestSource]:
    """Hours that are coming, and transcripts."""
    return list(digests.SOURCES)


@hookimpl
def register_live() -> list[LiveNamespace]:
    """What goes over sockets."""
    return [live.SPACE]


@hookimpl
def screen_content(session: Session, draft: Draft) -> Verdict | None:
    """Hold what the town wants to look at first in a room."""
    return holding.screen(session, draft)


@hookimpl
def list_activity(
    session: Session, project: ProjectRef, since: dt.datetime, limit: int
) -> list[ActivityItem]:
    """Questions that the town answered lately."""
    return facts.activity(session, project, since, limit)


@hookimpl
def count_stats(session: Session, project: ProjectRef) -> list[Stat]:
    """How much was said, asked and answered."""
    return facts.stats(session, project)


@hookimpl
def on_event(session: Session, event: Event) -> None:
    """Hear of what leaves view: it leaves published transcripts too."""
    amending.hear(session, event)
