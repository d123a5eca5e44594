"""Plans: added, changed and removed by the town; remarks on them by everybody."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import IO, Any

from sqlalchemy import case, func, select, update

from baukasten.plugin import ContentRef, MemberRef, ModuleRef, lazy
from baukasten.sdk import (
    MODULE_MEDIA,
    Conflict,
    Invalid,
    Scope,
    attach,
    normalise,
    record,
    require,
    set_alt,
    store_upload,
)
from baukasten_forum import service
from baukasten_forum.keys import SETUP, TopicKind
from baukasten_forum.models import Plan, Topic
from baukasten_forum.plans import passages, reading
from baukasten_forum.plans.grid import Point
from baukasten_forum.service import Way, Where, Written

_ = lazy("forum")
MAX_TITLE, MAX_DESCRIPTION, MAX_PLACE, MAX_PLANS = 120, 1_000, 200, 50
UNSYNCED = {"synchronize_session": False}


@dataclass(frozen=True, slots=True)
class Spot:
    """What a remark is about: a passage of a text, or a point of a picture and the place in words; or the whole."""

    passage: int | None = None
    point: Point | None = None
    place: str = ""


def add_text(
    session: Scope, actor: MemberRef, module: ModuleRef, *, title: str, description: str, body: str
) -> int:
    """Add a plan as text, cut into numbered passages; gives its id. Raises Denied, Invalid."""
    require(session, actor, SETUP, module)
    values = _checked(title, description)
    body = normalise(body).strip()
    return _add(session, actor, module, kind=reading.TEXT, body=body, passages=_cut(body), **values)


def add_picture(
    session: Scope,
    actor: MemberRef,
    module: ModuleRef,
    *,
    title: str,
    description: str,
    alt: str,
    file: tuple[str, IO[bytes]],
) -> int:
    """Add a plan as picture with words for those who cannot see it; gives its id. Raises Denied, Invalid."""
    require(session, actor, SETUP, module)
    values = _checked(title, description)
    if not alt.strip():
        raise Invalid({"alt": _("Say what the plan shows, so that everybody can remark on it.")})
    media = store_upload(session, actor, *file)
    if media.kind != "picture":
        raise Invalid({"files": _("Choose a picture: JPEG, PNG, WebP, GIF or HEIC.")})
    set_alt(session, actor, media.id, alt)
    attach(session, actor, [media.id], ContentRef(MODULE_MEDIA, module.id))
    return _add(session, actor, module, kind=reading.PICTURE, media_id=media.id, **values)


def change(
    session: Scope,
    actor: MemberRef,
    module: ModuleRef,
    plan_id: int,
    *,
    title: str,
    description: str,
    body: str = "",
    seen: str = "",
) -> None:
    """Change what a plan is called and says. Remarks go with their passage, and keep the words that they quote.

    A remark whose passage has gone is then one on the whole plan. Raises NotFound, Denied, Invalid, and Conflict
    where somebody changed the text since it was shown.
    """
    require(session, actor, SETUP, module)
    session.execute(select(Plan.id).where(Plan.id == plan_id).with_for_update())
    row = reading.find(session, module, plan_id)
    values: dict[str, Any] = dict(_checked(title, description))
    if row.kind == reading.TEXT:
        if seen != version(row):
            raise Conflict(_("A colleague changed this plan in the meantime. Your text is still here."))
        text = normalise(body).strip()
        values |= {"body": text, "passages": _cut(text)}
        _carry(session, plan_id, row.passages, values["passages"])
    session.execute(update(Plan).where(Plan.id == plan_id).values(values), execution_options=UNSYNCED)
    session.flush()
    record(session, actor, "forum.plan.change", f"plan:{plan_id}")


def delete(session: Scope, actor: MemberRef, module: ModuleRef, plan_id: int) -> None:
    """Remove a plan on which nobody remarked. Raises NotFound, Denied, and Conflict where there are remarks."""
    require(session, actor, SETUP, module)
    reading.find(session, module, plan_id)
    session.execute(select(Plan.id).where(Plan.id == plan_id).with_for_update())
    if session.scalar(select(func.count()).where(Topic.plan_id == plan_id)):
        raise Conflict(_("There are remarks on this plan, so it stays."))
    session.execute(reading.PLAN.delete().where(reading.PLAN.c.id == plan_id))
    session.written = True
    record(session, actor, "forum.plan.delete", f"plan:{plan_id}")


def version(row: Any) -> str:
    """Give what tells whether a plan's text is still the one that was shown."""
    return hashlib.sha256(row.body.encode()).hexdigest()[:16]


def remark(
    session: Scope,
    actor: MemberRef,
    module: ModuleRef,
    plan_id: int,
    *,
    texts: tuple[str, str],
    spot: Spot,
    nonce: str = "",
) -> Written:
    """Begin a topic with title and text about a spot on a plan.

    Raises what ``service.open_topic`` raises, and NotFound for a plan that is not there.
    """
    row = reading.find(session, module, plan_id)
    where = _where(row, spot)
    title = service.checked_title(texts[0])
    about = service.About(title, TopicKind.REMARK, where=where)
    return service.begin(session, actor, module, about, texts[1], Way(nonce))


def _where(row: Any, spot: Spot) -> Where:
    if row.kind == reading.TEXT:
        number = spot.passage
        if number is not None and not 1 <= number <= len(row.passages):
            raise Invalid({"passage": _("The plan has no such passage.")})
        return Where(row.id, number, place=passages.quote(row.passages[number - 1]) if number else "")
    place = " ".join(normalise(spot.place).split())
    if spot.point is None and not place:
        raise Invalid({"field": _("Choose a field, or say in words where it is.")})
    if len(place) > MAX_PLACE:
        raise Invalid({"place": _("Please use at most 200 characters.")})
    x, y = (spot.point.x, spot.point.y) if spot.point else (None, None)
    return Where(row.id, x=x, y=y, place=place)


def _carry(session: Scope, plan_id: int, before: list[str], after: list[str]) -> None:
    """Let remarks point to where their passage is now."""
    if before == after:
        return
    numbers: Mapping[int, int] = passages.moved(before, after)
    new = {old: numbers.get(old) for old in range(1, len(before) + 1) if numbers.get(old) != old}
    if new:
        moved = update(Topic).where(Topic.plan_id == plan_id, Topic.passage.in_(new))
        session.execute(
            moved.values(passage=case(new, value=Topic.passage, else_=Topic.passage)),
            execution_options=UNSYNCED,
        )


def _add(session: Scope, actor: MemberRef, module: ModuleRef, **values: Any) -> int:
    known = session.scalars(select(Plan.position).where(Plan.module_id == module.id)).all()
    if len(known) >= MAX_PLANS:
        raise Invalid({"title": _("A forum has at most 50 plans. Please remove one first.")})
    plan = Plan(module_id=module.id, position=max(known, default=0) + 1, **values)
    session.add(plan)
    session.flush()
    record(session, actor, "forum.plan.add", f"plan:{plan.id}", kind=plan.kind)
    return plan.id


def _checked(title: str, description: str) -> dict[str, str]:
    title, description = " ".join(normalise(title).split()), normalise(description).strip()
    errors: dict[str, object] = {}
    if not title or len(title) > MAX_TITLE:
        errors["title"] = _("Please give a title of at most 120 characters.")
    if len(description) > MAX_DESCRIPTION:
        errors["description"] = _("Please use at most 1,000 characters.")
    if errors:
        raise Invalid(errors)
    return {"title": title, "description": description}


def _cut(body: str) -> list[str]:
    found = passages.passages(body) if body else []
    if not found:
        raise Invalid({"body": _("Please write something.")})
    return found
