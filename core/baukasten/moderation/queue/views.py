"""The queue's pages and its small verbs: take a case, give it back, the next one, undo."""

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from baukasten.moderation import deciding
from baukasten.moderation.blueprint import DECIDE, blueprint
from baukasten.moderation.queue import claim, onward, shown
from baukasten.moderation.queue.filters import Filters
from baukasten.plugin.text import lazy
from baukasten.web.here import here
from baukasten.web.marks import requires
from baukasten.web.templating import render

_ = lazy("core")


@blueprint.get("/verwaltung/moderation/")
@requires(DECIDE)
def queue() -> str:
    """List what waits, in the order and with the filters of the address."""
    return render("moderation/queue.html", title=_("Moderation"), desk=shown.desk())


@blueprint.post("/verwaltung/moderation/naechster")
@requires(DECIDE)
def next_case() -> ResponseReturnValue:
    """Take the next free case and open it."""
    place = here()
    address = onward.after(place.session, shown.me(), None, Filters.read(request.form))
    place.session.commit()
    return redirect(address, 303)


@blueprint.post("/verwaltung/moderation/<int:case_id>/nehmen")
@requires(DECIDE)
def take(case_id: int) -> ResponseReturnValue:
    """Take a case, or keep it; with ``uebernehmen`` from somebody else's hands."""
    place = here()
    claim.claim(place.session, shown.me(), case_id, take_over=request.form.get("uebernehmen") == "1")
    place.session.commit()
    return _to_case(case_id)


@blueprint.post("/verwaltung/moderation/<int:case_id>/abgeben")
@requires(DECIDE)
def give_back(case_id: int) -> ResponseReturnValue:
    """Give a case back into the queue."""
    place = here()
    claim.release(place.session, shown.me(), case_id)
    place.session.commit()
    return redirect(url_for("moderation.queue", **Filters.read(request.form).values()), 303)


@blueprint.post("/verwaltung/moderation/entscheidungen/<int:decision_id>/zurueck")
@requires(DECIDE)
def undo(decision_id: int) -> ResponseReturnValue:
    """Take back what this person decided a moment ago, and open it again."""
    place = here()
    decision = deciding.undo(place.session, shown.me(), decision_id)
    place.session.commit()
    kept = Filters.read(request.form).values()
    if decision.case_id is None:
        return redirect(url_for("moderation.queue", **kept), 303)
    return redirect(url_for("moderation.case", case_id=decision.case_id, **kept), 303)


def _to_case(case_id: int) -> ResponseReturnValue:
    if request.headers.get("Accept") == "application/json":
        return "", 204
    return redirect(url_for("moderation.case", case_id=case_id, **Filters.read(request.form).values()), 303)
