"""Pages to change what stands in view, to take it back, and to read what it said before."""

from collections.abc import Callable
from dataclasses import replace

from flask import redirect, request
from flask.typing import ResponseReturnValue

from baukasten.plugin import ModuleRef, lazy
from baukasten.sdk import (
    Form,
    SafeHtml,
    here,
    module_url,
    render,
    requires,
    signed_in,
    site_url,
    takes_files,
    translator,
)
from baukasten_forum import cooking, forms, pages, service, topic_page
from baukasten_forum.keys import EDIT, MANAGE, READ
from baukasten_forum.routes import POST, routes
from baukasten_forum.writing import drafts, editing, files, resubmitting, revisions, shown, withdrawing
from baukasten_forum.writing.differences import between
from baukasten_forum.writing.views import KEPT, refuse, unfinished
from baukasten_forum.writing.views_aids import BIG_NUMBER
from baukasten_forum.writing.views_drafts import member

_ = lazy("forum")
HELD_POST = f"/beitrag/<{BIG_NUMBER}:post_id>"


@routes.get(f"{POST}/bearbeiten")
@signed_in
def edit_post(module: ModuleRef, topic_id: int, number: int) -> ResponseReturnValue:
    """Show the form that changes a post, with the change that its author began before."""
    post = editing.editable(here().session, member(), module, topic_id, number)
    return _begin(module, post)


@routes.get(f"{HELD_POST}/bearbeiten")
@signed_in
def edit_held_post(module: ModuleRef, post_id: int) -> ResponseReturnValue:
    """Show the form that changes a post which is still being checked."""
    return _begin(module, resubmitting.editable(here().session, member(), module, post_id))


@routes.post(f"{POST}/bearbeiten")
@takes_files
@signed_in
def change_post(module: ModuleRef, topic_id: int, number: int) -> ResponseReturnValue:
    """Change a post, or show the preview, or keep the change, or show the form again with what helps."""
    session = here().session
    post = editing.described(session, member(), module, topic_id, number)
    return _change(
        module, post, lambda change: editing.edit(session, member(), module, topic_id, number, change)
    )


@routes.post(f"{HELD_POST}/bearbeiten")
@takes_files
@signed_in
def change_held_post(module: ModuleRef, post_id: int) -> ResponseReturnValue:
    """Do the same with one's own post that is still being checked."""
    session = here().session
    post = resubmitting.described(session, member(), module, post_id)

    def save(change: editing.Change) -> bool:
        resubmitting.edit(session, member(), module, post_id, change)
        return True

    return _change(module, post, save)


@routes.get(f"{POST}/zurueckziehen")
@signed_in
def confirm_withdrawal(module: ModuleRef, topic_id: int, number: int) -> ResponseReturnValue:
    """Say what taking a post back means, before it is done."""
    post = withdrawing.withdrawable(here().session, member(), module, topic_id, number)
    return _withdrawal_page(module, post, _post_url(module, post.topic_id, post.slug, number))


@routes.get(f"{HELD_POST}/zurueckziehen")
@signed_in
def confirm_held_withdrawal(module: ModuleRef, post_id: int) -> ResponseReturnValue:
    """Say what taking back a post means that is still being checked."""
    post = withdrawing.withdrawable_held(here().session, member(), module, post_id)
    return _withdrawal_page(module, post, module_url(module, "topic", topic_id=post.topic_id, slug=post.slug))


@routes.post(f"{HELD_POST}/zurueckziehen")
@signed_in
def withdraw_held_post(module: ModuleRef, post_id: int) -> ResponseReturnValue:
    """Take back a post that is still being checked."""
    session = here().session
    post = withdrawing.withdraw_held(session, member(), module, post_id)
    session.commit()
    if post.whole_topic:
        return redirect(module_url(module, "index"), 303)
    return redirect(module_url(module, "topic", topic_id=post.topic_id, slug=post.slug), 303)


@routes.post(f"{POST}/zurueckziehen")
@signed_in
def withdraw_post(module: ModuleRef, topic_id: int, number: int) -> ResponseReturnValue:
    """Take a post back for good."""
    session = here().session
    post = withdrawing.withdraw(session, member(), module, topic_id, number)
    session.commit()
    if post.whole_topic:
        return redirect(module_url(module, "index"), 303)
    return redirect(_post_url(module, topic_id, post.slug, number), 303)


@routes.get(f"{POST}/fassungen")
@requires(READ)
def revisions_of(module: ModuleRef, topic_id: int, number: int) -> ResponseReturnValue:
    """Show what a post said before, the newest wording first."""
    place = here()
    asked = request.args.get("ab")
    newest = None if asked is None else forms.number(asked)
    found = revisions.history(place.session, place.member, module, topic_id, number, newest=newest)
    moment = translator().datetime
    own_url = module_url(module, "revisions_of", topic_id=topic_id, number=number)
    return render(
        "forum/writing/revisions.html",
        title=_("Wordings of contribution %(number)s") % {"number": number},
        crumbs=_crumbs(module, topic_id, found.slug, found.title, str(_("Earlier wordings"))),
        versions=[(one, moment(one.since)) for one in found.versions],
        older_url=f"{own_url}?ab={found.older}" if found.older else "",
        newest_url=own_url if asked is not None else "",
        back_url=_post_url(module, topic_id, found.slug, number),
    )


