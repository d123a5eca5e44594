"""What a measure does to a person's standing, and how it is taken back."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from baukasten import clock
from baukasten.access import members
from baukasten.access.models import Membership
from baukasten.content.text import shorten
from baukasten.db.session import Scope
from baukasten.errors import Conflict, Denied, Invalid
from baukasten.moderation import measures
from baukasten.moderation.models import Decision, Measure
from baukasten.plugin.refs import MemberRef, Standing
from baukasten.plugin.text import lazy

_ = lazy("core")
LEADS_TO = {Measure.FREE: Standing.ACTIVE, Measure.MUTE: Standing.MUTED, Measure.SUSPEND: Standing.SUSPENDED}
"""A warning changes nothing but what is on record."""
SHOWN = "standing"
"""Key of the evidence under which the standing before the measure is kept."""


@dataclass(frozen=True, slots=True)
class Limit:
    """A standing with its reason and its end."""

    standing: Standing
    reason: str
    until: dt.datetime | None

    def values(self) -> dict[str, Any]:
        """Give it as plain JSON."""
        until = self.until.isoformat() if self.until else ""
        return {"standing": str(self.standing), "reason": self.reason, "until": until}


NO_LIMIT = Limit(Standing.ACTIVE, "", None)


def now_of(session: Scope, actor: MemberRef, member_id: int, module_id: int | None = None) -> Limit:
    """Give the standing, everywhere or in a module, of somebody whom the actor may judge; raises Denied, NotFound."""
    row = members.judged(session, actor, member_id)
    return limit_of(row, module_id)


def limit_of(row: Membership, module_id: int | None = None) -> Limit:
    """Give what limits a member everywhere or in a module at this moment."""
    found = _limit(row, module_id)
    return NO_LIMIT if members.standing_of(found.standing, found.until) is Standing.ACTIVE else found


def change(
    session: Scope,
    actor: MemberRef,
    member_id: int,
    measure: Measure,
    *,
    rule: str,
    facts: str,
    until: dt.datetime | None,
    module_id: int | None = None,
) -> None:
    """Put a measure on a person; raises Invalid for an end that the actor may not set, Denied, NotFound."""
    if measure is Measure.WARN:
        return
    reason = shorten(f"{rule} – {facts}" if rule else facts, members.LONGEST_REASON)
    members.set_standing(
        session,
        actor,
        member_id,
        LEADS_TO[measure],
        reason=reason,
        until=until if measure in LASTING else None,
        module_id=module_id,
    )


def take_back(session: Scope, decision: Decision) -> None:
    """Put back the standing from before a measure; raises Conflict where somebody changed it since."""
    measure = Measure(decision.measure)
    if measure is Measure.WARN:
        return
    if decision.subject_id is None:
        raise Conflict
    row = members.get(session, decision.subject_id)
    found = _limit(row, decision.module_id)
    set_by_it = (LEADS_TO[measure], decision.until if measure in LASTING else None)
    if (found.standing, found.until) != set_by_it:
        raise Conflict(_("This can no longer be undone. You can decide anew."))
    before = decision.evidence[SHOWN]
    until = dt.datetime.fromisoformat(before["until"]) if before["until"] else None
    standing = Standing(before["standing"])
    members.restore_standing(
        session, row.id, standing, reason=before["reason"], until=until, module_id=decision.module_id
    )


def _limit(row: Membership, module_id: int | None) -> Limit:
    """Give what stands in a row for the town or for a module, whether its time has passed or not."""
    if module_id is None:
        return Limit(Standing(row.standing), row.standing_reason, row.standing_until)
    kept = row.limits.get(str(module_id))
    if kept is None:
        return NO_LIMIT
    return Limit(Standing(kept["standing"]), kept["reason"], members.until_of(kept))


def check_measure(measure: Measure, until: dt.datetime | None, standing: Standing) -> None:
    """Raise Invalid for a measure that is none against a person, or that has nothing to end or an end too many."""
    if measure not in measures.ON_PERSON:
        raise Denied
    if measure is Measure.FREE and standing is Standing.ACTIVE:
        raise Invalid({"measure": _("Nothing limits this person.")})
    if measure in LASTING and until is not None and until <= clock.now():
        raise Invalid({"until": _("Choose a moment in the future.")})


LASTING = (Measure.MUTE, Measure.SUSPEND)
