"""Reading in a file of another program, with the report of what could not be taken."""

from flask import request
from flask.typing import ResponseReturnValue

from baukasten.plugin import ModuleRef, lazy
from baukasten.sdk import Conflict, Denied, Invalid, here, may, module_url, requires, takes_files
from baukasten_survey.building import archives, showing
from baukasten_survey.building.forms import first, whole
from baukasten_survey.keys import BUILD, RUN, SurveyState
from baukasten_survey.routes import routes
from baukasten_survey.surveys import lookup
from baukasten_survey.transfer.importing import LARGEST, read_survey
from baukasten_survey.transfer.reports import Imported, Level

_ = lazy("survey")

LEVELS = {
    Level.LOST: (_("is missing"), "bad", "no"),
    Level.CHANGED: (_("works otherwise"), "warn", "warning"),
    Level.INFO: (_("to know"), "info", "info"),
}


@routes.get("/bearbeiten/einlesen")
@requires(BUILD)
def build_import(module: ModuleRef) -> ResponseReturnValue:
    """Ask for a file."""
    return _show(module)


@routes.post("/bearbeiten/einlesen")
@requires(BUILD)
@takes_files
def build_import_file(module: ModuleRef) -> ResponseReturnValue:
    """Take a file's survey as the draft and show the report."""
    session = here().session

    def change() -> ResponseReturnValue:
        file = request.files.get("file")
        if file is None or not file.filename:
            raise Invalid({"file": _("Choose a file.")})
        revision = whole(request.form, "revision")
        try:
            found = read_survey(file.filename, file.stream.read(LARGEST + 1))
            count = _take(module, revision, found)
        except Invalid as refused:
            raise Invalid({"file": refused.message or next(iter(refused.errors.values()), "")}) from refused
        session.commit()
        return _show(module, found=found, count=count)

    return showing.trying(change, lambda refused: _show(module, refused))


def _take(module: ModuleRef, revision: int, found: Imported) -> int | None:
    """Take questions, and responses where somebody asked for them; gives how many of those came."""
    session, member = here().session, showing.me()
    if not first(request.form, "responses"):
        archives.take_questions(session, member, module, revision, found)
        return None
    if not may(session, member, RUN, module):
        raise Denied
    if found.responses is None:
        raise Conflict(_("This file holds no responses."))
    return archives.take_all(session, member, module, revision, found)


def _show(
    module: ModuleRef,
    refused: Exception | None = None,
    *,
    found: Imported | None = None,
    count: int | None = None,
) -> ResponseReturnValue:
    session = here().session
    survey = lookup.of_module(session, module.id)
    errors = dict(refused.errors) if isinstance(refused, Invalid) else {}
    return showing.page(
        "survey/build_import.html",
        module,
        title=_("Read in a file"),
        refused=refused,
        survey=survey,
        found=found,
        count=count,
        errors=errors,
        findings={},
        notes=[(LEVELS[one.level], one) for one in found.notes] if found else [],
        may_take=survey.state == SurveyState.DRAFT and may(session, here().member, RUN, module),
        may_change=survey.state != SurveyState.CLOSED,
        urls={name: module_url(module, name) for name in ("build_import_file", "build_undo")},
    )
