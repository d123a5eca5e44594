"""The queue's pages and its small verbs: take a case, give it back, the next one, undo."""

from collections.abc import Mapping, Sequence

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from baukasten.errors import BaukastenError, Conflict, Denied, Invalid
from baukasten.moderation import deciding
from baukasten.moderation.blueprint import DECIDE, blueprint
from baukasten.moderation.queue import bulk, claim, forms, listing, words
from baukasten.moderation.queue import views_desk as shown
from baukasten.moderation.queue import views_onward as onward
from baukasten.moderation.queue.filters import NUMBERS, Filters
from baukasten.plugin.text import lazy
from baukasten.web.forms import Form
from baukasten.web.here import here
from baukasten.web.i18n import dgettext
from baukasten.web.marks import requires
from baukasten.web.templating import part, render

_ = lazy("core")


@blueprint.get("/verwaltung/moderation/")
@requires(DECIDE)
def queue() -> str:
    """List what waits, in the order and with the filters of the address."""
    return _shown(forms.bulk(here().session))


@blueprint.post("/verwaltung/moderation/entscheiden")
@requires(DECIDE)
def decide_many() -> ResponseReturnValue:
    """Decide the ticked cases together, and say which of them could not be."""
    place, form = here(), forms.bulk(here().session)
    chosen = _chosen(request.form.getlist("vorgang"))
    if not form.read(request.form):
        return _shown(form), 422
    way = bulk.Way(form.values["schritt"])
    try:
        step = bulk.step_of(place.session, way, form.values["rule"], form.values["facts"])
        result = bulk.decide(place.session, shown.me(), chosen, way, step)
    except Invalid as error:
        # Some may be decided already, which the page must not show: nothing of it will be stored.
        place.undo()
        form.add_invalid(error)
        return _shown(form), 422
    place.session.commit()
    first = result.decided[0].id if result.decided else None
    if _by_script():
        return _told(first, result)
    if not result.refused:
        kept = {**Filters.read(request.args).values(nach=None), shown.DONE: first}
        return redirect(url_for("moderation.queue", **kept), 303)
    page = _shown(forms.bulk(place.session), refused=_named(result.refused), done=first)
    return page, 200 if result.decided else 409


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
    place, kept = here(), Filters.read(request.form).values()
    try:
        claim.claim(place.session, shown.me(), case_id, take_over=request.form.get("uebernehmen") == "1")
    except (Conflict, Denied) as error:
        if not _by_script():
            raise
        return {"said": error.message}, 409
    place.session.commit()
    if _by_script():
        return {"said": dgettext("core", "The case is yours.")}
    return redirect(url_for("moderation.case", case_id=case_id, **kept), 303)


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
    undone = deciding.undo_together(place.session, shown.me(), decision_id)
    place.session.commit()
    kept = Filters.read(request.form).values()
    if len(undone) != 1 or undone[0].case_id is None:
        return redirect(url_for("moderation.queue", **kept), 303)
    return redirect(url_for("moderation.case", case_id=undone[0].case_id, **kept), 303)


def _told(first: int | None, result: bulk.Result) -> ResponseReturnValue:
    """Answer the script: what to say, and the banner with the way back."""
    asked = Filters.read(request.args)
    done = shown.done(here().session, shown.me(), str(first or ""))
    banner = part("moderation/done.html", done=done, kept=asked.values()) if done else ""
    messages = [message for _title, _address, message in _named(result.refused)]
    said = " ".join([done.text if done else "", *messages]).strip()
    return {"done": first, "said": said, "banner": banner}, 200 if result.decided else 409


def _shown(form: Form, *, refused: Sequence[tuple[str, str, str]] = (), done: int | None = None) -> str:
    asked = Filters.read(request.args)
    return render(
        "moderation/queue.html",
        title=_("Moderation"),
        desk=shown.desk(just=done),
        form=form,
        filters=forms.filters(here().session, asked),
        refused=refused,
    )


def _named(refused: Mapping[int, BaukastenError]) -> list[tuple[str, str, str]]:
    """Say of each case that could not be decided what it is, where it stands, and why; foreign ones have no name."""
    lines = {line.id: line for line in listing.by_id(here().session, refused)}
    named = []
    for case_id, error in refused.items():
        line = lines.get(case_id)
        title = words.title(line) if line else dgettext("core", "Case %(number)s", number=case_id)
        message = next(iter(error.errors.values()), "") if isinstance(error, Invalid) else ""
        address = url_for("moderation.case", case_id=case_id) if line else ""
        named.append((title, address, message or error.message))
    return named


def _chosen(written: Sequence[str]) -> list[int]:
    """Give the ticked cases in the order of their ids; what is no number was never on the page."""
    return sorted({int(one) for one in written if one.isascii() and one.isdigit() and len(one) <= NUMBERS})


def _by_script() -> bool:
    return request.headers.get("Accept") == "application/json"
