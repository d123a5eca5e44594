"""Pages of people who ask and vote: asking, the whole list, one question, changing and taking back one's own."""

from typing import Any

from flask import redirect, request
from flask.typing import ResponseReturnValue

from baukasten.plugin import ContentRef, ModuleRef, lazy
from baukasten.sdk import (
    Form,
    NotFound,
    SafeHtml,
    Scope,
    guarded,
    here,
    module_url,
    render,
    report_url,
    requires,
    sign_in_url,
    signed_in,
    translator,
)
from baukasten_chat import rooms, wire
from baukasten_chat import views_answers as answers
from baukasten_chat.crumbs import crumbs
from baukasten_chat.keys import EDIT, QUESTION_TYPE, READ
from baukasten_chat.limits.presses import PRESSES
from baukasten_chat.models import SHOWN, Question
from baukasten_chat.questions import (
    editing,
    forms,
    lines,
    listing,
    live,
    own,
    rows,
    shown,
    similar,
    voting,
    wishes,
)
from baukasten_chat.questions.listing import NAMES, Filters, State
from baukasten_chat.routes import ID, NUMBER, routes

_ = lazy("chat")
LONGEST_DRAFT = 2_000
UNPROCESSABLE = 422


@routes.get("/fragen")
@requires(READ)
def all_questions(module: ModuleRef) -> ResponseReturnValue:
    """Show all questions, page by page."""
    room = _room(module)
    session, member = here().session, here().member
    view = Filters.read(request.args)
    mine = own.of(session, module, room.id, member)
    rights = shown.Rights.of(session, module, room, member)
    found = listing.load(session, module, room.id, view, voted=mine.voted, can_vote=rights.vote)
    address = module_url(module, "all_questions")
    return render(
        "chat/all_questions.html",
        title=_("All questions"),
        crumbs=crumbs(module, (str(_("All questions")), "")),
        view=view,
        found=found,
        own=mine,
        states=[(str(NAMES[one]), _url(address, Filters(one)), one is view.state) for one in State],
        orders=_orders(address, view),
        more_url=_url(address, view, nach=found.more) if found.more else "",
        first_url=_url(address, view, nach="") if view.after else "",
        kept=view.values(),
        ask_url=module_url(module, "ask_page"),
        vote_url=address,
        can_ask=rights.ask,
    )


@routes.get("/frage")
@requires(READ)
def ask_page(module: ModuleRef) -> ResponseReturnValue:
    """Show the form of a question on a page of its own."""
    _room(module)
    return _ask_page(module, None)


# Not @requires: what was typed must come back when the hour ended meanwhile; the service refuses.
@routes.post("/frage")
@guarded
@signed_in
def ask(module: ModuleRef) -> ResponseReturnValue:
    """Ask a question, or show the form again with similar ones or what helps."""
    place, actor = here(), answers.member()
    form = forms.ask_form(module)
    try:
        answers.read(form)
        sent = form.values
        alike = (
            []
            if sent["sure"] or answers.wants_json()
            else similar.similar(place.session, module, sent["body"])
        )
        if alike:
            form.show("sure", "1")
            return _ask_page(module, form, alike)
        anonymous = bool(sent.get("anonymous"))
        told = live.asked(place.session, actor, module, sent["body"], sent["nonce"], anonymous=anonymous)
        place.session.commit()
    except answers.REFUSALS as error:
        if answers.wants_json():
            return answers.refused(error)
        answers.blame(form, error)
        return _ask_page(module, form), answers.status_of(error)
    if answers.wants_json():
        return answers.done(told)
    anchor = f"#frage-{told['number']}" if told["number"] else f"#eigene-{told['id']}"
    return redirect(module_url(module, "index") + anchor, 303)


@routes.get("/frage/aehnlich")
@requires(READ)
def similar_questions(module: ModuleRef) -> ResponseReturnValue:
    """Tell a script which questions say much the same as a draft."""
    text = request.args.get("text", "")[:LONGEST_DRAFT]
    found = similar.similar(here().session, module, text)
    return answers.done(
        [
            {
                "number": one.number,
                "html": one.html,
                "votes": one.votes,
                "state": one.state,
                "url": _at(module, one.number),
            }
            for one in found
        ]
    )


@routes.get(f"/frage/{NUMBER}")
@requires(READ)
def question(module: ModuleRef, number: int) -> ResponseReturnValue:
    """Show one question with its answer; of one that is out of view its own asker sees what became of it."""
    room = _room(module)
    session, member = here().session, here().member
    mine = own.of(session, module, room.id, member)
    rights = shown.Rights.of(session, module, room, member)
    row = session.execute(
        wire.questions((Question.room_id == room.id) & (Question.number == number))
    ).one_or_none()
    if row is None or row.visibility not in SHOWN:
        raise NotFound
    one = lines.line(module, wire.question(row), mine.voted, can_vote=rights.vote)
    is_own = member is not None and row.author_id == member.id
    return render(
        "chat/question.html",
        title=_("Question %(number)s") % {"number": number},
        crumbs=crumbs(module, (f"{number}", "")),
        one=one,
        into_url=_at(module, one.into) if one.into else "",
        index_url=module_url(module, "index"),
        withdraw_url=module_url(module, "withdraw_question", row_id=row.id) if is_own else "",
        report_url=report_url(ContentRef(QUESTION_TYPE, row.id)),
        vote_url=module_url(module, "all_questions"),
        wordings=_wordings(session, row.id) if is_own or rights.steer else [],
    )


