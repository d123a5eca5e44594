"""What stands beside contributions: shown with them, added where their kind allows it, and gone when they are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup
from sqlalchemy.orm import Session

from baukasten.access.policy import READING, active, may
from baukasten.db.session import Scope
from baukasten.errors import NotFound
from baukasten.moderation import kinds
from baukasten.plugin.companions import Companion
from baukasten.plugin.hooks import Answer
from baukasten.plugin.refs import Content, ContentRef, MemberRef, ModuleRef
from baukasten.plugin.validity import is_usable
from baukasten.projects.queries import module_by_id

WHAT = "register_companions.show"
PREVIEW = "projects.draft.view"


@dataclass(frozen=True, slots=True)
class Offer:
    """A way to put something beside a contribution."""

    words: str
    icon: str
    url: str


def companions_of(
    session: Scope, module: ModuleRef, member: MemberRef | None, refs: Sequence[ContentRef]
) -> Mapping[ContentRef, Markup]:
    """Give what stands beside some contributions of a module, in the order of the companions' keys; views only.

    A companion that fails is left out and shown to the operator, like a hook.
    """
    declared = _here(session) if refs else []
    if not declared:
        return {}
    reading = bool(session.info.get(READING))
    hooks = session.contract.manager.at(session.tenant_id or 0, active(session), reading=reading)
    found: dict[ContentRef, Markup] = {}
    for one in declared:
        given = hooks.run(one, WHAT, _checked, session, one.value, module, member, refs, patient=False)
        for ref, html in given.value.items() if given is not None else ():
            found[ref] = found.get(ref, Markup("")) + html
    return found


def companion_offers(session: Scope, module: ModuleRef, member: MemberRef, ref: ContentRef) -> list[Offer]:
    """Give what a member may put beside a contribution that allows it; no statement; views only."""
    return [
        Offer(one.value.add, one.value.icon, one.value.add_url(ref))
        for one in _here(session)
        if may(session, member, one.value.permission, module)
    ]


def accompanied(session: Scope, member: MemberRef, ref: ContentRef) -> Content:
    """Give a contribution to which a member may add a companion now; raises NotFound for all others."""
    accompany = kinds.content_type(session, ref.type).accompany
    content = kinds.find(session, ref)
    if accompany is None or not accompany(session, member, ref.id):
        raise NotFound
    return content


def content_in_view(session: Scope, member: MemberRef | None, ref: ContentRef) -> Content:
    """Give a contribution that a member, or a guest, can read where it stands; raises NotFound for all others."""
    content = kinds.find(session, ref)
    module = module_by_id(session, content.module_id) if content.module_id is not None else None
    if content.visibility not in kinds.IN_VIEW or not content.is_reachable:
        raise NotFound
    if module is not None and not module.public and not may(session, member, PREVIEW, module):
        raise NotFound
    return content


def forget_companions(session: Session, refs: Sequence[ContentRef]) -> None:
    """Delete what stands beside contributions that are gone for good; in the caller's transaction."""
    for one in _all(session):
        one.value.forget(session, refs)


def companions_follow(session: Session, refs: Sequence[ContentRef]) -> None:
    """Tell companions that contributions were carried elsewhere; in the caller's transaction, once they are there."""
    for one in _all(session):
        one.value.follow(session, refs)


def _checked(
    session: Session,
    companion: Companion,
    module: ModuleRef,
    member: MemberRef | None,
    refs: Sequence[ContentRef],
) -> dict[ContentRef, Markup]:
    """Ask a companion; raises TypeError where it gives anything but safe HTML by contribution."""
    wanted, given = set(refs), dict(companion.show(session, module, member, refs))
    for ref, html in given.items():
        if ref not in wanted or not isinstance(html, Markup):
            raise TypeError(f"{companion.key} gave {html!r} for {ref!r}")
    return given


def _here(session: Scope) -> list[Answer[Companion]]:
    declared = _all(session)
    return [one for one in declared if is_usable(one.plugin, active(session))] if declared else []


def _all(session: Any) -> list[Answer[Companion]]:
    return list(session.contract.registry.companions.values())
