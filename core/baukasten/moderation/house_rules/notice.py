"""The rules beside the form of whoever has not contributed under them yet; nothing for all others."""

from markupsafe import Markup

from baukasten.moderation.house_rules import service
from baukasten.moderation.house_rules.service import Rules
from baukasten.web.here import Here, here
from baukasten.web.platform import platform
from baukasten.web.templating import part


def rules_notice() -> Markup:
    """Give an open panel with the rules for a member who has not seen the version in force; views only.

    Pages with a form for a contribution call it above the form, outside of what is kept for several readers.
    """
    place = here()
    if place.member is None:
        return Markup("")
    rules = _in_force(place)
    seen = _seen(place, place.member.id)
    if seen >= rules.version:
        return Markup("")
    return part("moderation/rules_notice.html", rules=rules, again=seen >= 0 and bool(rules.changes))


def _in_force(place: Here) -> Rules:
    key = ("moderation", "rules", place.language)
    return platform().memo.get(place.tenant.id, key, lambda: service.current(place.session))


def _seen(place: Here, member_id: int) -> int:
    """Ask once a generation: a contribution, which is what makes rules seen, begins the next one."""
    known: dict[int, int] = platform().memo.get(place.tenant.id, ("moderation", "rules seen"), dict)
    if member_id not in known:
        known[member_id] = service.seen_by(place.session, member_id)
    return known[member_id]