def _begin(module: ModuleRef, post: editing.Editable) -> str:
    session = here().session
    saved = drafts.load(session, member(), module, drafts.edit_key(post.id))
    form, around = _form(module, post)
    around = files.of_post(around, post.id)
    waiting = editing.own_waiting(session, member(), post.id)
    if waiting is not None:
        around = replace(around, said=str(_("Your last change is still being checked")))
        form.show("body", waiting.body)
        if post.title:
            form.show("title", waiting.title)
    if saved is not None:
        around = replace(around, said=shown.saved_text(saved))
        form.show("body", saved.body)
        form.show("version", str(saved.version))
        if post.title and saved.title:
            form.show("title", saved.title)
    return _edit_page(module, post, form, around)


def _change(
    module: ModuleRef, post: editing.Editable, save: Callable[[editing.Change], bool]
) -> ResponseReturnValue:
    """Do what the form that was sent asks for; ``save`` tells whether the new wording is there at once."""
    session = here().session
    form, around = _form(module, post)
    correct = form.read(request.form)
    brought, around = files.bring(request, module, form, around, EDIT if post.own else MANAGE, post.id)
    early = unfinished(module, form, around)
    if early is not None:
        return _edit_page(module, post, form, early[1]), early[0]
    if not correct:
        return _edit_page(module, post, form, around), 422
    sent = form.values
    try:
        if "preview" in request.form:
            html = cooking.cook(session, module, sent["body"], post.topic_id).html
            return _edit_page(module, post, form, replace(around, preview=html))
        brought.check()
        words = {name: sent.get(name, "") for name in ("title", "reason", "rule")}
        seen = save(editing.Change(sent["body"], version=sent["seen"], **words))
        if seen and around.files is not None:
            files.give(brought, post.id)
    except editing.EditConflict as conflict:
        form.show("seen", conflict.now.version)
        form.add_error("", conflict.message)
        return _edit_page(module, post, form, around, now=conflict.now), 409
    except KEPT as error:
        status, around = refuse(module, form, around, error)
        return _edit_page(module, post, form, around), status
    drafts.drop(session, member(), module, around.key)
    session.commit()
    return _changed(module, post, seen=seen)


def _withdrawal_page(module: ModuleRef, post: withdrawing.Withdrawable, back_url: str) -> str:
    return render(
        "forum/writing/withdraw.html",
        title=_("Take a contribution back"),
        crumbs=_crumbs(module, post.topic_id, post.slug, post.title, str(_("Withdraw"))),
        post=post,
        html=SafeHtml(post.body_html),
        back_url=back_url,
    )


def _form(module: ModuleRef, post: editing.Editable) -> tuple[Form, shown.Writer]:
    values = {"title": post.title, "body": post.body, "seen": post.version}
    form = forms.edit_form(
        values, with_title=bool(post.title), needs_reason=post.needs_reason, needs_rule=post.needs_rule
    )
    return form, shown.writer(module, drafts.edit_key(post.id), post.topic_id)


def _edit_page(
    module: ModuleRef,
    post: editing.Editable,
    form: Form,
    around: shown.Writer,
    now: editing.Editable | None = None,
) -> str:
    title = str(_("Change contribution %(number)s")) % {"number": post.number}
    return render(
        "forum/writing/edit.html",
        title=title if post.number else _("Change your contribution"),
        crumbs=_crumbs(module, post.topic_id, post.topic_slug, post.topic_title, str(_("Change"))),
        form=form,
        writer=around,
        own=post.own,
        held=not post.number,
        changes=between(now.body, request.form.get("body", "")) if now else (),
        back_url=_back(module, post),
        rules_url=site_url("/regeln"),
    )


def _changed(module: ModuleRef, post: editing.Editable, *, seen: bool) -> ResponseReturnValue:
    back = _back(module, post)
    if seen:
        return redirect(back, 303)
    return render(
        "forum/writing/waits.html",
        title=_("Your change is being checked"),
        crumbs=_crumbs(module, post.topic_id, post.topic_slug, post.topic_title, str(_("Change"))),
        back_url=back,
    )


def _back(module: ModuleRef, post: editing.Editable) -> str:
    written = service.Written(post.topic_id, post.topic_slug, post.id, post.number or None)
    return topic_page.post_url(module, written)


def _post_url(module: ModuleRef, topic_id: int, slug: str, number: int) -> str:
    return topic_page.post_url(module, service.Written(topic_id, slug, 0, number))


def _crumbs(module: ModuleRef, topic_id: int, slug: str, title: str, last: str) -> list[tuple[str, str]]:
    topic = (title, module_url(module, "topic", topic_id=topic_id, slug=slug))
    return pages.crumbs(module, topic, (last, ""))
