"""Placed modules in the administration: put there, moved, set, taken away; in projects and on the site."""

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from baukasten.admin import assembly, forms
from baukasten.admin.blueprint import MANAGE, UNPROCESSABLE, blueprint
from baukasten.errors import Conflict, Invalid, NotFound
from baukasten.exports.service import allowed
from baukasten.plugin.refs import ModuleRef
from baukasten.plugin.text import lazy
from baukasten.projects import placing, queries
from baukasten.projects.links import spoken
from baukasten.web.forms import Form
from baukasten.web.here import here
from baukasten.web.marks import requires
from baukasten.web.templating import render

_ = lazy("core")


@blueprint.get("/seite/")
@requires(MANAGE)
def site() -> ResponseReturnValue:
    """Show the modules that belong to no project and stand in the town's navigation."""
    place = here()
    return render(
        "admin/site.html",
        title=_("Modules of the site"),
        kinds=assembly.shelf(place),
        placed=assembly.stones(place, queries.modules(place.session, None)),
        place_url=url_for("admin.place"),
        move_url=url_for("admin.move"),
    )


@blueprint.post("/platzieren")
@blueprint.post("/projekte/<int:project_id>/platzieren")
@requires(MANAGE)
def place(project_id: int | None = None) -> ResponseReturnValue:
    """Put a module at the end of a project or of the site, then show its settings."""
    at = here()
    kind = request.form.get("kind", "")
    placed = placing.place_module(at.session, at.member, kind, project_id=project_id)
    at.session.commit()
    return redirect(url_for("admin.module", module_id=placed.id, done="placed"), 303)


@blueprint.post("/bewegen")
@requires(MANAGE)
def move() -> ResponseReturnValue:
    """Move a module one place up or down; the focus comes back to it."""
    at = here()
    module = _load(request.form.get("module", 0, int))
    placing.move_module(at.session, at.member, module.id, request.form.get("direction", ""))
    at.session.commit()
    return redirect(f"{_home(module)}#module-{module.id}", 303)


@blueprint.route("/bausteine/<int:module_id>/", methods=["GET", "POST"])
@requires(MANAGE)
def module(module_id: int) -> ResponseReturnValue:
    """Change a module's title, visibility and the settings of its kind."""
    at = here()
    found = _load(module_id)
    kind = assembly.usable_kinds(at).get(found.kind)
    form = forms.module_form(kind, found)
    if request.method == "POST" and form.read(request.form) and _change(found, form):
        at.session.commit()
        return redirect(f"{_home(found, 'saved')}#module-{module_id}", 303)
    exports = allowed(at.session, at.member, found)
    page = render(
        "admin/module.html",
        title=found.title,
        form=form,
        module=found,
        kind=kind,
        home_url=_home(found),
        view_url=spoken(found.path),
        remove_url=url_for("admin.module_remove", module_id=module_id),
        exports_url=exports and url_for("exports.files", module_id=module_id),
    )
    return page, UNPROCESSABLE if form.errors else 200


@blueprint.post("/bausteine/<int:module_id>/entfernen")
@requires(MANAGE)
def module_remove(module_id: int) -> ResponseReturnValue:
    """Take a module away, unless people wrote there: then say so and offer to hide it."""
    at = here()
    found = _load(module_id)
    try:
        placing.remove_module(at.session, at.member, module_id)
    except Conflict as error:
        at.session.rollback()
        page = render(
            "admin/module_kept.html",
            title=found.title,
            module=found,
            reason=error.message,
            edit_url=url_for("admin.module", module_id=module_id) + "#f-visible",
        )
        return page, 409
    at.session.commit()
    return redirect(_home(found, "removed"), 303)


def _change(found: ModuleRef, form: Form) -> bool:
    at, values = here(), form.values
    try:
        placing.change_module(
            at.session,
            at.member,
            found.id,
            title=values["title"],
            slug=values.get("slug"),
            visible=values["visible"],
            settings=forms.module_settings(values) or None,
        )
    except Invalid as error:
        keys = {key: key if key in values else forms.SETTING + key for key in error.errors}
        form.add_invalid(Invalid({keys[key]: message for key, message in error.errors.items()}))
        return False
    return True


def _load(module_id: int) -> ModuleRef:
    found = queries.module_by_id(here().session, module_id)
    if found is None:
        raise NotFound
    return found


def _home(found: ModuleRef, done: str | None = None) -> str:
    if found.project is None:
        return url_for("admin.site", done=done)
    return url_for("admin.project", project_id=found.project.id, done=done)
