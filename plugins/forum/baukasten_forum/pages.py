"""What the templates show: rows turned into words and addresses, with everything slow done once a page."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from baukasten.plugin import ModuleRef, Outcome, Visibility, lazy
from baukasten.sdk import (
    Opening,
    clock,
    days_between,
    module_url,
    next_midnight,
    site_url,
    translator,
    valid_until,
)
from baukasten_forum.keys import TopicKind, TopicState
from baukasten_forum.listing import AnyRow
from baukasten_forum.stages import kinds

_ = lazy("forum")
TONES = 4
WEB = ("https://", "http://")


@dataclass(frozen=True, slots=True)
class Line:
    """A topic in the list."""

    id: int
    url: str
    title: str
    author: str
    kind: str
    label: str
    """The word for its kind, or empty where all are alike."""
    solved: bool
    """A question with an answer that the asker or the staff named."""
    subject: str
    supports: int | None
    """None where this forum does not count them for this kind of topic."""
    replies: int
    when: str
    last_by: str
    state: str
    answered: bool
    closed: bool
    """Nobody writes here any more, while others may still be open."""
    pinned: bool
    merged: str
    """The title of the topic where everything went."""
    why: str
    """What a search found in it."""


@dataclass(frozen=True, slots=True)
class Heading:
    """What the page of a topic says about it as a whole."""

    id: int
    title: str
    label: str
    replies: int
    began: str
    last: str
    state: str
    held: bool


def lines(
    module: ModuleRef,
    rows: Iterable[AnyRow],
    subjects: Mapping[int, str],
    why: Mapping[int, str] | None = None,
) -> list[Line]:
    """Give the rows of a list as the template shows them; ``subjects`` are the titles of categories."""
    base = module_url(module, "index")
    day = translator().date
    by, imported, gone = str(_("by")), str(_("taken over")), str(_("former member"))
    counts = supported(module)
    labels = {kind: kinds.label(module, kind) for kind in TopicKind}
    why = why or {}
    return [
        Line(
            id=row.id,
            url=f"{base}{row.id}-{row.slug}",
            title=row.title,
            author=f"{by} {row.author or row.byline or gone}" if not _nameless(row) else imported,
            kind=row.kind,
            label=labels[row.kind],
            solved=row.kind == TopicKind.QUESTION and row.accepted_number is not None,
            subject=subjects.get(row.category_id, ""),
            supports=row.supports if row.kind in counts else None,
            replies=row.replies,
            when=day(row.last_post_at),
            last_by=f"{by} {row.last_author or row.last_byline or gone}" if row.replies else "",
            state="" if row.outcome == Outcome.OPEN else row.outcome,
            answered=row.answers > 0,
            closed=row.state != TopicState.OPEN,
            pinned=row.pinned_at is not None,
            merged=row.merged_title or "",
            why=why.get(row.id, ""),
        )
        for row in rows
    ]


def supported(module: ModuleRef) -> frozenset[str]:
    """Give the kinds of topic whose supports this forum counts, as it is set up."""
    setting = module.settings.get("support", "ideas")
    return {"ideas": frozenset({TopicKind.IDEA.value}), "all": frozenset(TopicKind)}.get(setting, frozenset())


def _nameless(row: AnyRow) -> bool:
    """Tell whether a topic was taken over from a system that did not tell who wrote it."""
    return row.external_id is not None and not (row.author or row.byline)


def heading(topic: AnyRow, module: ModuleRef | None = None) -> Heading:
    """Give what stands above and beside a topic's posts; with its forum, also the word for its kind."""
    speaker = translator()
    return Heading(
        id=topic.id,
        title=topic.title,
        label=kinds.label(module, topic.kind) if module else "",
        replies=topic.replies,
        began=speaker.date(topic.created_at),
        last=speaker.date(topic.last_post_at) if topic.replies else "",
        state="" if topic.outcome == Outcome.OPEN else topic.outcome,
        held=topic.visibility == Visibility.HELD,
    )


def crumbs(module: ModuleRef, *further: tuple[str, str]) -> list[tuple[str, str]]:
    """Give the way from the front page to this one."""
    way = [(str(_("Start")), site_url("/"))]
    if module.project is not None:
        way.append((module.project.title, site_url(f"/beteiligung/{module.project.slug}/")))
    return [*way, (module.title, module_url(module, "index")), *further]


def days_left(opening: Opening) -> int | None:
    """Count the days that writing stays open after today, as the project's page does; at most kept for the day."""
    if not opening.open or opening.until is None:
        return None
    now, zone = clock.now(), translator().formats.zone
    valid_until(min(opening.until, next_midnight(now, zone)))
    return days_between(opening.until, now, zone)
