"""What pages show of the town's answers: the newest one on top, the reason of a rejection, figures, staff's links."""

from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup, escape
from sqlalchemy import bindparam, select

from baukasten.plugin import MemberRef, ModuleRef, lazy
from baukasten.sdk import SafeHtml, here, kept_part, may, module_url, remember, translator
from baukasten_forum import listing, mine
from baukasten_forum.keys import ANSWER, PostKind
from baukasten_forum.listing import AnyRow
from baukasten_forum.mine import Fact
from baukasten_forum.reasons import OF_TOPIC, WITH_FIRST
from baukasten_forum.stages.shown import opening
from baukasten_forum.thread import POST

_ = lazy("forum")
NEWEST = (
    select(
        *(POST.c[name] for name in ("number", "body_html", "department", "outcome", "due_on", "created_at", "edits"))
    )
    .select_from(WITH_FIRST)
    .where(POST.c.topic_id == bindparam("topic"), OF_TOPIC)
    .order_by(POST.c.number.desc())
    .limit(1)
)  # fmt: skip


def top(module: ModuleRef, topic: AnyRow, _member: MemberRef | None) -> Markup:
    """Give the newest answer to the topic itself, in full; equal for all."""
    if not topic.answers:
        return Markup("")
    key = ("forum", "answer", module.id, topic.id)
    return kept_part(key, "forum/answers/top.html", lambda: {"answer": _newest(module, topic)})


def _newest(module: ModuleRef, topic: AnyRow) -> dict[str, Any] | None:
    row = here().session.execute(NEWEST, {"topic": topic.id}).one_or_none()
    if row is None:
        return None
    day = translator().date
    return {
        "department": row.department,
        "outcome": row.outcome,
        "html": SafeHtml(row.body_html),
        "iso": row.created_at.isoformat(timespec="seconds"),
        "when": day(row.created_at),
        "due": "" if row.due_on is None else day(row.due_on),
        "number": row.number,
        "url": module_url(module, "post", topic_id=topic.id, number=row.number),
        "edited_url": f"{module_url(module, 'index')}{topic.id}/{row.number}/fassungen" if row.edits else "",
    }


def figures(module: ModuleRef, _member: MemberRef | None) -> Markup:
    """Give above the list how many contributions the town answered, with the way to the board; equal for all."""
    session = here().session
    counts = remember(("forum", "counts", module.id), lambda: listing.counts(session, module.id))
    if not counts.answerable:
        return Markup("")
    values = {"answered": counts.answered, "total": counts.answerable}
    key = ("forum", "answered", module.id, *values.values())
    url = module_url(module, "board")
    return kept_part(key, "forum/answers/figures.html", lambda: {**values, "url": url})


def feet(
    module: ModuleRef, topic: AnyRow, facts: Sequence[Fact], member: MemberRef | None
) -> Mapping[int, Markup]:
    """Give those who speak for the town the way to answer a post, and to correct an answer; no statement."""
    if member is None or not may(here().session, member, ANSWER, module):
        return {}
    if not opening(module, ANSWER, topic).open:
        return {}
    base = f"{escape(module_url(module, 'index'))}{topic.id}/"
    write = mine.link("shield", _("Answer for the town"))
    correct = mine.link("undo", _("Correct or take back"))
    found = {}
    for fact in facts:
        if fact.number and fact.kind == PostKind.POST:
            ask = "" if fact.number == 1 else f"?auf={fact.number}"
            found[fact.id] = mine.filled(write, f"{base}stadt-antwort{ask}", fact.number)
        elif fact.number and fact.kind == PostKind.ANSWER:
            found[fact.id] = mine.filled(correct, f"{base}{fact.number}/stadt-antwort", fact.number)
    return found
