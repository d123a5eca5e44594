"""Reading in a file of another program: small ones at once, large ones and their responses in a job."""

from collections.abc import Iterable
from typing import Any

from flask import request
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import FileStorage

from baukasten.plugin import LazyText, ModuleRef, lazy
from baukasten.sdk import Denied, Invalid, here, may, module_url, requires, takes_files
from baukasten_survey.bringing import keeping, reports, taking
from baukasten_survey.bringing.models import ImportState
from baukasten_survey.building import showing
from baukasten_survey.building.forms import first, whole
from baukasten_survey.keys import BUILD, RUN, SurveyState
from baukasten_survey.routes import ID, routes
from baukasten_survey.surveys import lookup
from baukasten_survey.transfer.importing import read_survey
from baukasten_survey.transfer.reports import Level, Note

_ = lazy("survey")

BASE = "/bearbeiten/einlesen"
AT_ONCE = 1_000_000
"""Bytes of a file that is read while somebody waits; that takes a second or two."""
LEVELS = {
    Level.LOST: (_("is missing"), "bad", "no"),
    Level.CHANGED: (_("works otherwise"), "warn", "warning"),
    Level.INFO: (_("to know"), "info", "info"),
}
STATES: dict[str, tuple[LazyText, str, str]] = {
    ImportState.READING: (_("being read"), "warn", "clock"),
    ImportState.DONE: (_("read in"), "ok", "done"),
    ImportState.FAILED: (_("failed"), "bad", "warning"),
    ImportState.DROPPED: (_("thrown away"), "", "trash"),
}


@routes.get(BASE)
@requires(BUILD)
def build_import(module: ModuleRef) -> ResponseReturnValue:
    """Ask for a file."""
    return _show(module)


@routes.post(BASE)
@requires(BUILD)
@takes_files
def build_import_file(module: ModuleRef) -> ResponseReturnValue:
    """Take a file's survey as the draft and show the report; a large one waits for a job."""

    def change() -> ResponseReturnValue:
        file = request.files.get("file")
        if file is None or not file.filename:
            raise Invalid({"file": _("Choose a file.")})
        revision, responses = whole(request.form, "revision"), bool(first(request.form, "responses"))
        size = file.stream.seek(0, 2)
        file.stream.seek(0)
        if responses or size > AT_ONCE:
            return _send(module, revision, file, responses=responses)
        return _take(module, revision, file)

    return showing.trying(change, lambda refused: _show(module, refused))


def _send(module: ModuleRef, revision: int, file: FileStorage, *, responses: bool) -> ResponseReturnValue:
    session, member = here().session, showing.me()
    if responses and not may(session, member, RUN, module):
        raise Denied
    sent = (file.filename or "", file.stream)
    number = keeping.send(session, member, module, revision, sent, responses=responses)
    return showing.back(module, "one_build_import", row_id=number)


def _take(module: ModuleRef, revision: int, file: FileStorage) -> ResponseReturnValue:
    session = here().session
    place = taking.Place(showing.me(), module, revision, here().tenant.time_zone)
    try:
        found = read_survey(file.filename or "", file.stream.read())
        more = taking.take_questions(session, place, found)
    except Invalid as refused:
        raise Invalid({"file": refused.message or next(iter(refused.errors.values()), "")}) from refused
    session.commit()
    return _show(module, notes=[*found.notes, *more])


@routes.get(f"{BASE}/datei/{ID}")
@requires(BUILD)
def one_build_import(module: ModuleRef, row_id: int) -> ResponseReturnValue:
    """Show how far the reading of a file got, and its report."""
    return _one(module, row_id)


@routes.post(f"{BASE}/datei/{ID}/verwerfen")
@requires(BUILD)
def drop_build_import(module: ModuleRef, row_id: int) -> ResponseReturnValue:
    """Throw a file away that is being read."""

    def change() -> ResponseReturnValue:
        keeping.drop(here().session, showing.me(), module, row_id)
        return showing.back(module, "one_build_import", row_id=row_id)

    return showing.trying(change, lambda refused: _one(module, row_id, refused))


def _shown(notes: Iterable[Note]) -> list[Any]:
    return [(LEVELS[one.level], one) for one in notes]


def _one(module: ModuleRef, row_id: int, refused: Exception | None = None) -> ResponseReturnValue:
    session = here().session
    row = keeping.find(session, module, row_id)
    may_see = may(session, here().member, RUN, module)
    return showing.page(
        "survey/build_import_one.html",
        module,
        title=row.file_name or _("Read in a file"),
        refused=refused,
        row=row,
        state=STATES[row.state],
        notes=_shown(reports.told(row.notes, row.lost)),
        urls={
            "reload": module_url(module, "one_build_import", row_id=row_id),
            "drop": module_url(module, "drop_build_import", row_id=row_id),
            "again": module_url(module, "build_import"),
            "responses": module_url(module, "responses") if may_see and row.with_responses else "",
        },
    )


def _show(
    module: ModuleRef, refused: Exception | None = None, *, notes: list[Note] | None = None
) -> ResponseReturnValue:
    session = here().session
    survey = lookup.of_module(session, module.id)
    errors = dict(refused.errors) if isinstance(refused, Invalid) else {}
    files = keeping.listed(session, survey.id)
    return showing.page(
        "survey/build_import.html",
        module,
        title=_("Read in a file"),
        refused=refused,
        survey=survey,
        taken=notes is not None,
        errors=errors,
        findings={},
        notes=_shown(notes or []),
        files=[
            (row, STATES[row.state], module_url(module, "one_build_import", row_id=row.id)) for row in files
        ],
        may_take=survey.state == SurveyState.DRAFT and may(session, here().member, RUN, module),
        may_change=survey.state != SurveyState.CLOSED,
        urls={name: module_url(module, name) for name in ("build_import_file", "build_undo")},
    )
