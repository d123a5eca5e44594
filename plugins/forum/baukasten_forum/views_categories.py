"""Setting up the categories of a forum: add, rename, describe, move, close, remove."""

from flask import redirect, request
from flask.typing import ResponseReturnValue

from baukasten.plugin import Field, FieldKind, MemberRef, ModuleRef, lazy
from baukasten.sdk import Form, Invalid, NotFound, here, may, module_url, render, requires
from baukasten_forum import categories, list_page, pages
from baukasten_forum.asking import asker
from baukasten_forum.keys import SETUP
from baukasten_forum.listing import AnyRow
from baukasten_forum.routes import routes

_ = lazy("forum")
CATEGORY = "<int(max=9223372036854775807):category_id>"
HOME = "/einrichten/kategorien"
FIELDS = [
    Field("title", _("Name of the subject"), required=True, max_length=categories.MAX_TITLE),
    Field(
        "description",
        _("What belongs here"),
        FieldKind.TEXTAREA,
        max_length=categories.MAX_DESCRIPTION,
        rows=3,
        help=_("Stands above the contributions on this subject."),
    ),
]
CLOSED = Field(
    "closed", _("Closed: take no new contributions, keep those that are there"), FieldKind.CHECKBOX
)


@routes.get(HOME)
@requires(SETUP)
def subjects(module: ModuleRef) -> ResponseReturnValue:
    """Show the categories in their order, and the form for one more."""
    return _page(module, Form(FIELDS, module_url(module, "subjects"), _("Add subject")))


@routes.post(HOME)
@requires(SETUP)
def add_subject(module: ModuleRef) -> ResponseReturnValue:
    """Add a category at the end."""
    form = Form(FIELDS, module_url(module, "subjects"), _("Add subject"))
    if not form.read(request.form):
        return _page(module, form), 422
    try:
        number = categories.add(here().session, asker(), module, **form.values)
    except Invalid as error:
        form.add_invalid(error)
        return _page(module, form), 422
    return _back(module, number)


@routes.get(f"{HOME}/{CATEGORY}")
@requires(SETUP)
def subject(module: ModuleRef, category_id: int) -> ResponseReturnValue:
    """Show the form of one category."""
    return _edit_page(module, _find(module, category_id))


@routes.post(f"{HOME}/{CATEGORY}")
@requires(SETUP)
def change_subject(module: ModuleRef, category_id: int) -> ResponseReturnValue:
    """Rename, describe, close or open a category."""
    row = _find(module, category_id)
    form = _form(module, row)
    if not form.read(request.form):
        return _edit_page(module, row, form), 422
    try:
        categories.change(here().session, asker(), module, category_id, **form.values)
    except Invalid as error:
        form.add_invalid(error)
        return _edit_page(module, row, form), 422
    return _back(module, category_id)


@routes.post(f"{HOME}/{CATEGORY}/bewegen")
@requires(SETUP)
def move_subject(module: ModuleRef, category_id: int) -> ResponseReturnValue:
    """Move a category one place up or down."""
    categories.move(here().session, asker(), module, category_id, up=request.form.get("direction") == "up")
    return _back(module, category_id)


@routes.post(f"{HOME}/{CATEGORY}/loeschen")
@requires(SETUP)
def remove_subject(module: ModuleRef, category_id: int) -> ResponseReturnValue:
    """Remove a category in which nothing stands."""
    categories.delete(here().session, asker(), module, category_id)
    here().session.commit()
    return redirect(module_url(module, "subjects"), 303)


def tools(module: ModuleRef, member: MemberRef) -> list[tuple[str, str]]:
    """Lead from the list to this page whoever may change it."""
    if not may(here().session, member, SETUP, module):
        return []
    return [(str(_("Subjects")), module_url(module, "subjects"))]


list_page.TOOLS.append(tools)


def _find(module: ModuleRef, category_id: int) -> AnyRow:
    for row in categories.all_of(here().session, module.id):
        if row.id == category_id:
            return row
    raise NotFound


def _back(module: ModuleRef, category_id: int) -> ResponseReturnValue:
    here().session.commit()
    return redirect(f"{module_url(module, 'subjects')}#thema-{category_id}", 303)


def _form(module: ModuleRef, row: AnyRow) -> Form:
    values = {"title": row.title, "description": row.description, "closed": row.closed}
    action = module_url(module, "change_subject", category_id=row.id)
    return Form([*FIELDS, CLOSED], action, _("Save subject"), values)


def _page(module: ModuleRef, form: Form) -> str:
    rows = categories.all_of(here().session, module.id)
    return render(
        "forum/setup/categories.html",
        title=_("Subjects of this forum"),
        crumbs=pages.crumbs(module, (str(_("Subjects")), "")),
        categories=[
            {
                "id": row.id,
                "title": row.title,
                "description": row.description,
                "closed": row.closed,
                "url": module_url(module, "category", slug=row.slug),
                "edit_url": module_url(module, "subject", category_id=row.id),
                "move_url": module_url(module, "move_subject", category_id=row.id),
            }
            for row in rows
        ],
        form=form,
    )


def _edit_page(module: ModuleRef, row: AnyRow, form: Form | None = None) -> str:
    home = module_url(module, "subjects")
    return render(
        "forum/setup/category.html",
        title=_("Change subject"),
        crumbs=pages.crumbs(module, (str(_("Subjects")), home), (row.title, "")),
        form=form or _form(module, row),
        used=row.used,
        remove_url=module_url(module, "remove_subject", category_id=row.id),
    )
