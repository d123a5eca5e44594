"""Pages of exports in the administration: which modules have some, one module's files, taking one."""

from flask import Blueprint, Response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from baukasten.access.members import names
from baukasten.errors import NotFound
from baukasten.exports import service
from baukasten.exports.models import ExportFile, State
from baukasten.plugin.refs import ModuleRef
from baukasten.plugin.text import lazy
from baukasten.projects import locate, queries
from baukasten.web.here import Here, here
from baukasten.web.i18n import dgettext
from baukasten.web.marks import requires
from baukasten.web.templating import render

_ = lazy("core")
blueprint = Blueprint("exports", __name__, url_prefix="/verwaltung")

DESK, MANAGE = "admin.desk.view", "projects.project.manage"
SEALED = "default-src 'none'; sandbox"
"""A file is for keeping, never for showing: it may hold what anybody wrote."""


@blueprint.get("/exporte/")
@requires(DESK)
def modules() -> str:
    """List the placed modules from which the person may take something."""
    place = here()
    projects = queries.list_projects(place.session, drafts=True, archived=True)
    placed = [
        *queries.modules(place.session, None),
        *queries.modules_of(place.session, [one.id for one in projects]),
    ]
    shown = [
        (module, url_for("exports.files", module_id=module.id))
        for module in placed
        if _is_open(place, module) and service.allowed(place.session, place.member, module)
    ]
    return render("exports/modules.html", title=_("Exports"), modules=shown)


@blueprint.route("/bausteine/<int:module_id>/exporte/", methods=["GET", "POST"])
@requires(DESK)
def files(module_id: int) -> ResponseReturnValue:
    """Show what a module offers and the files asked for so far; ask for one."""
    place, module = here(), _load(module_id)
    if request.method == "POST":
        chosen = (request.form.get("export", ""), request.form.get("format", ""))
        file = service.ask(place.session, place.member, module, *chosen)
        place.session.commit()
        return redirect(f"{url_for('exports.files', module_id=module_id)}#file-{file.id}", 303)
    offers = service.offers(place.session, place.member, module)
    titles = {offer.key: offer.title for offer in offers}
    found = service.files(place.session, list(titles), module)
    return render(
        "exports/module.html",
        title=_("Exports"),
        module=module,
        offers=offers,
        titles=titles,
        files=[(file, _state(file), dgettext("core", file.reason) if file.reason else "") for file in found],
        waiting=any(file.state == State.WAITING for file in found),
        names=names(place.session, {file.member_id for file in found if file.member_id is not None}),
        public_key=_key(place) if any("zip" in offer.formats for offer in offers) else "",
        reload_url=url_for("exports.files", module_id=module_id),
        list_url=url_for("exports.modules"),
        take_url=lambda file: url_for("exports.take", module_id=module_id, file_id=file.id),
    )


@blueprint.post("/bausteine/<int:module_id>/exporte/<int:file_id>")
@requires(DESK)
def take(module_id: int, file_id: int) -> ResponseReturnValue:
    """Hand a file out, and note in the log who took it."""
    place = here()
    file, data = service.take(place.session, place.member, _load(module_id), file_id)
    place.session.commit()
    response = Response(data, content_type=file.media_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{file.file_name}"'
    response.headers["Content-Security-Policy"] = SEALED
    return response


def _key(place: Here) -> str:
    seal = place.session.contract.seal
    return "" if seal is None else seal.public_key


def _state(file: ExportFile) -> str:
    return State.EXPIRED.value if service.is_over(file) else file.state


def _load(module_id: int) -> ModuleRef:
    """Give a placed module that the person may know of; raises NotFound."""
    found = queries.module_by_id(here().session, module_id)
    if found is None or not _is_open(here(), found):
        raise NotFound
    return found


def _is_open(place: Here, module: ModuleRef) -> bool:
    public = module.visible and (module.project is None or module.project.published)
    return public or locate.may_see_drafts(place)
