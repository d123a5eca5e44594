"""Profiles: the public face of a member, a name that can be reported and taken out of view."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from baukasten.access import members
from baukasten.access.models import Membership
from baukasten.db.session import Scope
from baukasten.errors import Conflict, NotFound
from baukasten.moderation import cases, kinds
from baukasten.moderation.models import CaseCause
from baukasten.plugin.declarations import ContentType
from baukasten.plugin.events import Event, MemberErased, MemberRenamed
from baukasten.plugin.refs import Content, ContentRef, Visibility
from baukasten.plugin.text import lazy
from baukasten.projects import queries

_ = lazy("core")
KEY = "core.profile"
RENAMED = "renamed"
"""Code of a case: somebody whose name is out of view chose another one."""


@dataclass(frozen=True, slots=True)
class Profile:
    """What everybody may know of a member."""

    id: int
    name: str
    since: dt.datetime
    hidden: bool


def show(session: Scope, member_id: int) -> Profile:
    """Give the profile of a member; raises NotFound, also for one of whom nothing is in public view."""
    row = session.scalar(select(Membership).where(Membership.id == member_id, Membership.display_name != ""))
    if row is None or not in_public(session, member_id):
        raise NotFound
    return Profile(row.id, row.display_name, row.joined_at, bool(row.hidden_name))


def in_public(session: Scope, member_id: int) -> bool:
    """Tell whether everybody sees something that a member wrote.

    Who only reads has no profile: counting through numbers must not tell who is a member of the town.
    """
    for key in kinds.judged_types(session):
        authors = kinds.content_type(session, key).authors
        if authors is None:
            continue
        for _member_id, module_id in authors(session, [member_id]):
            if stands_in_public(session, module_id):
                return True
    return False


def stands_in_public(session: Scope, module_id: int | None) -> bool:
    """Tell whether a module's page is there for everybody; else counting through numbers would read drafts."""
    return module_id is None or module_id in public_modules(session, [module_id])


def public_modules(session: Scope, ids: Iterable[int]) -> set[int]:
    """Give those of some modules whose page is there for everybody; one statement."""
    found = queries.modules_by_id(session, ids).values()
    return {one.id for one in found if one.visible and (one.project is None or one.project.published)}


def find(session: Session, ids: Sequence[int]) -> list[Content]:
    """Give members as what their names are: a contribution of two words. The name out of view is the excerpt."""
    rows = session.scalars(select(Membership).where(Membership.id.in_(ids), Membership.display_name != ""))
    return [
        Content(
            ref=ContentRef(KEY, row.id),
            title=row.display_name,
            excerpt=row.hidden_name or row.display_name,
            path=f"/profil/{row.id}",
            author_id=row.id,
            author_name=row.display_name,
            created_at=row.joined_at,
            visibility=Visibility.HIDDEN if row.hidden_name else Visibility.PUBLISHED,
        )
        for row in rows
    ]


def hide(session: Session, member_id: int) -> None:
    """Show a number in place of a member's name."""
    members.hide_name(cast("Scope", session), member_id)


def restore(session: Session, member_id: int) -> None:
    """Show the member's own name again, or the one it chose meanwhile."""
    members.show_name(cast("Scope", session), member_id)


def never_held(_session: Session, _member_id: int) -> None:
    """Refuse to publish or reject: a name is never held."""
    raise Conflict


def hear(session: Scope, event: Event) -> None:
    """Look at a new name of somebody whose name is out of view; end the case of somebody who has left."""
    if isinstance(event, MemberErased):
        cases.close_of(session, ContentRef(KEY, event.member_id))
    elif isinstance(event, MemberRenamed) and event.chosen:
        ref = ContentRef(KEY, event.member_id)
        content = kinds.find_all(session, [ref]).get(ref)
        if content is not None and content.visibility is Visibility.HIDDEN:
            note = str(_("The person has chosen another name."))
            cases.open_case(session, ref, CaseCause.HELD, code=RENAMED, note=note, content=content)


CONTENT_TYPES = [ContentType(KEY, _("Name of a member"), find, never_held, hide, restore, never_held)]
