"""Pages on which people write: the form of a new topic, and what comes of the two forms."""

from flask import redirect, request
from flask.typing import ResponseReturnValue

from baukasten.plugin import MemberRef, ModuleRef, lazy
from baukasten.sdk import (
    BaukastenError,
    Closed,
    Denied,
    Form,
    Invalid,
    SafeHtml,
    TooMany,
    here,
    may,
    module_url,
    render,
    render_markdown,
    requires,
    signed_in,
    site_url,
)
from baukasten_forum import forms, pages, service, thread, topic_page
from baukasten_forum.keys import CREATE, HELD
from baukasten_forum.routes import NUMBER, routes
from baukasten_forum.stages.shown import opening

_ = lazy("forum")
KEPT = (Invalid, Closed, Denied, TooMany)
"""Refusals after which the form comes back with everything that was typed."""


@routes.get("/neu")
@requires(CREATE)
def write(module: ModuleRef) -> ResponseReturnValue:
    """Show the form of a new topic."""
    open_now = opening(module, CREATE)
    if not open_now.open:
        raise Closed(open_now.reason)
    return _write_page(module, forms.topic_form(module_url(module, "send")))


# Not @requires: what was typed must come back when the phase ended meanwhile; the service refuses.
@routes.post("/neu")
@signed_in
def send(module: ModuleRef) -> ResponseReturnValue:
    """Publish a new topic, or show its preview, or the form again with what helps."""
    place = here()
    form = forms.topic_form(module_url(module, "send"))
    if not form.read(request.form):
        return _write_page(module, form), 422
    try:
        if "preview" in request.form:
            return _write_page(module, form, render_markdown(form.values["body"]))
        written = service.open_topic(place.session, _member(), module, **form.values)
    except KEPT as error:
        return _write_page(module, form), _explain(form, error)
    place.session.commit()
    return redirect(module_url(module, "topic", topic_id=written.topic_id, slug=written.slug), 303)


@routes.post(f"/{NUMBER}-<slug>")
@signed_in
def reply(module: ModuleRef, topic_id: int, slug: str) -> ResponseReturnValue:
    """Publish a reply, or show its preview, or the form again with what helps."""
    place = here()
    sees_held = may(place.session, place.member, HELD, module)
    found = thread.topic(place.session, module.id, topic_id, place.member, sees_held=sees_held)
    form = forms.reply_form(topic_page.here_again())
    if not form.read(request.form):
        return topic_page.show(module, found, form, sees_held=sees_held), 422
    try:
        if "preview" in request.form:
            preview = render_markdown(form.values["body"])
            return topic_page.show(module, found, form, preview, sees_held=sees_held)
        written = service.reply(place.session, _member(), module, topic_id, **form.values)
    except KEPT as error:
        status = _explain(form, error)
        return topic_page.show(module, found, form, sees_held=sees_held), status
    place.session.commit()
    return redirect(topic_page.post_url(module, written), 303)


def _member() -> MemberRef:
    member = here().member
    if member is None:
        raise Denied
    return member


def _explain(form: Form, error: BaukastenError) -> int:
    """Say in the form what was refused; gives the status of the answer."""
    if isinstance(error, Invalid):
        form.add_invalid(error)
        return 422
    form.add_error("", error.message)
    return 429 if isinstance(error, TooMany) else 403


def _write_page(module: ModuleRef, form: Form, preview: SafeHtml | None = None) -> str:
    return render(
        "forum/write.html",
        title=_("Write an idea"),
        crumbs=pages.crumbs(module, (str(_("Write an idea")), "")),
        form=form,
        preview=preview,
        rules_url=site_url("/regeln"),
    )
