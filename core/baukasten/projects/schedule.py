"""Setting a project's phases: what runs when, and which features it opens."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import delete

from baukasten import clock
from baukasten.audit import service as audit
from baukasten.db.session import Scope
from baukasten.errors import Invalid
from baukasten.plugin.contract import Contract
from baukasten.plugin.refs import MemberRef
from baukasten.plugin.text import lazy
from baukasten.plugin.validity import is_usable
from baukasten.projects.models import Phase, Project
from baukasten.projects.phases import feature_key
from baukasten.projects.service import LINE, TITLE, load

_ = lazy("core")
MOST = 12


@dataclass(frozen=True, slots=True)
class PhaseDraft:
    """What staff enter for a phase; both moments aware, ``ends_at`` is the first that no longer belongs to it."""

    title: str
    starts_at: dt.datetime
    ends_at: dt.datetime
    note: str = ""
    features: Sequence[str] = ()


def set_phases(
    session: Scope, actor: MemberRef | None, project_id: int, drafts: Sequence[PhaseDraft]
) -> None:
    """Replace a project's phases by these, in their order; they may touch but not overlap.

    Raises NotFound, and Invalid whose fields are ``title-0``, ``ends-1`` and so on, counted from nought.
    """
    project = load(session, project_id)
    _check(session.contract, drafts)
    session.execute(delete(Phase).where(Phase.project_id == project_id))
    session.add_all(
        Phase(
            project_id=project_id,
            position=position,
            title=draft.title.strip(),
            note=draft.note.strip(),
            starts_at=draft.starts_at,
            ends_at=draft.ends_at,
            features=sorted(set(draft.features)),
        )
        for position, draft in enumerate(drafts)
    )
    _derive(project, drafts)
    session.flush()
    audit.record(session, actor, "projects.phases.set", f"project:{project_id}", phases=len(drafts))


def features(contract: Contract, active: frozenset[str]) -> Mapping[str, str]:
    """Give what phases can open where these plugins are active: titles by feature key."""
    kinds = (answer for answer in contract.registry.kinds.values() if is_usable(answer.plugin, active))
    return {
        feature_key(answer.value, feature): f"{answer.value.title}: {feature.title}"
        for answer in kinds
        for feature in answer.value.features
    }


def _derive(project: Project, drafts: Sequence[PhaseDraft]) -> None:
    project.starts_at = drafts[0].starts_at if drafts else None
    project.ends_at = drafts[-1].ends_at if drafts else None
    project.changed_at = clock.now()


def _check(contract: Contract, drafts: Sequence[PhaseDraft]) -> None:
    wrong: dict[str, object] = {}
    if len(drafts) > MOST:
        wrong[""] = _("A project has at most twelve phases.")
    kinds = contract.registry.kinds.values()
    known = {feature_key(answer.value, one) for answer in kinds for one in answer.value.features}
    before: PhaseDraft | None = None
    for position, draft in enumerate(drafts):
        wrong |= {f"{field}-{position}": message for field, message in _faults(draft, before).items()}
        if not known.issuperset(draft.features):
            wrong[f"features-{position}"] = _("No module on this platform offers this.")
        before = draft
    if wrong:
        raise Invalid(wrong)


def _faults(draft: PhaseDraft, before: PhaseDraft | None) -> dict[str, object]:
    faults: dict[str, object] = {}
    if not draft.title.strip():
        faults["title"] = _("Please give the phase a title.")
    if len(draft.title) > TITLE:
        faults["title"] = _("This is too long.")
    if len(draft.note) > LINE:
        faults["note"] = _("This is too long.")
    if draft.ends_at <= draft.starts_at:
        faults["ends"] = _("A phase ends after it begins.")
    if before is not None and draft.starts_at < before.ends_at:
        faults["starts"] = _("This phase begins before the one above ends.")
    return faults
