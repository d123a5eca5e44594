"""Among colleagues: notes, handing a case over, closing what is gone, earlier decisions under a rule."""

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from baukasten.errors import Conflict, Denied, Invalid, NotFound
from baukasten.moderation.blueprint import DECIDE, blueprint
from baukasten.moderation.casework import closing, forms, handing, notes, precedents, reading, views_showing
from baukasten.moderation.casework.views import again
from baukasten.moderation.house_rules import service as house_rules
from baukasten.moderation.measures import NAMES
from baukasten.moderation.queue import views_desk as shown
from baukasten.moderation.queue.filters import NUMBERS, Filters
from baukasten.plugin.text import lazy
from baukasten.web.here import here
from baukasten.web.inputs import clean_line
from baukasten.web.marks import requires
from baukasten.web.templating import render

_ = lazy("core")
LONGEST_KEY = 80


@blueprint.post("/verwaltung/moderation/<int:case_id>/notiz")
@requires(DECIDE)
def add_note(case_id: int) -> ResponseReturnValue:
    """Put a word for colleagues beside a case."""
    place = here()
    try:
        notes.add(
            place.session, shown.me(), reading.read(place.session, case_id).case, views_showing.typed("note")
        )
    except Invalid as error:
        return again(case_id, error)
    place.session.commit()
    return views_showing.back(case_id)


@blueprint.post("/verwaltung/moderation/<int:case_id>/weitergeben")
@requires(DECIDE)
def hand_over(case_id: int) -> ResponseReturnValue:
    """Give a case to a colleague."""
    place, sent = here(), request.form.get("colleague", "")
    colleague = int(sent) if sent.isascii() and sent.isdigit() and len(sent) <= NUMBERS else 0
    try:
        handing.hand_over(place.session, shown.me(), case_id, colleague, views_showing.typed("note"))
    except (Conflict, Invalid, Denied) as error:
        return again(case_id, error)
    place.session.commit()
    return redirect(url_for("moderation.queue", **Filters.read(request.form).values()), 303)


@blueprint.post("/verwaltung/moderation/<int:case_id>/schliessen")
@requires(DECIDE)
def close_gone(case_id: int) -> ResponseReturnValue:
    """Close a case about something that is no longer there."""
    place = here()
    try:
        closing.close_gone(place.session, shown.me(), case_id)
    except Conflict as error:
        return again(case_id, error)
    place.session.commit()
    return redirect(url_for("moderation.queue", **Filters.read(request.form).values()), 303)


@blueprint.get("/verwaltung/moderation/beispiele")
@requires(DECIDE)
def precedents_of() -> str:
    """List the newest decisions under a rule; without one, the rules with how often each was named."""
    session = here().session
    rules, key = house_rules.current(session).rules, clean_line(request.args.get("regel", ""))[:LONGEST_KEY]
    chosen = house_rules.rule(session, key) if key else None
    if key and chosen is None:
        raise NotFound
    return render(
        "moderation/case_precedents.html",
        title=forms.rule_words(chosen) if chosen else _("Earlier decisions"),
        rules=[(rule.key, forms.rule_words(rule)) for rule in rules],
        counts=precedents.counts(session, [rule.key for rule in rules]),
        most=precedents.MOST,
        chosen=chosen,
        examples=precedents.examples(session, chosen.key) if chosen else (),
        names=NAMES,
    )
