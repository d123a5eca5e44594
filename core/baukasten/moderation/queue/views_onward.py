"""Where the desk goes after a decision: to the next free case, taken at once, with the way to undo beside it."""

from typing import Any

from flask import request, url_for

from baukasten.db.session import Scope
from baukasten.moderation.models import Decision
from baukasten.moderation.queue import claim
from baukasten.moderation.queue.filters import Filters
from baukasten.moderation.queue.views_desk import DONE
from baukasten.plugin.refs import MemberRef


def after(session: Scope, actor: MemberRef, decision: Decision | None, asked: Filters | None = None) -> str:
    """Take the next case of the view that the address names, and give the address to go to; views only.

    The caller commits afterwards. Where nothing waits any more it is the queue.
    """
    asked = asked or Filters.read(request.args)
    done: dict[str, Any] = {DONE: decision.id} if decision is not None else {}
    found = claim.next_case(session, actor, asked, skip=decision.case_id if decision is not None else None)
    if found is None:
        return url_for("moderation.queue", **asked.values(nach=None), **done)
    return url_for("moderation.case", case_id=found, **asked.values(), **done)
