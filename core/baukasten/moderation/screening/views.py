"""The page of pre-checks for administrators, and the puzzle that a form's script asks for."""

from flask import jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue

from baukasten.errors import NotFound
from baukasten.moderation.blueprint import blueprint
from baukasten.moderation.screening import prechecks
from baukasten.moderation.screening.facts import Level
from baukasten.moderation.screening.settings import KEY, MANAGE
from baukasten.plugin.text import lazy
from baukasten.web import guard
from baukasten.web.here import here
from baukasten.web.marks import public, requires
from baukasten.web.templating import render

_ = lazy("core")
LABELS = (
    (Level.NOBODY, _("Nobody's")),
    (Level.NEWCOMERS, _("Those of new members")),
    (Level.EVERYBODY, _("Everybody's")),
)


@blueprint.route("/verwaltung/moderation/vorpruefung", methods=["GET", "POST"])
@requires(MANAGE)
def prechecks_page() -> ResponseReturnValue:
    """Show and change whose contributions are looked at before they appear."""
    place = here()
    town, groups = prechecks.overview(place.session)
    if request.method == "POST":
        spots = (spot for group in groups for spot in (*group.phases, *group.modules))
        wishes = {spot.key: _level(spot.key) for spot in spots if spot.key in request.form}
        wishes[town.key] = _level(town.key) or Level.NOBODY
        prechecks.write(place.session, place.member, wishes)
        place.session.commit()
        return redirect(url_for("moderation.prechecks_page", gespeichert=1), 303)
    return render(
        "moderation/prechecks.html",
        title=_("Pre-check"),
        town=town,
        groups=groups,
        labels=LABELS,
        saved="gespeichert" in request.args,
        filters_url=url_for("admin.settings_group", key=KEY),
    )


@blueprint.get("/pruefung/aufgabe")
@public
def puzzle() -> ResponseReturnValue:
    """Give a fresh puzzle to the script of a form; kept by nobody."""
    made = guard.solver(here()).new()
    answer = jsonify(salt=made.salt, challenge=made.challenge, signature=made.signature, most=made.most)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _level(key: str) -> Level | None:
    """Read a wish; raises NotFound for one that is none."""
    sent = request.form.get(key, "")
    try:
        return Level(sent) if sent else None
    except ValueError:
        raise NotFound from None