@routes.get(f"/frage/{NUMBER}/melden")
@requires(READ)
def report_question(module: ModuleRef, number: int) -> ResponseReturnValue:
    """Lead to the form that reports a question; clients know its number alone."""
    row = rows.by_number(here().session, _room(module).id, number)
    return redirect(report_url(ContentRef(QUESTION_TYPE, row.id)), 302)


@routes.post(f"/frage/{NUMBER}/stimme")
@signed_in
def vote(module: ModuleRef, number: int) -> ResponseReturnValue:
    """Vote for a question, or take that back."""
    session, actor = here().session, answers.member()
    on = request.form.get("on") == "1"

    def do() -> dict[str, Any]:
        PRESSES.take(session, actor)
        return {"number": number, "votes": voting.vote(session, actor, module, number, on=on), "on": on}

    return answers.press(do, lambda: _after_vote(module, number))


@routes.get(f"/frage/{ID}/aendern")
@requires(EDIT)
def change_question(module: ModuleRef, row_id: int) -> ResponseReturnValue:
    """Show the form that changes a question of one's own while it waits."""
    row = editing.own(here().session, answers.member(), module, row_id)
    return _change_page(module, row, forms.change_form({"body": row.body}))


@routes.post(f"/frage/{ID}/aendern")
@guarded
@signed_in
def save_question(module: ModuleRef, row_id: int) -> ResponseReturnValue:
    """Change a question of one's own, or show the form again with what helps."""
    session, actor = here().session, answers.member()
    row = editing.own(session, actor, module, row_id)
    form = forms.change_form()
    return answers.fill(
        form,
        lambda: editing.change(session, actor, module, row_id, form.values["body"]),
        lambda: f"{module_url(module, 'index')}#eigene-{row_id}",
        lambda: _change_page(module, row, form),
    )


@routes.post(f"/frage/{ID}/zurueckziehen")
@signed_in
def withdraw_question(module: ModuleRef, row_id: int) -> ResponseReturnValue:
    """Take back a question of one's own."""
    session = here().session
    return answers.press(
        lambda: editing.withdraw(session, answers.member(), module, row_id),
        lambda: f"{module_url(module, 'index')}#fragen",
    )


def _room(module: ModuleRef) -> Any:
    """Give the room of a question hour; raises NotFound for any other."""
    if not wishes.of(module).taken:
        raise NotFound
    return rooms.of_module(here().session, module)


def _ask_page(module: ModuleRef, form: Form | None, alike: list[similar.Similar] | None = None) -> str:
    place = here()
    room = _room(module)
    rights = shown.Rights.of(place.session, module, room, place.member)
    if form is None and rights.ask:
        form = forms.ask_form(module)
    return render(
        "chat/ask.html",
        title=_("Ask a question"),
        crumbs=crumbs(module, (str(_("Ask a question")), "")),
        form=form,
        alike=[(one, _at(module, one.number)) for one in alike or ()],
        closed=rights.closed,
        sign_in_url=sign_in_url(module_url(module, "ask_page")) if place.identity is None else "",
        can_vote=rights.vote,
        vote_url=module_url(module, "all_questions"),
        index_url=module_url(module, "index"),
    )


def _wordings(session: Scope, question_id: int) -> list[dict[str, Any]]:
    found = editing.earlier(session, question_id)
    when = translator().datetime
    return [{"html": SafeHtml(row.body_html), "when": when(row.created_at)} for row in found]


def _change_page(module: ModuleRef, row: Any, form: Form) -> str:
    return render(
        "chat/change_question.html",
        title=_("Change your question"),
        crumbs=crumbs(module, (str(_("Change your question")), "")),
        form=form,
        html=SafeHtml(row.body_html),
        withdraw_url=module_url(module, "withdraw_question", row_id=row.id),
        back_url=f"{module_url(module, 'index')}#eigene-{row.id}",
    )


def _after_vote(module: ModuleRef, number: int) -> str:
    """Give the page from which somebody voted, at the question."""
    back, view = request.form.get("zu", ""), Filters.read(request.form)
    if back == "liste":
        return f"{_url(module_url(module, 'all_questions'), view)}#frage-{number}"
    if back == "frage":
        return _at(module, number)
    values = {"folge": view.order.value} if view.order is not Filters().order else {}
    return f"{module_url(module, 'index', **values)}#frage-{number}"


def _at(module: ModuleRef, number: int) -> str:
    return module_url(module, "question", number=number)


def _orders(address: str, view: Filters) -> list[tuple[str, str, bool]]:
    if view.state is not State.OPEN:
        return []
    return [
        (str(name), _url(address, Filters(order=order)), order is view.order)
        for order, name in shown.ORDER_NAMES.items()
    ]


def _url(address: str, view: Filters, **other: str) -> str:
    values = view.values(**other)
    return address + ("?" + "&".join(f"{key}={value}" for key, value in values.items()) if values else "")
