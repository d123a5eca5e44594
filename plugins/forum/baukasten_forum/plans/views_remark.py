"""The page on which people say something about a place on a plan."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from flask import redirect, request
from flask.typing import ResponseReturnValue

from baukasten.plugin import ModuleRef, lazy
from baukasten.sdk import (
    Form,
    SafeHtml,
    guarded,
    here,
    module_url,
    render,
    requires,
    signed_in,
    site_url,
    takes_files,
)
from baukasten_forum import cooking, pages
from baukasten_forum.keys import CREATE
from baukasten_forum.listing import AnyRow
from baukasten_forum.plans import forms, grid, passages, reading, service, views
from baukasten_forum.plans.views import PLAN_ID
from baukasten_forum.routes import routes
from baukasten_forum.writing import drafts, files, shown
from baukasten_forum.writing.views import KEPT, refuse, unfinished
from baukasten_forum.writing.views_drafts import member

_ = lazy("forum")


@routes.get(f"/plaene/{PLAN_ID}/neu")
@requires(CREATE)
def remark(module: ModuleRef, plan_id: int) -> ResponseReturnValue:
    """Show the form of a remark, with the place that was chosen and what its writer began before."""
    session = here().session
    plan = reading.find(session, module, plan_id)
    around = shown.writer(module, drafts.plan_key(plan.id))
    values = _asked(plan, request.args)
    saved = drafts.load(session, member(), module, around.key)
    if saved is not None:
        title = saved.title or values.get("title", "")
        values |= {"title": title, "body": saved.body, "version": str(saved.version)}
        around = replace(around, said=shown.saved_text(saved))
    action = module_url(module, "send_remark", plan_id=plan.id)
    return _page(module, plan, forms.remark_form(action, plan, values), around)


# Not @requires: what was typed must come back when the phase ended meanwhile; the service refuses.
@routes.post(f"/plaene/{PLAN_ID}/neu")
@guarded
@takes_files
@signed_in
def send_remark(module: ModuleRef, plan_id: int) -> ResponseReturnValue:
    """Publish a remark, or show its preview, or keep it, or show the form again with what helps."""
    session = here().session
    plan = reading.find(session, module, plan_id)
    form = forms.remark_form(module_url(module, "send_remark", plan_id=plan.id), plan)
    around = shown.writer(module, drafts.plan_key(plan.id))
    correct = form.read(request.form)
    brought, around = files.bring(request, module, form, around, CREATE)
    early = unfinished(module, form, around)
    if early is not None:
        return _page(module, plan, form, early[1]), early[0]
    if not correct:
        return _page(module, plan, form, around), 422
    sent = form.values
    try:
        if "preview" in request.form:
            html = cooking.cook(session, module, sent["body"]).html
            return _page(module, plan, form, replace(around, preview=html))
        brought.check()
        texts, spot = (sent["title"], sent["body"]), forms.spot_of(form)
        written = service.remark(
            session, member(), module, plan.id, texts=texts, spot=spot, nonce=sent["nonce"]
        )
        files.give(brought, written.post_id)
    except KEPT as error:
        status, around = refuse(module, form, around, error)
        return _page(module, plan, form, around), status
    drafts.drop(session, member(), module, around.key)
    session.commit()
    return redirect(module_url(module, "topic", topic_id=written.topic_id, slug=written.slug), 303)


def _asked(plan: AnyRow, asked: Mapping[str, str]) -> dict[str, Any]:
    """Give the place that an address names: a passage, or the point of a picture that was pressed."""
    if plan.kind == reading.TEXT:
        number = forms.checked_number(asked.get("stelle", ""), len(plan.passages))
        if number is None:
            return {}
        return {
            "passage": number,
            "title": forms.suggested(number, passages.quote(plan.passages[number - 1])),
        }
    media = views.picture_of(plan)
    size = grid.shown_size(media.width or 1, media.height or 1)
    point = grid.pressed(asked.get("punkt.x", ""), asked.get("punkt.y", ""), size)
    if point is None:
        return {}
    return {"field": point.field, "x": str(point.x), "y": str(point.y)}


def _page(module: ModuleRef, plan: AnyRow, form: Form, around: shown.Writer) -> str:
    home = module_url(module, "plan", plan_id=plan.id)
    title = str(_("Remark on the plan"))
    number = _number(plan, form)
    return render(
        "forum/plans/remark.html",
        title=title,
        crumbs=pages.crumbs(
            module, (str(_("Plans")), module_url(module, "plans")), (plan.title, home), (title, "")
        ),
        plan=plan,
        passage=number,
        quoted=SafeHtml(plan.passages[number - 1]) if number else None,
        form=form,
        writer=around,
        rules_url=site_url("/regeln"),
    )


def _number(plan: AnyRow, form: Form) -> int | None:
    """Give the passage that the form names now."""
    if plan.kind != reading.TEXT:
        return None
    return forms.checked_number(str(form.field("passage").value), len(plan.passages))
