"""Pages on which the town answers: a new answer, and what corrects one or takes it back."""

from typing import Any

from flask import redirect, request
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from baukasten.plugin import ModuleRef, lazy
from baukasten.sdk import (
    BaukastenError,
    Closed,
    Conflict,
    Denied,
    Form,
    Invalid,
    NotFound,
    SafeHtml,
    TooMany,
    excerpt,
    here,
    module_url,
    render,
    requires,
    translator,
)
from baukasten_forum import cooking, list_page, mine, pages, service, thread, topic_page
from baukasten_forum import forms as text_forms
from baukasten_forum.answers import forms, shown
from baukasten_forum.answers import service as answers
from baukasten_forum.asking import asker
from baukasten_forum.keys import ANSWER, PostKind
from baukasten_forum.listing import TOPIC, AnyRow
from baukasten_forum.routes import NUMBER, POST, routes
from baukasten_forum.stages.rules import topic_of

_ = lazy("forum")
MOST_DEPARTMENTS = 50
EXCERPT = 400
REFUSED = (Invalid, Conflict, Closed, Denied, TooMany)
"""Refusals after which the form comes back with everything that was typed."""


@routes.get(f"/{NUMBER}/stadt-antwort")
@requires(ANSWER)
def town_answer(module: ModuleRef, topic_id: int) -> ResponseReturnValue:
    """Show the form of an answer to a topic, or to one of its posts."""
    to = text_forms.number(request.args.get("auf", "1"))
    latest = answers.newest(here().session, topic_id)
    values = {"to": str(to), "seen": str(latest.id) if latest else ""}
    form = forms.answer_form(module_url(module, "send_answer", topic_id=topic_id), values)
    return _page(module, topic_id, to, form)


@routes.post(f"/{NUMBER}/stadt-antwort")
@requires(ANSWER)
def send_answer(module: ModuleRef, topic_id: int) -> ResponseReturnValue:
    """Publish an answer, or show its preview, or show the form again with what helps."""
    session = here().session
    form = forms.answer_form(module_url(module, "send_answer", topic_id=topic_id))
    correct = form.read(request.form)
    to = text_forms.number(request.form.get("to", "1"))
    if not correct:
        return _page(module, topic_id, to, form), 422
    sent = form.values
    try:
        if "preview" in request.form:
            html = cooking.cook(session, module, sent["body"], topic_id).html
            return _page(module, topic_id, to, form, preview=html)
        written = answers.answer(
            session,
            asker(),
            module,
            (topic_id, to),
            body=sent["body"],
            facts=forms.facts_of(form),
            seen=text_forms.number(sent["seen"]),
            nonce=sent["nonce"],
        )
    except answers.AnswerConflict as conflict:
        form.show("seen", str(conflict.newest.id))
        form.add_error("", conflict.message)
        return _page(module, topic_id, to, form, other=conflict.newest), 409
    except REFUSED as error:
        status = _refused(form, error)
        return _page(module, topic_id, to, form), status
    session.commit()
    return redirect(topic_page.post_url(module, written), 303)


@routes.get(f"{POST}/stadt-antwort")
@requires(ANSWER)
def answer_given(module: ModuleRef, topic_id: int, number: int) -> ResponseReturnValue:
    """Show what can be done with an answer: correct what it says, or take it back."""
    row = answers.find(here().session, module, topic_id, number)
    return _given_page(module, row)


@routes.post(f"{POST}/stadt-antwort")
@requires(ANSWER)
def correct_answer(module: ModuleRef, topic_id: int, number: int) -> ResponseReturnValue:
    """Correct department, outcome or day of an answer."""
    session = here().session
    row = answers.find(session, module, topic_id, number)
    form = _correct_form(module, row)
    if not form.read(request.form):
        return _given_page(module, row, correct=form), 422
    try:
        answers.correct(
            session,
            asker(),
            module,
            topic_id,
            number,
            facts=forms.facts_of(form),
            reason=form.values["reason"],
            seen=form.values["seen"],
        )
    except REFUSED as error:
        form.show("seen", answers.version(answers.find(session, module, topic_id, number)))
        status = _refused(form, error)
        return _given_page(module, row, correct=form), status
    return _back(module, row)


@routes.post(f"{POST}/stadt-antwort/zuruecknehmen")
@requires(ANSWER)
def take_answer_back(module: ModuleRef, topic_id: int, number: int) -> ResponseReturnValue:
    """Take an answer back."""
    session = here().session
    row = answers.find(session, module, topic_id, number)
    form = _take_back_form(module, row)
    if not form.read(request.form):
        return _given_page(module, row, back=form), 422
    try:
        reason, seen = form.values["why"], form.values["seen"]
        answers.take_back(session, asker(), module, topic_id, number, reason=reason, seen=seen)
    except REFUSED as error:
        form.show("seen", answers.version(answers.find(session, module, topic_id, number)))
        status = _refused(form, error, "why")
        return _given_page(module, row, back=form), status
    return _back(module, row)


