"""What other pages show of plans: the way to them above the list, and what a remark is about."""

from typing import Any

from markupsafe import Markup

from baukasten.plugin import MemberRef, ModuleRef, lazy
from baukasten.sdk import here, kept_part, module_url
from baukasten_forum.listing import AnyRow
from baukasten_forum.plans import reading
from baukasten_forum.plans.grid import Point

_ = lazy("forum")


def above(module: ModuleRef, _member: MemberRef | None) -> Markup:
    """Give the way from the list to the plans, where there are any; equal for all."""
    known = reading.kept(module)
    if not known:
        return Markup("")

    def load() -> dict[str, Any]:
        return {"plans": [(one, module_url(module, "plan", plan_id=one.id)) for one in known]}

    return kept_part(("forum", "plans", module.id), "forum/plans/above.html", load)


def about(module: ModuleRef, topic: AnyRow, _member: MemberRef | None) -> Markup:
    """Give above a remark what it is about; equal for all."""
    if topic.plan_id is None:
        return Markup("")
    key = ("forum", "about", module.id, topic.id)
    return kept_part(key, "forum/plans/about.html", lambda: _about(module, topic))


def place_text(topic: AnyRow) -> str:
    """Say where on a picture a remark belongs: the field, and the author's words."""
    field = "" if topic.x is None or topic.y is None else Point(topic.x, topic.y).field
    said = str(_("field %(field)s")) % {"field": field} if field else ""
    return ", ".join(filter(None, (said, topic.place)))


def _about(module: ModuleRef, topic: AnyRow) -> dict[str, Any]:
    row = reading.find(here().session, module, topic.plan_id)
    url = module_url(module, "plan", plan_id=row.id)
    is_text = row.kind == reading.TEXT
    return {
        "title": row.title,
        "url": f"{url}#p-{topic.passage}" if topic.passage else url,
        "passage": topic.passage,
        "quoted": topic.place if is_text else "",
        "place": "" if is_text else place_text(topic),
    }
