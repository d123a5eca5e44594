"""The lists of a town in its administration: how many people each reaches, and the way to its desk."""

from typing import Any

from flask import Blueprint, redirect, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select

from baukasten.plugin import Area, NavItem, lazy
from baukasten.sdk import Scope, here, may, modules_by_id, render, requires
from baukasten_newsletter import desks
from baukasten_newsletter.digests import gathering
from baukasten_newsletter.keys import SEND, SIZE, IssueKind, IssueState, SubscriptionState
from baukasten_newsletter.models import Issue, Subscription, Topic
from baukasten_newsletter.people import watching

_ = lazy("newsletter")
administration = Blueprint("newsletter_administration", __name__)
NAVIGATION = [
    NavItem(Area.ADMIN, _("Newsletters"), "newsletter_administration.lists", SIZE, weight=14, icon="mail")
]


@administration.get("/")
@requires(SIZE)
def lists() -> ResponseReturnValue:
    """Show the lists of the town."""
    session = here().session
    people, drafts = _people(session), _drafts(session)
    found = modules_by_id(session, people)
    is_other_secret, held_since = watching.look(session)
    return render(
        "newsletter/lists.html",
        title=_("Newsletters"),
        held_since=held_since,
        problem=watching.OTHER_SECRET if is_other_secret else "",
        may_send=may(session, here().member, SEND),
        digests_url=url_for(".digests_go_on"),
        lists=[
            (module, people[module.id], drafts.get(module.id, 0), desks.tabs(module))
            for module in sorted(found.values(), key=lambda one: one.title)
        ],
    )


@administration.post("/zusammenfassungen")
@requires(SEND)
def digests_go_on() -> ResponseReturnValue:
    """Let digests go on that wait for somebody to say so."""
    session = here().session
    gathering.let_go_on(session, here().member)
    session.commit()
    return redirect(url_for(".lists"), 303)


def _people(session: Scope) -> dict[Any, int]:
    """Count who gets something of each list; a list has one topic at least."""
    active = (Subscription.topic_id == Topic.id) & (Subscription.state == SubscriptionState.ACTIVE)
    counted = func.count(Subscription.subscriber_id.distinct())
    query = select(Topic.module_id, counted).outerjoin(Subscription, active).group_by(Topic.module_id)
    return {row[0]: row[1] for row in session.execute(query)}


def _drafts(session: Scope) -> dict[Any, int]:
    """Count the letters of each list that somebody still works on."""
    open_states = (IssueState.DRAFT, IssueState.AWAITING_RELEASE)
    query = select(Issue.module_id, func.count()).where(
        Issue.kind == IssueKind.LETTER, Issue.state.in_(open_states)
    )
    return {row[0]: row[1] for row in session.execute(query.group_by(Issue.module_id))}
