"""The page on which staff puts a forum in order: many topics at once, and the way back."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import redirect, request
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from baukasten.plugin import LazyText, ModuleRef, lazy
from baukasten.sdk import (
    Conflict,
    Invalid,
    NotFound,
    Scope,
    here,
    module_url,
    render,
    requires,
    translator,
)
from baukasten_forum import listing, pages
from baukasten_forum.asking import asker
from baukasten_forum.keys import MANAGE
from baukasten_forum.models import Topic
from baukasten_forum.routes import routes
from baukasten_forum.staff import bulk, naming, undoing
from baukasten_forum.staff.models import Operation
from baukasten_forum.staff.views import subjects

_ = lazy("forum")
OPERATION = "<int(min=1, max=9223372036854775807):operation_id>"
DONE: Mapping[str, LazyText] = {
    "merge": _("“%(source)s” was joined with “%(target)s”"),
    "split": _("From “%(source)s” the contribution “%(target)s” was parted"),
    "move": _("Replies were moved from “%(source)s” to “%(target)s”"),
    "sort": _("Contributions were put under another subject"),
}


@dataclass(frozen=True, slots=True)
class Done:
    """What staff did lately, in words."""

    text: str
    when: str
    undo_url: str


@routes.get("/ordnen")
@requires(MANAGE)
def tidy(module: ModuleRef) -> ResponseReturnValue:
    """Show the forum's topics to tick, and what can be taken back."""
    return _page(module)


@routes.post("/ordnen")
@requires(MANAGE)
def tidy_many(module: ModuleRef) -> ResponseReturnValue:
    """Do one thing with all topics that are ticked."""
    session = here().session
    try:
        ids = [int(one) for one in request.form.getlist("topic") if one.isdecimal() and len(one) <= 18]
        bulk.run(session, asker(), module, request.form.get("do", ""), ids, _subject(), _target())
    except (Invalid, NotFound) as error:
        session.rollback()
        words = _("One of the contributions is gone or was joined already. Please look again.")
        return _page(module, error.message if isinstance(error, Invalid) else str(words)), 422
    session.commit()
    return redirect(module_url(module, "tidy"), 303)


@routes.post(f"/ordnen/{OPERATION}/rueckgaengig")
@requires(MANAGE)
def undo(module: ModuleRef, operation_id: int) -> ResponseReturnValue:
    """Take back what was done."""
    session = here().session
    try:
        undoing.undo(session, asker(), module, operation_id)
    except Conflict as error:
        session.rollback()
        return _page(module, error.message), 409
    session.commit()
    return redirect(module_url(module, "tidy"), 303)


def _page(module: ModuleRef, problem: str = "") -> str:
    session = here().session
    sort = listing.SORTS[listing.DEFAULT]
    found = listing.page(session, module.id, sort, after=request.args.get("nach", ""))
    ticked = set(request.form.getlist("topic"))
    return render(
        "forum/staff/desk.html",
        title=str(_("Put in order")),
        crumbs=pages.crumbs(module, (str(_("Put in order")), "")),
        problem=problem,
        lines=[(row, str(row.id) in ticked) for row in found.rows if row.merged_into is None],
        topic_url=module_url(module, "index"),
        older_url=module_url(module, "tidy", nach=found.older) if found.older else "",
        action=module_url(module, "tidy_many"),
        verbs=bulk.VERBS,
        subjects=subjects(module),
        done=_done(session, module),
        letter_url=module_url(module, "letter"),
    )


def _done(session: Scope, module: ModuleRef) -> list[Done]:
    """Put what can be taken back into words; one statement for all titles."""
    operations = undoing.recent(session, module)
    ids = {one.before[end] for one in operations for end in ("source", "target") if end in one.before}
    titles: dict[int, str] = {
        row.id: row.title for row in session.execute(select(Topic.id, Topic.title).where(Topic.id.in_(ids)))
    }
    moment = translator().datetime
    return [
        Done(
            _words(one, titles),
            moment(one.created_at),
            module_url(module, "undo", operation_id=one.id),
        )
        for one in operations
    ]


def _words(operation: Operation, titles: Mapping[int, str]) -> str:
    ends: Sequence[str] = ("source", "target")
    named: dict[str, Any] = {end: titles.get(operation.before.get(end, 0), "") for end in ends}
    return str(DONE[operation.kind]) % named


def _subject() -> int | None:
    asked = request.form.get("category_id", "")
    return int(asked) if asked.isdecimal() and len(asked) <= 18 else None


def _target() -> Callable[[], int]:
    """Read the target only for the verb that needs one."""
    return lambda: naming.topic(request.form.get("target", ""))
