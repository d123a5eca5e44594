"""The page of numbers for everybody, and the same as a table."""

import io
from collections.abc import Iterator
from zoneinfo import ZoneInfo

from flask import Response, abort, request
from flask.typing import ResponseReturnValue

from baukasten import clock
from baukasten.exports.sheet import Sheet
from baukasten.exports.text_files import write_csv
from baukasten.moderation import measures
from baukasten.moderation.blueprint import blueprint
from baukasten.moderation.house_rules import service as house_rules
from baukasten.moderation.openness import counting
from baukasten.moderation.openness.counting import Numbers
from baukasten.moderation.openness.periods import Period, offered, period
from baukasten.plugin.text import lazy
from baukasten.web.here import here
from baukasten.web.i18n import dgettext
from baukasten.web.marks import public
from baukasten.web.templating import render

_ = lazy("core")
OTHER_REASONS = {"illegal": _("It is against the law"), "other": _("Something else")}
HOURS_OF_A_DAY = 24


@blueprint.get("/transparenz")
@public
def transparency() -> ResponseReturnValue:
    """Show what was reported and decided in a period."""
    chosen, known = _chosen()
    found = counting.numbers(here().session, chosen)
    return render(
        "moderation/openness.html",
        title=_("How this site is moderated"),
        chosen=chosen.key,
        periods=[(one.key, title_of(one)) for one in known],
        period_title=title_of(chosen),
        numbers=found,
        reasons=_reasons(found),
        steps=[
            (str(measures.NAMES[one]), count, measures.is_strict(one))
            for one, count in found.measures.items()
        ],
        median=duration(found.median_hours),
    )


@blueprint.get("/transparenz.csv")
@public
def transparency_table() -> ResponseReturnValue:
    """Give the numbers of all periods as a table, one number a line."""
    known = _chosen()[1]
    place, out = here(), io.BytesIO()
    sheet = Sheet(
        title=str(_("Moderation")),
        town=place.tenant.name,
        keys=("period", "kind", "key", "number"),
        headings=(str(_("Period")), str(_("Kind")), str(_("What")), str(_("Number"))),
        rows=[line for one in known for line in lines(one, counting.numbers(place.session, one))],
        language=place.language,
        zone=ZoneInfo(place.tenant.time_zone),
        made_at=clock.now(),
    )
    write_csv(sheet, out)
    name = f"moderation-{place.tenant.slug}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(out.getvalue(), mimetype="text/csv", headers=headers)


def lines(one: Period, found: Numbers) -> Iterator[tuple[str, str, str, float]]:
    """Give the numbers of a period as lines; words are keys, equal in every language and town."""
    counts = {
        "reports": {"all": found.reports, **found.reasons},
        "prechecks": {"all": found.held},
        "decisions": {step.value: count for step, count in found.measures.items()},
        "rules": dict(found.rules),
        "automated": {"all": found.automated},
        "reversals": {"all": found.reversals},
        "appeals": {
            "filed": found.appeals.filed,
            "granted": found.appeals.granted,
            "refused": found.appeals.refused,
            "open": found.appeals.open,
        },
        "cases": {"decided": found.cases},
    }
    for kind, parts in counts.items():
        for key, number in parts.items():
            yield one.key, kind, key, number
    if found.median_hours is not None:
        yield one.key, "median_hours", "report_to_decision", round(found.median_hours, 1)


def title_of(one: Period) -> str:
    """Name a period for people."""
    if one.quarter:
        return dgettext("core", "%(year)s, quarter %(quarter)s", year=one.year, quarter=one.quarter)
    return str(one.year)


def duration(hours: float | None) -> str:
    """Say how long something took, as exactly as a citizen wants to know."""
    if hours is None:
        return ""
    if hours < 1:
        return dgettext("core", "%(num)s minutes", num=max(1, round(hours * 60)))
    if hours < 2 * HOURS_OF_A_DAY:
        return dgettext("core", "%(num)s hours", num=round(hours))
    return dgettext("core", "%(num)s days", num=round(hours / HOURS_OF_A_DAY))


def _chosen() -> tuple[Period, list[Period]]:
    """Give the period that the address names, else the running year, and all that there are."""
    place, now = here(), clock.now()
    zone = ZoneInfo(place.tenant.time_zone)
    known = offered(counting.first_moment(place.session) or now, now, zone)
    asked = request.args.get("zeitraum")
    if asked is None:
        return period(now.astimezone(zone).year, 0, zone), known
    found = next((one for one in known if one.key == asked), None)
    if found is None:
        abort(404)
    return found, known


def _reasons(found: Numbers) -> list[tuple[str, int]]:
    names = {one.key: one.title for one in house_rules.current(here().session).rules} | OTHER_REASONS
    counted = sorted(found.reasons.items(), key=lambda pair: (-pair[1], pair[0]))
    return [(str(names.get(key, key)), count) for key, count in counted]
