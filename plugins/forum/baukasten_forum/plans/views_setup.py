"""Setting up the plans of a forum: add one as text or picture, change it, remove it."""

from typing import Any

from flask import redirect, request
from flask.typing import ResponseReturnValue

from baukasten.plugin import MemberRef, ModuleRef, lazy
from baukasten.sdk import (
    BaukastenError,
    Conflict,
    Form,
    Invalid,
    TooMany,
    here,
    may,
    module_url,
    render,
    requires,
    takes_files,
)
from baukasten_forum import list_page, pages
from baukasten_forum.asking import asker
from baukasten_forum.keys import SETUP
from baukasten_forum.plans import forms, reading, service
from baukasten_forum.plans.views import PLAN_ID
from baukasten_forum.routes import routes

_ = lazy("forum")
HOME = "/einrichten/plaene"
REFUSED = (Invalid, Conflict, TooMany)


@routes.get(HOME)
@requires(SETUP)
def plan_setup(module: ModuleRef) -> ResponseReturnValue:
    """Show the plans with the ways to change them and to add more."""
    return render(
        "forum/plans/setup.html",
        title=_("Plans of this forum"),
        crumbs=pages.crumbs(module, (str(_("Plans")), "")),
        plans=[
            {
                "plan": one,
                "url": module_url(module, "plan", plan_id=one.id),
                "edit_url": module_url(module, "change_plan", plan_id=one.id),
            }
            for one in reading.all_of(here().session, module.id)
        ],
        text_url=module_url(module, "add_text_plan"),
        picture_url=module_url(module, "add_picture_plan"),
    )


@routes.form(f"{HOME}/neu/text")
@requires(SETUP)
def add_text_plan(module: ModuleRef) -> ResponseReturnValue:
    """Add a plan as text."""
    form = forms.plan_form(module_url(module, "add_text_plan"), reading.TEXT, fresh=True)
    if request.method != "POST":
        return _page(module, form, reading.TEXT)
    if not form.read(request.form):
        return _page(module, form, reading.TEXT), 422
    sent = form.values
    named = {"title": sent["title"], "description": sent["description"]}
    try:
        service.add_text(here().session, asker(), module, body=sent["body"], **named)
    except REFUSED as error:
        status = _refused(form, error)
        return _page(module, form, reading.TEXT), status
    return _added(module)


@routes.form(f"{HOME}/neu/bild")
@takes_files
@requires(SETUP)
def add_picture_plan(module: ModuleRef) -> ResponseReturnValue:
    """Add a plan as picture."""
    form = forms.plan_form(module_url(module, "add_picture_plan"), reading.PICTURE, fresh=True)
    if request.method != "POST":
        return _page(module, form, reading.PICTURE)
    correct, file = form.read(request.form), request.files.get("files")
    if file is None or not file.filename:
        problem = str(_("Choose a picture: JPEG, PNG, WebP, GIF or HEIC."))
        form.add_error("", problem)
        return _page(module, form, reading.PICTURE, problem=problem), 422
    if not correct:
        return _page(module, form, reading.PICTURE), 422
    try:
        given = (file.filename, file.stream)
        service.add_picture(here().session, asker(), module, file=given, **form.values)
    except REFUSED as error:
        here().undo()
        status = _refused(form, error)
        return _page(module, form, reading.PICTURE), status
    return _added(module)


@routes.form(f"{HOME}/{PLAN_ID}")
@requires(SETUP)
def change_plan(module: ModuleRef, plan_id: int) -> ResponseReturnValue:
    """Change what a plan is called and says."""
    session = here().session
    row = reading.find(session, module, plan_id)
    values = {
        "title": row.title,
        "description": row.description,
        "body": row.body,
        "seen": service.version(row),
    }
    form = forms.plan_form(module_url(module, "change_plan", plan_id=plan_id), row.kind, values, fresh=False)
    if request.method != "POST":
        return _page(module, form, row.kind, row)
    if not form.read(request.form):
        return _page(module, form, row.kind, row), 422
    try:
        service.change(session, asker(), module, plan_id, **form.values)
    except REFUSED as error:
        if isinstance(error, Conflict):
            # Whoever presses again has read that a colleague was faster.
            form.show("seen", service.version(reading.find(session, module, plan_id)))
        status = _refused(form, error)
        return _page(module, form, row.kind, row), status
    session.commit()
    return redirect(module_url(module, "plan", plan_id=plan_id), 303)


@routes.post(f"{HOME}/{PLAN_ID}/loeschen")
@requires(SETUP)
def remove_plan(module: ModuleRef, plan_id: int) -> ResponseReturnValue:
    """Remove a plan on which nobody remarked."""
    service.delete(here().session, asker(), module, plan_id)
    here().session.commit()
    return redirect(module_url(module, "plan_setup"), 303)


def tools(module: ModuleRef, member: MemberRef) -> list[tuple[str, str]]:
    """Lead from the list to this page whoever may change it."""
    if not may(here().session, member, SETUP, module):
        return []
    return [(str(_("Plans")), module_url(module, "plan_setup"))]


list_page.TOOLS.append(tools)


def _page(module: ModuleRef, form: Form, kind: str, row: Any = None, problem: str = "") -> str:
    title = str(_("Add a plan") if row is None else _("Change the plan"))
    remarks = sum(reading.by_passage(here().session, row.id).values()) if row is not None else 0
    return render(
        "forum/plans/edit.html",
        title=title,
        crumbs=pages.crumbs(module, (str(_("Plans")), module_url(module, "plan_setup")), (title, "")),
        form=form,
        takes_file=row is None and kind == reading.PICTURE,
        problem=problem,
        is_text=kind == reading.TEXT,
        is_new=row is None,
        remarks=remarks,
        remove_url=module_url(module, "remove_plan", plan_id=row.id) if row is not None else "",
    )


def _added(module: ModuleRef) -> ResponseReturnValue:
    here().session.commit()
    return redirect(module_url(module, "plan_setup"), 303)


def _refused(form: Form, error: BaukastenError) -> int:
    if isinstance(error, Invalid):
        form.add_invalid(error)
        return 422
    form.add_error("", error.message)
    return 409 if isinstance(error, Conflict) else 429
