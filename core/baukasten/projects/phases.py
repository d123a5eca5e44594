"""When something is open: phases judge features, and the gate asks them after the permissions."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from baukasten import clock
from baukasten.db.session import Scope
from baukasten.errors import N_, Closed
from baukasten.plugin.contract import Contract
from baukasten.plugin.declarations import Feature, ModuleKind
from baukasten.plugin.refs import ModuleRef
from baukasten.projects import queries
from baukasten.projects.facts import PhaseFacts, Placement
from baukasten.web import i18n, pagecache
from baukasten.web.here import Here, here
from baukasten.web.platform import platform

MOMENT = dt.timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Opening:
    """Whether something is open; ``since`` and ``until`` frame the stretch that runs, else the next, else the last."""

    open: bool
    reason: str = ""
    since: dt.datetime | None = None
    until: dt.datetime | None = None

    def changes_at(self, at: dt.datetime) -> dt.datetime | None:
        """Give the next moment at which the answer may differ; nothing when it will not."""
        following = (moment for moment in (self.since, self.until) if moment is not None and moment > at)
        return min(following, default=None)


ALWAYS = Opening(open=True)
KNOWN = "baukasten.placements"
"""Key of a session's ``info``: what the gate found out about modules, by id."""


def feature_key(kind: ModuleKind, feature: Feature) -> str:
    """Name a feature as phases list it: ``forum.discuss``."""
    return feature.key if feature.key.startswith(f"{kind.key}.") else f"{kind.key}.{feature.key}"


def features_for(contract: Contract, kind: str, permission: str) -> frozenset[str]:
    """Name the features of a kind that wait for a phase before they grant a permission."""
    answer = contract.registry.kinds.get(kind)
    if answer is None:
        return frozenset()
    found = (one for one in answer.value.features if permission in one.permissions)
    return frozenset(feature_key(answer.value, one) for one in found)


def judge(features: frozenset[str], phases: Iterable[PhaseFacts], at: dt.datetime) -> Opening:
    """Tell whether one of the features is open at a moment; phases that touch count as one stretch."""
    stretches = stretches_of(features, phases)
    for since, until in stretches:
        if since <= at < until:
            return Opening(open=True, since=since, until=until)
    for since, until in stretches:
        if since > at:
            reason = i18n.dgettext("core", "This opens on %(day)s.", day=moment_text(since))
            return Opening(open=False, reason=reason, since=since, until=until)
    if stretches:
        since, until = stretches[-1]
        reason = i18n.dgettext("core", "This was open until %(day)s. You can still read everything.",
                              day=end_text(until))  # fmt: skip
        return Opening(open=False, reason=reason, since=since, until=until)
    return Opening(open=False, reason=i18n.dgettext("core", "No phase of this project opens this."))


def judge_module(contract: Contract, placement: Placement, permission: str, at: dt.datetime) -> Opening:
    """Tell whether a permission is open in a placed module; what no feature names is always open."""
    module = placement.module
    features = features_for(contract, module.kind, permission)
    if module.project is None or not features:
        return ALWAYS
    if placement.archived:
        reason = N_("This project is finished. You can still read everything.")
        return Opening(open=False, reason=i18n.dgettext("core", reason))
    return judge(features, placement.phases, at)


def is_open(session: Scope, module: ModuleRef, permission: str, at: dt.datetime | None = None) -> Opening:
    """Ask the tables whether a permission is open in a module; for services and jobs, at most two statements."""
    placement = queries.placement_of(session, module) or Placement(module, public=False)
    return judge_module(session.contract, placement, permission, at or clock.now())


def refusal(session: Scope, module: ModuleRef, permission: str) -> str | None:
    """Give why no current phase opens a permission, or nothing; what the gate knows already is not asked again."""
    if module.project is None or not features_for(session.contract, module.kind, permission):
        return None
    known: dict[int, Placement] = session.info.get(KNOWN, {})
    if module.id not in known:
        return is_open(session, module, permission).reason or None
    return judge_module(session.contract, known[module.id], permission, clock.now()).reason or None


def opening(module: ModuleRef, permission: str) -> Opening:
    """Tell a view whether a permission is open; nothing is asked twice a generation, and kept pages end in time."""
    at = clock.now()
    answer = judge_module(platform().contract, _remembered(here(), module), permission, at)
    changes = answer.changes_at(at)
    if changes is not None:
        pagecache.valid_until(changes)
    return answer


def check_open(place: Here) -> None:
    """Refuse what no current phase opens; the gate's check after the permissions. Raises Closed.

    The policy asked the same through the veto already; this is where a kept page learns how long it is true.
    """
    if place.module is None or place.mark is None or not place.mark.permission:
        return
    answer = opening(place.module, place.mark.permission)
    if not answer.open:
        raise Closed(answer.reason)


def remember(session: Scope, placement: Placement) -> None:
    """Let the rest of the request know what the gate found out about a module."""
    session.info.setdefault(KNOWN, {})[placement.module.id] = placement


def _remembered(place: Here, module: ModuleRef) -> Placement:
    known: dict[int, Placement] = place.session.info.get(KNOWN, {})
    if module.project is None or module.id in known:
        return known.get(module.id, Placement(module, public=False))

    def load() -> Placement:
        return queries.placement_of(place.session, module) or Placement(module, public=False)

    return platform().memo.get(place.tenant.id, ("placement", module.id), load)


def stretches_of(
    features: frozenset[str], phases: Iterable[PhaseFacts]
) -> list[tuple[dt.datetime, dt.datetime]]:
    """Give the stretches in which one of the features is open, in order, with touching phases joined."""
    stretches: list[tuple[dt.datetime, dt.datetime]] = []
    fitting = (phase for phase in phases if not phase.features.isdisjoint(features))
    for phase in sorted(fitting, key=lambda one: one.starts_at):
        if stretches and phase.starts_at <= stretches[-1][1]:
            since, until = stretches.pop()
            stretches.append((since, max(until, phase.ends_at)))
        else:
            stretches.append((phase.starts_at, phase.ends_at))
    return stretches


def current_phase(phases: Sequence[PhaseFacts], at: dt.datetime) -> PhaseFacts | None:
    """Give the phase that runs at a moment."""
    return next((phase for phase in phases if phase.runs_at(at)), None)


def moment_text(moment: dt.datetime) -> str:
    """Write when something begins in the town's zone; the time only where it is not the begin of the day."""
    speaker = i18n.current()
    local = speaker.formats.local(moment)
    return speaker.date(moment) if (local.hour, local.minute) == (0, 0) else speaker.datetime(moment)


def end_text(moment: dt.datetime) -> str:
    """Write until when something lasts: what ends at midnight lasted until the day before."""
    local = i18n.current().formats.local(moment)
    at_midnight = (local.hour, local.minute) == (0, 0)
    return i18n.current().date(moment - MOMENT) if at_midnight else i18n.current().datetime(moment)
