"""The page of one's drafts, and how scripts save them while one types."""

from flask import jsonify, redirect, request
from flask.typing import ResponseReturnValue

from baukasten.plugin import MemberRef, ModuleRef, lazy
from baukasten.sdk import Denied, Invalid, here, module_url, render, shorten, signed_in, translator
from baukasten_forum import forms, pages
from baukasten_forum.routes import routes
from baukasten_forum.writing import drafts
from baukasten_forum.writing.shown import saved_text
from baukasten_forum.writing.views_aids import BIG_NUMBER

_ = lazy("forum")
EXCERPT = 160


@routes.get("/entwuerfe")
@signed_in
def draft_list(module: ModuleRef) -> ResponseReturnValue:
    """List what somebody has not sent yet."""
    lines = drafts.listed(here().session, member(), module)
    return render(
        "forum/writing/drafts.html",
        title=_("Your drafts"),
        crumbs=pages.crumbs(module, (str(_("Your drafts")), "")),
        drafts=[_shown(module, line) for line in lines],
        days=drafts.KEPT_DAYS,
        write_url=module_url(module, "write"),
    )


@routes.get("/entwuerfe/stand")
@signed_in
def draft_state(module: ModuleRef) -> ResponseReturnValue:
    """Give the draft of what somebody begins to write, for a script to fill in; empty where there is none."""
    saved = drafts.load(here().session, member(), module, request.args.get("key", ""))
    return jsonify({} if saved is None else _told(saved))


@routes.post("/entwuerfe")
@signed_in
def save_draft(module: ModuleRef) -> ResponseReturnValue:
    """Save a draft while somebody types; 409 with the other text when another device was faster."""
    place = here()
    try:
        saved = save_sent(module, request.form.get("key", ""))
    except drafts.DraftConflict as conflict:
        return jsonify(_told(conflict.other) | {"message": conflict.message}), 409
    except Invalid as refused:
        return jsonify({"message": next(iter(refused.errors.values()), refused.message)}), 422
    place.session.commit()
    return jsonify({"version": saved.version, "said": saved_text(saved) if saved.version else ""})


@routes.post(f"/entwuerfe/<{BIG_NUMBER}:draft_id>/loeschen")
@signed_in
def delete_draft(module: ModuleRef, draft_id: int) -> ResponseReturnValue:
    """Throw one's own draft away."""
    session = here().session
    drafts.delete_one(session, member(), module, draft_id)
    session.commit()
    return redirect(module_url(module, "draft_list"), 303)


def save_sent(module: ModuleRef, key: str) -> drafts.Saved:
    """Save what a form carries as a draft; raises what ``drafts.save`` raises."""
    sent = request.form
    return drafts.save(
        here().session,
        member(),
        module,
        key,
        title=sent.get("title", ""),
        body=sent.get("body", ""),
        version=forms.number(sent.get("version", "")),
    )


def keep_sent(module: ModuleRef, key: str) -> drafts.Saved | None:
    """Keep as a draft what a refused form carries; what else the request began is undone."""
    place = here()
    place.undo()
    sent = request.form
    version = forms.number(sent.get("version", ""))
    texts = {"title": sent.get("title", ""), "body": sent.get("body", "")}
    saved = drafts.keep(place.session, member(), module, key, version=version, **texts)
    place.session.commit()
    return saved


def member() -> MemberRef:
    """Give who writes; raises Denied for somebody who has an account but is no member here."""
    found = here().member
    if found is None:
        raise Denied
    return found


def _told(saved: drafts.Saved) -> dict[str, object]:
    return {"version": saved.version, "title": saved.title, "body": saved.body, "said": saved_text(saved)}


def _shown(module: ModuleRef, line: drafts.Line) -> dict[str, object]:
    kind = line.key.partition(":")[0]
    urls = {
        drafts.NEW: lambda: module_url(module, "write"),
        "reply": lambda: module_url(module, "topic", topic_id=line.topic_id, slug=line.slug, entwurf=1),
        "plan": lambda: module_url(module, "remark", plan_id=line.topic_id, entwurf=1),
        "edit": lambda: (
            module_url(module, "edit_post", topic_id=line.topic_id, number=line.number)
            if line.number
            else module_url(module, "edit_held_post", post_id=int(line.key.partition(":")[2]))
        ),
    }
    there = kind == drafts.NEW or line.topic_id is not None
    return {
        "kind": kind,
        "title": line.title,
        "excerpt": shorten(" ".join(line.body.split()), EXCERPT),
        "when": translator().datetime(line.at),
        "url": urls[kind]() + ("#reply" if kind == "reply" else "") if there else "",
        "delete_url": module_url(module, "delete_draft", draft_id=line.id),
        "id": line.id,
    }
