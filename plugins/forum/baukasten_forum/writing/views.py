"""Pages on which people write: the form of a new topic, and what comes of the two forms."""

from dataclasses import replace

from flask import redirect, request
from flask.typing import ResponseReturnValue

from baukasten.plugin import ModuleRef, lazy
from baukasten.sdk import (
    BaukastenError,
    Closed,
    Denied,
    Form,
    Invalid,
    TooMany,
    guarded,
    here,
    may,
    module_url,
    render,
    requires,
    signed_in,
    site_url,
    takes_files,
)
from baukasten_forum import categories, cooking, forms, page_of_posts, pages, service, thread, topic_page
from baukasten_forum.keys import CREATE, HELD, REPLY
from baukasten_forum.listing import AnyRow
from baukasten_forum.routes import NUMBER, routes
from baukasten_forum.stages import kinds
from baukasten_forum.stages.shown import opening
from baukasten_forum.writing import drafts, files, shown
from baukasten_forum.writing.similar import similar
from baukasten_forum.writing.views_drafts import keep_sent, member, save_sent

_ = lazy("forum")
KEPT = (Invalid, Closed, Denied, TooMany)
"""Refusals after which the form comes back with everything that was typed."""


@routes.get("/neu")
@requires(CREATE)
def write(module: ModuleRef) -> ResponseReturnValue:
    """Show the form of a new topic, with what its writer began before."""
    open_now = opening(module, CREATE)
    if not open_now.open:
        raise Closed(open_now.reason)
    around = shown.writer(module, drafts.NEW)
    saved = drafts.load(here().session, member(), module, drafts.NEW)
    asked = request.args.get("kategorie")
    chosen = [str(one.id) for one in categories.choosable(module) if one.slug == asked]
    values = {"category": chosen[0]} if chosen else {}
    if saved is not None:
        values |= {"title": saved.title, "body": saved.body, "version": str(saved.version)}
        around = replace(around, said=shown.saved_text(saved))
    return _write_page(module, forms.topic_form(module, module_url(module, "send"), values), around)


# Not @requires: what was typed must come back when the phase ended meanwhile; the service refuses.
@routes.post("/neu")
@guarded
@takes_files
@signed_in
def send(module: ModuleRef) -> ResponseReturnValue:
    """Publish a new topic, or show its preview, or keep it, or show the form again with what helps."""
    session = here().session
    form = forms.topic_form(module, module_url(module, "send"))
    around = shown.writer(module, drafts.NEW)
    correct = form.read(request.form)
    brought, around = files.bring(request, module, form, around, CREATE)
    early = unfinished(module, form, around)
    if early is not None:
        return _write_page(module, form, early[1]), early[0]
    if not correct:
        return _write_page(module, form, around), 422
    sent = form.values
    try:
        if "preview" in request.form:
            found = similar(session, module, sent["title"])
            html = cooking.cook(session, module, sent["body"]).html
            return _write_page(module, form, replace(around, preview=html, similar=found))
        brought.check()
        written = service.open_topic(
            session,
            member(),
            module,
            title=sent["title"],
            body=sent["body"],
            nonce=sent["nonce"],
            kind=sent.get("kind"),
            category_id=forms.number(sent.get("category") or "") or None,
        )
        files.give(brought, written.post_id)
    except KEPT as error:
        status, around = refuse(module, form, around, error)
        return _write_page(module, form, around), status
    drafts.drop(session, member(), module, drafts.NEW)
    session.commit()
    return redirect(module_url(module, "topic", topic_id=written.topic_id, slug=written.slug), 303)


@routes.post(f"/{NUMBER}-<slug>")
@guarded
@takes_files
@signed_in
def reply(module: ModuleRef, topic_id: int, slug: str) -> ResponseReturnValue:
    """Publish a reply, or show its preview, or keep it, or show the form again with what helps."""
    place = here()
    sees_held = may(place.session, place.member, HELD, module)
    found = thread.topic(place.session, module.id, topic_id, place.member, sees_held=sees_held)
    after = page_of_posts.asked(found, request.args.get("nach"))
    form = forms.reply_form(forms.here_again())
    around = shown.writer(module, drafts.reply_key(topic_id), topic_id)
    correct = form.read(request.form)
    brought, around = files.bring(request, module, form, around, REPLY)

    def page(status: int, around: shown.Writer) -> ResponseReturnValue:
        return topic_page.show(module, found, form, around, after=after, sees_held=sees_held), status

    early = unfinished(module, form, around)
    if early is not None:
        return page(*early)
    if not correct:
        return page(422, around)
    try:
        if "preview" in request.form:
            html = cooking.cook(place.session, module, form.values["body"], topic_id).html
            return page(200, replace(around, preview=html))
        brought.check()
        written = _reply(module, found, form)
        files.give(brought, written.post_id)
    except KEPT as error:
        return page(*refuse(module, form, around, error))
    drafts.drop(place.session, member(), module, around.key)
    place.session.commit()
    return redirect(topic_page.post_url(module, written), 303)


def _reply(module: ModuleRef, topic: AnyRow, form: Form) -> service.Written:
    sent = form.values
    answered = forms.number(sent["reply_to"]) or None
    return service.reply(
        here().session,
        member(),
        module,
        topic.id,
        body=sent["body"],
        nonce=sent["nonce"],
        reply_to=answered,
    )


def unfinished(module: ModuleRef, form: Form, around: shown.Writer) -> tuple[int, shown.Writer] | None:
    """Do what is done with a text that its writer does not send yet; gives nothing where it is sent."""
    if "draft" in request.form:
        return keep(module, form, around)
    if files.UPLOAD in request.form:
        return 422 if form.errors else 200, around
    return None


def keep(module: ModuleRef, form: Form, around: shown.Writer) -> tuple[int, shown.Writer]:
    """Save as a draft what a form carries; gives the status of the answer and what stands around the form then.

    Of two devices the second gets both texts, and may save over the other once it has seen that.
    """
    place = here()
    form.errors.clear()
    try:
        saved = save_sent(module, around.key)
    except drafts.DraftConflict as conflict:
        form.show("version", str(conflict.other.version))
        form.add_error("", conflict.message)
        return 409, replace(around, other=conflict.other)
    except Invalid as refused:
        form.add_invalid(refused)
        return 422, around
    place.session.commit()
    form.show("version", str(saved.version or ""))
    return 200, replace(around, said=shown.saved_text(saved) if saved.version else "")


def refuse(
    module: ModuleRef, form: Form, around: shown.Writer, error: BaukastenError
) -> tuple[int, shown.Writer]:
    """Say in the form what was refused and keep its text as a draft; gives the status, and what stands around."""
    if isinstance(error, Invalid):
        form.add_invalid(error)
        status = 422
    else:
        form.add_error("", error.message)
        status = 429 if isinstance(error, TooMany) else 403
    saved = keep_sent(module, around.key)
    if saved is None:
        return status, around
    form.show("version", str(saved.version))
    return status, replace(around, said=shown.saved_text(saved))


def _write_page(module: ModuleRef, form: Form, around: shown.Writer) -> str:
    title = kinds.invitation(module)
    return render(
        "forum/write.html",
        title=title,
        crumbs=pages.crumbs(module, (str(title), "")),
        form=form,
        writer=around,
        rules_url=site_url("/regeln"),
    )
