"""Staff's pages for one topic: join, split, move, notes; and the page for letters."""

from collections.abc import Callable
from typing import Any

from flask import redirect, request
from flask.typing import ResponseReturnValue

from baukasten.plugin import ModuleRef, lazy
from baukasten.sdk import (
    BaukastenError,
    Closed,
    Denied,
    Form,
    Invalid,
    NotFound,
    here,
    module_url,
    render,
    requires,
)
from baukasten_forum import categories, pages, thread, topic_page
from baukasten_forum.asking import asker
from baukasten_forum.keys import ENTER, MANAGE
from baukasten_forum.listing import AnyRow
from baukasten_forum.routes import NUMBER, routes
from baukasten_forum.staff import choosing, forms, joining, letters, naming, notes, shown

_ = lazy("forum")


@routes.form(f"/{NUMBER}/zusammenfuehren")
@requires(MANAGE)
def merge(module: ModuleRef, topic_id: int) -> ResponseReturnValue:
    """Join a topic with another one."""
    form = forms.merge_form(module_url(module, "merge", topic_id=topic_id))

    def work() -> None:
        joining.merge(here().session, asker(), module, topic_id, naming.topic(form.values["target"]))

    lead = _(
        "All contributions go to the end of the other one, with their supports and followers. Old links lead there."
    )
    return _tool(module, topic_id, form, work, str(_("Join with another contribution")), str(lead))


@routes.form(f"/{NUMBER}/abtrennen")
@requires(MANAGE)
def split(module: ModuleRef, topic_id: int) -> ResponseReturnValue:
    """Begin a topic with posts of another one."""
    form = forms.split_form(module_url(module, "split", topic_id=topic_id), subjects(module))

    def work() -> None:
        category = form.values.get("category_id") or ""
        chosen = int(category) if category else None
        title = form.values["title"]
        joining.split(
            here().session, asker(), module, topic_id, _numbers(form), title=title, category_id=chosen
        )

    lead = _("The first one you tick becomes the text of the new contribution. Old links lead there.")
    return _tool(module, topic_id, form, work, str(_("Part replies from here")), str(lead), choose=True)


@routes.form(f"/{NUMBER}/verschieben")
@requires(MANAGE)
def move(module: ModuleRef, topic_id: int) -> ResponseReturnValue:
    """Put posts at the end of another topic."""
    form = forms.move_form(module_url(module, "move", topic_id=topic_id))

    def work() -> None:
        joining.move(
            here().session, asker(), module, topic_id, _numbers(form), naming.topic(form.values["target"])
        )

    lead = _("They go to the end of the other contribution. Old links lead there.")
    return _tool(module, topic_id, form, work, str(_("Move replies elsewhere")), str(lead), choose=True)


@routes.form(f"/{NUMBER}/notizen")
@requires(MANAGE)
def note(module: ModuleRef, topic_id: int) -> ResponseReturnValue:
    """Show the notes on a topic, and take a new one."""
    found, again = _topic(module, topic_id), module_url(module, "note", topic_id=topic_id)
    form, status = forms.note_form(again), 200
    if request.method == "POST":
        if form.read(request.form):
            try:
                notes.add(here().session, asker(), module, topic_id, form.values["body"])
            except Invalid as error:
                form.add_invalid(error)
            else:
                here().session.commit()
                return redirect(again, 303)
        status = 422
    page = render(
        "forum/staff/notes.html",
        title=str(_("Notes")),
        crumbs=_crumbs(module, found, str(_("Notes"))),
        topic=pages.heading(found),
        form=form,
        notes=notes.of(here().session, topic_id),
        remove_url=module_url(module, "remove_note", topic_id=topic_id),
    )
    return page, status


@routes.post(f"/{NUMBER}/notizen/entfernen")
@requires(MANAGE)
def remove_note(module: ModuleRef, topic_id: int) -> ResponseReturnValue:
    """Take a note away."""
    asked = request.form.get("note", "")
    if not asked.isdecimal() or len(asked) > 18:
        raise NotFound
    notes.remove(here().session, asker(), module, topic_id, int(asked))
    here().session.commit()
    return redirect(module_url(module, "note", topic_id=topic_id), 303)


@routes.form("/brief")
@requires(ENTER)
def letter(module: ModuleRef) -> ResponseReturnValue:
    """Enter what came by letter."""
    form = forms.letter_form(module_url(module, "letter"), subjects(module))
    status = 200
    if request.method == "POST":
        try:
            if form.read(request.form):
                given = form.values
                written = letters.enter(here().session, asker(), module, _letter(given), given["nonce"])
                here().session.commit()
                where = {"topic_id": written.topic_id, "slug": written.slug}
                return redirect(module_url(module, "topic", **where) + f"#post-{written.number}", 303)
            status = 422
        except (Invalid, Closed, Denied, NotFound) as error:
            status = _refused(form, error)
    crumbs = pages.crumbs(module, (str(_("Enter a letter")), ""))
    return render("forum/staff/letter.html", title=str(_("Enter a letter")), crumbs=crumbs, form=form), status


def _tool(
    module: ModuleRef,
    topic_id: int,
    form: Form,
    work: Callable[[], None],
    title: str,
    lead: str,
    *,
    choose: bool = False,
) -> ResponseReturnValue:
    """Show one of the tools, or do its work and lead to where it can be taken back."""
    found, status = _topic(module, topic_id), 200
    if request.method == "POST":
        try:
            if form.read(request.form):
                work()
                here().session.commit()
                return redirect(module_url(module, "tidy"), 303)
            status = 422
        except (Invalid, NotFound) as error:
            here().session.rollback()
            status = _refused(form, error)
    ticked = set(request.form.getlist("number"))
    page = render(
        "forum/staff/tool.html",
        title=title,
        lead=lead,
        crumbs=_crumbs(module, found, title),
        topic=pages.heading(found),
        form=form,
        choices=choosing.posts(here().session, topic_id, request.args.get("ab", ""), ticked)
        if choose
        else [],
    )
    return page, status


def _refused(form: Form, error: BaukastenError) -> int:
    if isinstance(error, Invalid):
        form.add_invalid(error)
    elif isinstance(error, NotFound):
        form.add_error("target", _("There is no such contribution in this forum, or it was joined already."))
    else:
        form.add_error("", error.message)
    return 403 if isinstance(error, (Closed, Denied)) else 422


def subjects(module: ModuleRef) -> list[tuple[int, str]]:
    """Give a forum's categories as choices."""
    return [(one.id, one.title) for one in categories.kept(module)]


def _numbers(form: Form) -> set[int]:
    """Give what is ticked together with what is written."""
    ticked = {int(one) for one in request.form.getlist("number") if one.isdecimal() and len(one) <= 9}
    written = form.values.get("numbers") or ""
    return ticked | naming.posts(written) if written or not ticked else ticked


def _letter(given: dict[str, Any]) -> letters.Letter:
    category = given.get("category_id") or ""
    return letters.Letter(
        body=given["body"],
        title=given["title"],
        name=given["name"],
        received_on=given["received_on"],
        topic_id=naming.topic(given["target"]) if given["target"] else None,
        category_id=int(category) if category else None,
    )


def _topic(module: ModuleRef, topic_id: int) -> AnyRow:
    return thread.topic(here().session, module.id, topic_id, None, sees_held=True)


def _crumbs(module: ModuleRef, found: AnyRow, title: str) -> list[tuple[str, str]]:
    topic = module_url(module, "topic", topic_id=found.id, slug=found.slug)
    return pages.crumbs(module, (found.title, topic), (title, ""))


topic_page.ASIDE.append(shown.box)