def _page(
    module: ModuleRef,
    topic_id: int,
    to: int,
    form: Form,
    *,
    preview: SafeHtml | None = None,
    other: answers.Newest | None = None,
) -> str:
    session = here().session
    topic = topic_of(session, module, topic_id)
    asked = _asked(topic_id, to)
    title = str(_("Answer for the town"))
    return render(
        "forum/answers/write.html",
        title=title,
        crumbs=_crumbs(module, topic, title),
        topic=topic,
        asked=asked,
        form=form,
        preview=preview,
        other=other,
        departments=_departments(module),
    )


def _asked(topic_id: int, number: int) -> dict[str, Any]:
    """Give in short what is answered. Raises NotFound for what has no answer of its own."""
    column = thread.POST.c
    query = select(column.number, column.body_html, column.kind, column.visibility).where(
        column.topic_id == topic_id, column.number == number
    )
    row = here().session.execute(query).one_or_none()
    is_shown = row is not None and row.visibility in thread.VISIBLE
    if row is None or (number != 1 and (not is_shown or row.kind != PostKind.POST)):
        raise NotFound
    text = excerpt(SafeHtml(row.body_html), max_length=EXCERPT) if is_shown else ""
    return {"number": row.number, "text": text}


def _departments(module: ModuleRef) -> list[str]:
    """Give names to choose from: those set up, then those used before."""
    column = thread.POST.c
    joined = thread.POST.join(
        TOPIC, (TOPIC.c.tenant_id == column.tenant_id) & (TOPIC.c.id == column.topic_id)
    )
    query = (
        select(column.department)
        .distinct()
        .select_from(joined)
        .where(TOPIC.c.module_id == module.id, column.kind == PostKind.ANSWER.value, column.department != "")
        .order_by(column.department)
        .limit(MOST_DEPARTMENTS)
    )
    return list(dict.fromkeys([*forms.configured(module), *here().session.scalars(query)]))


def _given_page(module: ModuleRef, row: Any, *, correct: Form | None = None, back: Form | None = None) -> str:
    session = here().session
    topic = topic_of(session, module, row.topic_id)
    title = str(_("Correct or take back the answer"))
    return render(
        "forum/answers/given.html",
        title=title,
        crumbs=_crumbs(module, topic, title),
        html=SafeHtml(row.body_html),
        department=row.department,
        when=translator().date(row.created_at),
        edit_url=f"{module_url(module, 'index')}{row.topic_id}/{row.number}/bearbeiten",
        correct=correct or _correct_form(module, row),
        back=back or _take_back_form(module, row),
        departments=_departments(module),
    )


def _correct_form(module: ModuleRef, row: Any) -> Form:
    action = module_url(module, "correct_answer", topic_id=row.topic_id, number=row.number)
    values = {
        "department": row.department,
        "outcome": row.outcome or "",
        "due_on": row.due_on,
        "seen": answers.version(row),
    }
    return forms.correct_form(action, values)


def _take_back_form(module: ModuleRef, row: Any) -> Form:
    action = module_url(module, "take_answer_back", topic_id=row.topic_id, number=row.number)
    return forms.take_back_form(action, answers.version(row))


def _crumbs(module: ModuleRef, topic: AnyRow, title: str) -> list[tuple[str, str]]:
    url = module_url(module, "topic", topic_id=topic.id, slug=topic.slug)
    return pages.crumbs(module, (topic.title, url), (title, ""))


def _refused(form: Form, error: BaukastenError, reason: str = "reason") -> int:
    """Say in the form what was refused; gives the status. ``reason`` is what its field for one is called."""
    if isinstance(error, Invalid):
        for key, message in error.errors.items():
            form.add_error(reason if key == "reason" else key, message)
        return 422
    form.add_error("", error.message)
    return 409 if isinstance(error, Conflict) else 403


def _back(module: ModuleRef, row: Any) -> ResponseReturnValue:
    here().session.commit()
    topic = topic_of(here().session, module, row.topic_id)
    written = service.Written(topic.id, topic.slug, row.id, row.number)
    return redirect(topic_page.post_url(module, written), 303)


mine.FEET[mine.Foot.ANSWER] = shown.feet
list_page.ABOVE.append(shown.figures)
topic_page.TOP.append(shown.top)
