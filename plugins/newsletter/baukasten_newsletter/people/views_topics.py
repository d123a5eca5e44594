"""The staff page of a list's topics."""

from typing import Any

from flask import redirect, request
from flask.typing import ResponseReturnValue

from baukasten.plugin import MemberRef, ModuleRef, lazy
from baukasten.sdk import (
    Conflict,
    Denied,
    Form,
    Invalid,
    Scope,
    dgettext,
    here,
    list_projects,
    module_url,
    render,
    requires,
)
from baukasten_newsletter import desks
from baukasten_newsletter.keys import SETUP, TopicKind
from baukasten_newsletter.people import forms, topics
from baukasten_newsletter.routes import ID, routes

_ = lazy("newsletter")
BASE = "/themen/"


@routes.get(BASE)
@requires(SETUP)
def topics_page(module: ModuleRef) -> ResponseReturnValue:
    """Show the topics with who chose them, and the form that adds one."""
    return _page(module)


@routes.post(BASE)
@requires(SETUP)
def add_topic(module: ModuleRef) -> ResponseReturnValue:
    """Add a topic, or show the form again with what helps."""
    session = here().session
    form = _form(session, module_url(module, "topics_page"), request.form)
    try:
        topics.add(session, member(), module, _values(form))
    except (Invalid, Conflict) as error:
        return _page(module, _blamed(form, error)), 422
    session.commit()
    return _back(module)


@routes.get(f"{BASE}{ID}")
@requires(SETUP)
def topic_page(module: ModuleRef, row_id: int) -> ResponseReturnValue:
    """Show the form of one topic."""
    row = topics.find(here().session, module.id, row_id)
    return _change_page(module, row, _form(here().session, _url(module, row_id), row=row))


@routes.post(f"{BASE}{ID}")
@requires(SETUP)
def change_topic(module: ModuleRef, row_id: int) -> ResponseReturnValue:
    """Change a topic, or show the form again with what helps."""
    session = here().session
    row = topics.find(session, module.id, row_id)
    form = _form(session, _url(module, row_id), request.form, row)
    try:
        topics.change(session, member(), module, row_id, _values(form))
    except Invalid as error:
        return _change_page(module, row, _blamed(form, error)), 422
    session.commit()
    return _back(module)


@routes.post(f"{BASE}{ID}/ordnen")
@requires(SETUP)
def move_topic(module: ModuleRef, row_id: int) -> ResponseReturnValue:
    """Put a topic one place up or down."""
    topics.move(here().session, member(), module, row_id, up=request.form.get("to") == "up")
    here().session.commit()
    return _back(module)


@routes.post(f"{BASE}{ID}/ablegen")
@requires(SETUP)
def archive_topic(module: ModuleRef, row_id: int) -> ResponseReturnValue:
    """Let nobody choose a topic any more, or again."""
    topics.archive(here().session, member(), module, row_id, back=request.form.get("back") == "1")
    here().session.commit()
    return _back(module)


def member() -> MemberRef:
    """Give who asks; raises Denied for guests."""
    found = here().member
    if found is None:
        raise Denied
    return found


def _url(module: ModuleRef, topic_id: int) -> str:
    return module_url(module, "topic_page", row_id=topic_id)


def _back(module: ModuleRef) -> ResponseReturnValue:
    return redirect(module_url(module, "topics_page"), 303)


def _form(session: Scope, action: str, sent: Any = None, row: Any = None) -> Form:
    projects = [(str(one.id), one.title) for one in list_projects(session)]
    shown: dict[str, Any] = {}
    if row is not None:
        shown = {"title": row.title, "description": row.description, "kind": row.kind}
        shown["project_id"] = "" if row.project_id is None else str(row.project_id)
    form = forms.topic(action, projects, shown, _("Save topic") if row is not None else _("Add topic"))
    if sent is not None:
        form.read(sent)
    return form


def _values(form: Form) -> topics.Values:
    """Give what was entered; raises Invalid."""
    if form.errors:
        raise Invalid(dict(form.errors))
    project = form.values["project_id"]
    return topics.Values(
        title=form.values["title"],
        description=form.values["description"],
        kind=TopicKind(form.values["kind"]),
        project_id=int(project) if project else None,
    )


def _blamed(form: Form, error: Invalid | Conflict) -> Form:
    if not form.errors:
        if isinstance(error, Invalid):
            form.add_invalid(error)
        else:
            form.add_error("", dgettext("core", error.message))
    return form


def _page(module: ModuleRef, form: Form | None = None) -> str:
    session = here().session
    rows = topics.listed(session, module.id, archived=True)
    return render(
        "newsletter/topics.html",
        title=_("Topics"),
        module=module,
        rows=rows,
        sizes=topics.sizes(session, module.id),
        kinds=forms.KINDS,
        form=form or _form(session, module_url(module, "topics_page")),
        **desks.values(module, desks.TOPICS),
        links=_row_urls(module, rows),
    )


def _row_urls(module: ModuleRef, rows: Any) -> dict[int, dict[str, str]]:
    names = {"change": "topic_page", "move": "move_topic", "archive": "archive_topic"}
    return {
        row.id: {key: module_url(module, name, row_id=row.id) for key, name in names.items()} for row in rows
    }


def _change_page(module: ModuleRef, row: Any, form: Form) -> str:
    return render(
        "newsletter/topic.html",
        title=_("Change a topic"),
        module=module,
        row=row,
        form=form,
        back_url=module_url(module, "topics_page"),
        **desks.values(module, desks.TOPICS),
    )
