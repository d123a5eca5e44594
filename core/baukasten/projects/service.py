"""Creating and changing projects: what they are about, never when or with what."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from baukasten import clock, ids
from baukasten.audit import service as audit
from baukasten.content import markdown
from baukasten.db.session import Scope
from baukasten.errors import Invalid, NotFound
from baukasten.plugin.refs import MemberRef, ProjectRef
from baukasten.plugin.text import lazy
from baukasten.projects.models import DRAFT, Project

_ = lazy("core")

PICTURES = (
    ("harbour", _("Harbour")),
    ("square", _("Square")),
    ("playground", _("Playground")),
    ("school", _("School")),
    ("bus", _("Bus stop")),
    ("bench", _("Bench")),
    ("evening", _("Evening")),
    ("heating", _("Heating")),
)
"""Drawn pictures of the look, for towns without photos."""
TITLE, QUESTION, SUMMARY, LINE, TEXT = 120, 200, 400, 200, 2_000
"""Most characters of a title, a question, a summary, a line of a list, a short text."""
LINES = 12


@dataclass(frozen=True, slots=True)
class ProjectDraft:
    """What staff write about a project; ``description`` is Markdown, an empty slug follows from the title."""

    title: str
    slug: str = ""
    question: str = ""
    summary: str = ""
    description: str = ""
    can_influence: Sequence[str] = ()
    fixed: Sequence[str] = ()
    place: str = ""
    contact: str = ""
    decides: str = ""
    result: str = ""
    picture: str = "harbour"


def create_project(session: Scope, actor: MemberRef | None, draft: ProjectDraft) -> ProjectRef:
    """Begin a project as a draft that only staff can see; raises Invalid naming each wrong field."""
    _check(draft)
    project = Project(state=DRAFT)
    _write(session, project, draft)
    audit.record(session, actor, "projects.project.create", f"project:{project.id}", slug=project.slug)
    return ref_of(project)


def change_project(
    session: Scope, actor: MemberRef | None, project_id: int, draft: ProjectDraft, *, seen: str = ""
) -> ProjectRef:
    """Change what a project is about; raises NotFound, Invalid.

    The address of a project that was published stays, since people have kept it. ``seen`` is the state that the
    draft began from, as ``state_of`` gives it: nobody overwrites what a colleague saved meanwhile.
    """
    project = load(session, project_id)
    if seen and seen != state_of(project.changed_at):
        raise Invalid(
            message=_(
                "Somebody else has changed this project meanwhile. Open it in a second window, "
                "compare, and save your changes there."
            )
        )
    _check(draft)
    if project.state != DRAFT and draft.slug and draft.slug != project.slug:
        raise Invalid({"slug": _("This project is public; its address can no longer change.")})
    before = _texts(project)
    _write(session, project, draft)
    changed = sorted(key for key, value in _texts(project).items() if before[key] != value)
    if changed:
        audit.record(session, actor, "projects.project.change", f"project:{project.id}", fields=changed)
    return ref_of(project)


def state_of(changed_at: dt.datetime) -> str:
    """Write down the state of a project for a form that may come back much later."""
    return changed_at.astimezone(dt.UTC).isoformat()


def load(session: Scope, project_id: int) -> Project:
    """Give the row of a project for changing it, locked until the transaction ends; raises NotFound."""
    project = session.scalar(select(Project).where(Project.id == project_id).with_for_update())
    if project is None:
        raise NotFound
    return project


def ref_of(project: Project) -> ProjectRef:
    """Give the frozen description of a project."""
    return ProjectRef(project.id, project.slug, project.title, project.state != DRAFT)


def _check(draft: ProjectDraft) -> None:
    wrong: dict[str, object] = {}
    if not draft.title.strip():
        wrong["title"] = _("Please give the project a title.")
    if draft.slug and draft.slug != ids.slug(draft.slug):
        wrong["slug"] = _("An address has small letters, digits and hyphens only.")
    limits = {"title": TITLE, "question": QUESTION, "summary": SUMMARY, "place": LINE}
    limits |= {"contact": TEXT, "decides": TEXT, "result": TEXT}
    for key, most in limits.items():
        if len(getattr(draft, key)) > most:
            wrong[key] = _("This is too long.")
    for key in ("can_influence", "fixed"):
        lines = getattr(draft, key)
        if len(lines) > LINES or any(len(line) > LINE for line in lines):
            wrong[key] = _("At most twelve lines of 200 characters each.")
    if draft.picture not in dict(PICTURES):
        wrong["picture"] = _("Please choose one of the pictures.")
    if wrong:
        raise Invalid(wrong)


def _write(session: Scope, project: Project, draft: ProjectDraft) -> None:
    source = markdown.normalise(draft.description)
    if source != project.description:
        html = markdown.render(source, profile=markdown.EDITORIAL, field="description")
        project.description, project.description_html = source, str(html)
    project.title = draft.title.strip()
    for key in ("question", "summary", "place", "contact", "decides", "result"):
        setattr(project, key, getattr(draft, key).strip())
    project.picture = draft.picture
    project.can_influence = [line.strip() for line in draft.can_influence if line.strip()]
    project.fixed = [line.strip() for line in draft.fixed if line.strip()]
    project.changed_at = clock.now()
    project.result_at = (project.result_at or project.changed_at) if project.result else None
    if draft.slug:
        project.slug = draft.slug
    elif not project.slug:
        project.slug = _free_slug(session, ids.slug(project.title, fallback="verfahren"))
    try:
        # A savepoint: the form is shown again with what was typed, in the same transaction.
        with session.begin_nested():
            session.add(project)
            session.flush()
    except IntegrityError as error:
        raise Invalid({"slug": _("Another project has this address already.")}) from error


def _free_slug(session: Scope, wanted: str) -> str:
    taken = set(session.scalars(select(Project.slug).where(Project.slug.startswith(wanted, autoescape=True))))
    numbered = (f"{wanted}-{number}" for number in range(2, len(taken) + 3))
    return next(name for name in (wanted, *numbered) if name not in taken)


def _texts(project: Project) -> dict[str, object]:
    keys = ("slug", "title", "question", "summary", "description", "place", "contact", "decides", "result")
    return {key: getattr(project, key) for key in (*keys, "picture", "can_influence", "fixed")}
