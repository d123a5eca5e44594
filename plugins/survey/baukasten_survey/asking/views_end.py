"""The end of a survey: the answers once more, sending them, the receipt; and the way out until later."""

from flask import Response, make_response, redirect, request
from flask.typing import ResponseReturnValue

from baukasten.plugin import ModuleRef, lazy
from baukasten.sdk import absolute_url, clock, guarded, here, module_url, public, qr_code, requires
from baukasten_survey.asking import drafts, promises, shelf, tongues
from baukasten_survey.asking import views_cookies as cookies
from baukasten_survey.asking import views_finishing as finishing
from baukasten_survey.asking import views_sitting as sitting
from baukasten_survey.asking.sayings import Sayings
from baukasten_survey.keys import ANSWER, SEALED
from baukasten_survey.routes import routes

_ = lazy("survey")


@routes.get("/uebersicht")
@requires(ANSWER)
def overview(module: ModuleRef) -> ResponseReturnValue:
    """Show all answers in words."""
    at = sitting.current(module)
    if at is None:
        return redirect(module_url(module, "front"), 303)
    return finishing.overview(at)


@routes.post("/absenden")
@requires(ANSWER)
@guarded
def submit(module: ModuleRef) -> ResponseReturnValue:
    """Take the answer; whoever presses twice gets the same receipt."""
    at = sitting.current(module, hold=True)
    if at is None:
        return finishing.again(module) or redirect(module_url(module, "front"), 303)
    return finishing.finish(at)


@routes.get("/danke")
@public
def thanks(module: ModuleRef) -> ResponseReturnValue:
    """Show the receipt, what happens next, and the author's last words."""
    receipt, session = cookies.receipt(module), here().session
    facts = shelf.facts_of(session, module)
    # A cookie proves nothing: words that are still being written stay with those who write them.
    hidden = facts.drafted and not sitting.open_to_me(module, facts)
    if not receipt or hidden or sitting.tells_account(facts):
        return redirect(module_url(module, "front"), 303)
    made = shelf.compiled(session, facts, facts.number)
    definition = made.asked.definition
    language = tongues.chosen(definition.languages, request.args.get(tongues.PARAMETER, ""))
    sayings = Sayings(made.flow.follow({}, clock.now().date()), language)
    with tongues.speaks(language):
        title = " · ".join((str(_("Thank you")), sayings.line(definition.title)))
    return tongues.show(
        "survey/thanks.html",
        language,
        title,
        survey_title=sayings.line(definition.title),
        outro=sayings.prose(definition.outro),
        receipt=receipt,
        earlier=request.args.get(finishing.EARLIER) == "1",
        steps=promises.next_steps(facts.anonymity),
        sealed=facts.anonymity in SEALED,
        trial=facts.drafted,
        languages=tongues.switch(definition.languages, language),
        urls={
            "front": module_url(module, "front"),
            "discard": module_url(module, "discard"),
            "here": module_url(module, "thanks"),
            "results": module_url(module, "results") if facts.published else "",
        },
    )


@routes.get("/spaeter")
@requires(ANSWER)
def later(module: ModuleRef) -> ResponseReturnValue:
    """Show the code with which the answer goes on, also on another device."""
    at = sitting.current(module)
    if at is None:
        return redirect(module_url(module, "front"), 303)
    code = drafts.grouped(at.secret)
    title = at.sayings().line(at.compiled.asked.definition.title)
    front = module_url(module, "front")
    with tongues.speaks(at.work.language):
        head = " · ".join((str(_("Go on later")), title))
    return tongues.show(
        "survey/later.html",
        at.work.language,
        head,
        survey_title=title,
        code=code,
        # Behind the number sign nothing leaves the browser; its script puts the code into the field.
        qr=qr_code(f"{absolute_url(front)}#weiter={drafts.written(at.secret)}"),
        days=drafts.LIFE.days,
        address=absolute_url(front).partition("://")[2],
        languages=tongues.switch(at.languages, at.work.language),
        urls={
            "on": at.url("page", code=at.work.at or "-"),
            "leave": at.url("leave"),
            "here": at.url("later"),
        },
    )


@routes.post("/verlassen")
@requires(ANSWER)
def leave(module: ModuleRef) -> Response:
    """Let this device forget the draft, which stays for whoever holds its code."""
    answer = make_response(redirect(module_url(module, "front"), 303))
    cookies.forget(answer, module, cookies.DRAFT)
    return answer
