"""Projects in the administration: listed, written, dated, assembled, published."""

from collections.abc import Callable

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from baukasten.admin import assembly, forms
from baukasten.admin.blueprint import MANAGE, UNPROCESSABLE, blueprint
from baukasten.db.session import Scope
from baukasten.errors import Invalid
from baukasten.plugin.refs import MemberRef, ProjectRef
from baukasten.plugin.text import lazy
from baukasten.projects import publishing, queries, schedule, service
from baukasten.projects.phases import end_text, moment_text
from baukasten.web.forms import Form
from baukasten.web.here import here
from baukasten.web.marks import requires
from baukasten.web.templating import render

_ = lazy("core")
Step = Callable[[Scope, MemberRef | None, int], ProjectRef]
STEPS: dict[str, tuple[Step, str]] = {
    "veroeffentlichen": (publishing.publish, "published"),
    "zurueckziehen": (publishing.unpublish, "draft"),
    "archivieren": (publishing.archive, "archived"),
}
"""Steps of a project by the last part of their address, with the word of the message afterwards."""


@blueprint.get("/projekte/")
@requires(MANAGE)
def projects() -> ResponseReturnValue:
    """List all projects, drafts and archived ones too."""
    found = queries.list_projects(here().session, drafts=True, archived=True)
    words = {"begins": moment_text, "ends": end_text}
    return render("admin/projects.html", title=_("Projects"), projects=found, **words)


@blueprint.route("/projekte/neu", methods=["GET", "POST"])
@requires(MANAGE)
def project_new() -> ResponseReturnValue:
    """Begin a project as a draft."""
    place, form = here(), forms.project_form()
    if request.method == "POST" and form.read(request.form):
        try:
            made = service.create_project(place.session, place.member, forms.project_draft(form.values))
        except Invalid as error:
            form.add_invalid(error)
        else:
            place.session.commit()
            return redirect(url_for("admin.project", project_id=made.id, done="created"), 303)
    return _form("admin/project_form.html", _("New project"), form, project=None)


@blueprint.get("/projekte/<int:project_id>/")
@requires(MANAGE)
def project(project_id: int) -> ResponseReturnValue:
    """Show the stones of a project, its times, and what is missing before the start."""
    place = here()
    found = assembly.load(place, project_id)
    return render("admin/assemble.html", title=found.title, **assembly.context(place, found))


@blueprint.route("/projekte/<int:project_id>/bearbeiten", methods=["GET", "POST"])
@requires(MANAGE)
def project_edit(project_id: int) -> ResponseReturnValue:
    """Change what a project is about."""
    place = here()
    found = assembly.load(place, project_id)
    form = forms.project_form(found)
    if request.method == "POST" and form.read(request.form):
        draft = forms.project_draft(form.values)
        try:
            seen = form.values["seen"]
            service.change_project(place.session, place.member, project_id, draft, seen=seen)
        except Invalid as error:
            form.add_invalid(error)
        else:
            place.session.commit()
            return redirect(url_for("admin.project", project_id=project_id, done="saved"), 303)
    return _form("admin/project_form.html", found.title, form, project=found)


@blueprint.route("/projekte/<int:project_id>/phasen", methods=["GET", "POST"])
@requires(MANAGE)
def project_phases(project_id: int) -> ResponseReturnValue:
    """Set all phases of a project on one page."""
    place = here()
    found = assembly.load(place, project_id)
    features = schedule.features(place.session.contract, place.plugins)
    phases = queries.phases(place.session, project_id)
    form = forms.phases_form(phases, features, forms.rows_of(request.form))
    if request.method == "POST" and form.read(request.form) and _set_phases(form, project_id):
        place.session.commit()
        return redirect(url_for("admin.project", project_id=project_id, done="saved"), 303)
    rows = forms.phase_rows(form)
    return _form("admin/phases.html", _("Phases and times"), form, project=found, rows=rows)


@blueprint.post("/projekte/<int:project_id>/<any(veroeffentlichen,zurueckziehen,archivieren):step>")
@requires(MANAGE)
def project_step(project_id: int, step: str) -> ResponseReturnValue:
    """Publish a project, take it back or put it away; what is missing stands on the assembling page."""
    place = here()
    verb, done = STEPS[step]
    try:
        verb(place.session, place.member, project_id)
    except Invalid:
        # The list on that page names every point, with the link to mend it.
        return redirect(url_for("admin.project", project_id=project_id) + "#todo", 303)
    place.session.commit()
    return redirect(url_for("admin.project", project_id=project_id, done=done), 303)


def _set_phases(form: Form, project_id: int) -> bool:
    """Hand what was entered to the service; its objections come back to the rows they belong to."""
    place = here()
    drafts = forms.phase_drafts(form)
    if form.errors:
        return False
    try:
        schedule.set_phases(place.session, place.member, project_id, [draft for _row, draft in drafts])
    except Invalid as error:
        for key, message in error.errors.items():
            field, _dash, at = key.partition("-")
            form.add_error(f"{field}-{drafts[int(at)][0]}" if at else "", message)
        return False
    return True


def _form(template: str, title: object, form: Form, **values: object) -> ResponseReturnValue:
    page = render(template, title=title, form=form, **values)
    return page, UNPROCESSABLE if form.errors else 200
