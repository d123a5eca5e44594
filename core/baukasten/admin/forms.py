"""The administration's forms: a project, its phases, a placed module, a group of settings."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from baukasten.plugin.declarations import ModuleKind
from baukasten.plugin.fields import Field, FieldKind, SettingsGroup
from baukasten.plugin.refs import ModuleRef
from baukasten.plugin.text import lazy
from baukasten.projects import service
from baukasten.projects.facts import PhaseFacts, ProjectFacts
from baukasten.projects.placing import settings_group
from baukasten.projects.schedule import MOST, PhaseDraft
from baukasten.web.forms import Form, FormData, FormField, read_settings
from baukasten.web.i18n import dgettext

_ = lazy("core")
SPARE = 2
"""Empty phases that a form offers beside those that exist."""
LIST = service.LINES * (service.LINE + 1)
EMPTY_PHASE = ("title", "starts", "ends")
SETTING = "setting-"

PROJECT_FIELDS = (
    Field("title", _("Title"), required=True, max_length=service.TITLE),
    Field(
        "question",
        _("Question to the people"),
        help=_("One sentence, as you would ask it at the garden fence."),
        max_length=service.QUESTION,
    ),
    Field("summary", _("In short"), FieldKind.TEXTAREA, max_length=service.SUMMARY, rows=3),
    Field("description", _("What this is about"), FieldKind.MARKDOWN, max_length=60_000, rows=12),
    Field(
        "can_influence",
        _("This can be influenced"),
        FieldKind.TEXTAREA,
        help=_("One point a line."),
        max_length=LIST,
        rows=4,
    ),
    Field(
        "fixed",
        _("This is already fixed"),
        FieldKind.TEXTAREA,
        help=_("One point a line. Say also why."),
        max_length=LIST,
        rows=4,
    ),
    Field(
        "decides",
        _("Who decides"),
        FieldKind.TEXTAREA,
        help=_("Who decides when, and what becomes of the contributions."),
        max_length=service.TEXT,
        rows=3,
    ),
    Field("place", _("Place"), help=_("For example a street or a part of town."), max_length=service.LINE),
    Field(
        "contact",
        _("Contact"),
        FieldKind.TEXTAREA,
        help=_("Somebody who can be called or written to."),
        max_length=service.TEXT,
        rows=3,
    ),
    Field(
        "result",
        _("What came of it"),
        FieldKind.TEXTAREA,
        help=_("Fill this in at the end; it stands on the front page then."),
        max_length=service.TEXT,
        rows=3,
    ),
    Field(
        "picture", _("Picture"), FieldKind.SELECT, default="harbour", choices=service.PICTURES, required=True
    ),
    Field(
        "slug",
        _("Address"),
        help=_("Small letters, digits and hyphens. It follows from the title if you leave it empty."),
        max_length=60,
    ),
)


def project_form(project: ProjectFacts | None = None) -> Form:
    """Give the form of what a project is about."""
    if project is None:
        return Form(PROJECT_FIELDS, submit=_("Create draft"))
    values: dict[str, Any] = {field.key: getattr(project, field.key) for field in PROJECT_FIELDS}
    values |= {key: "\n".join(values[key]) for key in ("can_influence", "fixed")}
    values["seen"] = service.state_of(project.changed_at)
    fields = [field for field in PROJECT_FIELDS if field.key != "slug" or not project.public]
    return Form([*fields, Field("seen", "", FieldKind.HIDDEN)], values=values)


def project_draft(values: Mapping[str, Any]) -> service.ProjectDraft:
    """Give what was entered as the services take it."""
    lines = {key: _lines(values[key]) for key in ("can_influence", "fixed")}
    texts = {key: str(value) for key, value in values.items() if key not in (*lines, "seen")}
    return service.ProjectDraft(**texts, **lines)  # type: ignore[arg-type]


def _lines(text: str) -> list[str]:
    return [line.strip(" -–•") for line in text.splitlines() if line.strip(" -–•")]


def phases_form(phases: Sequence[PhaseFacts], features: Mapping[str, str], rows: int = 0) -> Form:
    """Give all phases on one page, with empty ones to fill in; ``rows`` keeps as many as were sent."""
    count = min(MOST, max(len(phases) + SPARE, rows))
    values: dict[str, Any] = {}
    for at, phase in enumerate(phases):
        values |= {f"title-{at}": phase.title, f"note-{at}": phase.note, f"starts-{at}": phase.starts_at}
        values |= {f"ends-{at}": phase.ends_at, f"features-{at}": sorted(phase.features)}
    fields = [field for at in range(count) for field in _phase_fields(at, features)]
    return Form([*fields, Field("rows", "", FieldKind.HIDDEN, default=str(count))], values=values)


def rows_of(data: FormData) -> int:
    """Tell how many phases a sent form had."""
    sent = (data.getlist("rows") or [""])[-1]
    # Python refuses to read numbers of thousands of digits.
    return min(MOST, int(sent[:4])) if sent.isascii() and sent.isdigit() else 0


def _phase_fields(at: int, features: Mapping[str, str]) -> list[Field]:
    number = at + 1
    fields = [
        Field(f"title-{at}", dgettext("core", "Phase %(n)s: title", n=number), max_length=service.TITLE),
        Field(f"starts-{at}", dgettext("core", "Phase %(n)s: begins", n=number), FieldKind.DATETIME),
        Field(
            f"ends-{at}",
            dgettext("core", "Phase %(n)s: ends", n=number),
            FieldKind.DATETIME,
        ),
        Field(
            f"note-{at}", dgettext("core", "Phase %(n)s: what one can do", n=number), max_length=service.LINE
        ),
    ]
    if features:
        label = dgettext("core", "Phase %(n)s: opens", n=number)
        fields.append(Field(f"features-{at}", label, FieldKind.CHECKBOXES, choices=list(features.items())))
    return fields


def phase_rows(form: Form) -> list[list[FormField]]:
    """Give the fields of each phase, for a page that frames them."""
    rows: dict[str, list[FormField]] = {}
    for field in form.fields:
        name, _dash, at = field.key.partition("-")
        if at and name != "rows":
            rows.setdefault(at, []).append(field)
    return list(rows.values())


def phase_drafts(form: Form) -> list[tuple[int, PhaseDraft]]:
    """Give the phases that were filled in, each with its row; what is half filled in becomes an error of the form."""
    drafts = []
    for at in range(MOST):
        given = {key: form.values.get(f"{key}-{at}") for key in (*EMPTY_PHASE, "note", "features")}
        if not any(given[key] for key in EMPTY_PHASE):
            continue
        lacking = [key for key in EMPTY_PHASE if not given[key]]
        for key in lacking:
            form.add_error(f"{key}-{at}", _("Fill this in, or empty the whole phase."))
        if not lacking:
            drafts.append((at, _phase_draft(given)))
    return drafts


def _phase_draft(given: Mapping[str, Any]) -> PhaseDraft:
    starts: dt.datetime = given["starts"]
    ends: dt.datetime = given["ends"]
    return PhaseDraft(
        str(given["title"]), starts, ends, str(given["note"] or ""), tuple(given["features"] or ())
    )


def module_form(kind: ModuleKind | None, module: ModuleRef) -> Form:
    """Give a placed module's title, address, visibility and the settings of its kind."""
    own = [
        Field("title", _("Title"), required=True, max_length=service.TITLE, default=module.title),
        Field(
            "visible",
            _("Everybody can see it"),
            FieldKind.CHECKBOX,
            default=module.visible,
            help=_("Switch this off to hide the module; nothing in it is lost."),
        ),
    ]
    if module.project is not None and not module.project.published:
        own.insert(1, Field("slug", _("Address"), required=True, max_length=60, default=module.slug))
    if kind is None:
        return Form(own)
    stored = read_settings(settings_group(kind), module.settings)
    # A kind's own field may be called title too.
    fields = [replace(field, key=SETTING + field.key) for field in kind.settings]
    return Form([*own, *fields], values={SETTING + key: value for key, value in stored.items()})


def module_settings(values: Mapping[str, Any]) -> dict[str, Any]:
    """Give the kind's settings among what was entered for a module."""
    return {key.removeprefix(SETTING): value for key, value in values.items() if key.startswith(SETTING)}


def group_form(group: SettingsGroup, stored: Mapping[str, Any]) -> Form:
    """Give the form of a group of settings."""
    return Form(group.fields, values=stored)
