"""Pages of the console, on the operator's host only."""

from typing import Any

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from baukasten import __version__
from baukasten.audit.service import record_platform
from baukasten.db.session import Scope
from baukasten.errors import BaukastenError, Conflict, Invalid, NotFound
from baukasten.identity import paths
from baukasten.jobs import dead
from baukasten.operator import costs, figures, forms, health
from baukasten.plugin.text import lazy
from baukasten.tenants import plugins, service
from baukasten.web.forms import Form
from baukasten.web.here import here
from baukasten.web.i18n import current, dngettext
from baukasten.web.marks import requires
from baukasten.web.platform import platform
from baukasten.web.templating import render
from baukasten.web.theming import load_themes

_ = lazy("core")
blueprint = Blueprint("operator", __name__, url_prefix="/betrieb")
USE = "operator.console.use"
TOWNS_NAMED = 5
SLOW = 0.2
"""Seconds of a mean call from which the console paints it."""


@blueprint.get("/")
@requires(USE)
def tenants() -> str:
    """List the towns with what needs a look on top."""
    search, after = request.args.get("q", "").strip()[:80], request.args.get("after", "")
    with platform().database.operator_session() as session:
        total, suspended = figures.count(session)
        lines = figures.towns(session, search=search, after=after)
        notices = _notices(session)
    older = url_for(".tenants", q=search, after=lines[-1].slug) if len(lines) == figures.PAGE else None
    return render(
        "operator/tenants.html",
        title=_("Towns"),
        headline=_("Something needs a look") if notices else _("Everything is running"),
        status=dngettext("core", "%(num)s town", "%(num)s towns", total) + f" · Baukasten {__version__}",
        search=search,
        notices=notices,
        kpis=[{"label": _("Suspended"), "value": suspended, "text": ""}] if suspended else [],
        orders=[],
        tenants=[_town_row(line) for line in lines],
        new_url=url_for(".open_town"),
        older_url=older,
    )


@blueprint.route("/neu", methods=["GET", "POST"])
@requires(USE)
def open_town() -> ResponseReturnValue:
    """Open a town."""
    form = forms.town_form(load_themes().names())
    if request.method == "POST" and form.read(request.form):
        values = form.values
        try:
            with platform().database.operator_session() as session:
                town = service.create(
                    session,
                    slug=values["slug"],
                    name=values["name"],
                    hosts=[values["host"]],
                    tagline=values["tagline"],
                    theme=values["theme"],
                )
                _record(session, "tenants.tenant.create", f"tenant:{town.id}")
                session.commit()
        except Invalid as error:
            form.add_invalid(error)
        except Conflict as error:
            form.add_error("slug", error.message)
        else:
            return redirect(url_for(".town", slug=town.slug), 303)
    page = render("operator/form.html", title=_("Create a town"), form=form)
    return page, 422 if form.errors else 200


@blueprint.get("/stadt/<slug>")
@requires(USE)
def town(slug: str) -> str:
    """Show one town: figures, hosts, what it may use."""
    with platform().database.operator_session() as session:
        found = service.by_slug(session, slug)
        line = figures.town(session, found.id)
        granted = plugins.granted(session, found.id)
    installed = platform().contract.manager.plugins
    rows = [
        {"name": name, "title": one.manifest.title, "granted": name in granted}
        for name, one in installed.items()
    ]
    return render(
        "operator/town.html", title=found.name, town=found, line=line, plugins=rows, row=_town_row(line)
    )


@blueprint.post("/stadt/<slug>/sperren")
@requires(USE)
def suspend(slug: str) -> ResponseReturnValue:
    """Close a town's site, or open it again."""
    undo = request.form.get("undo") == "1"
    with platform().database.operator_session() as session:
        found = service.by_slug(session, slug)
        service.suspend(session, found.id, suspended=not undo)
        _record(session, "tenants.tenant.suspend", f"tenant:{found.id}", suspended=not undo)
        session.commit()
    return redirect(url_for(".town", slug=slug), 303)


@blueprint.route("/bausteine", methods=["GET", "POST"], endpoint="plugins")
@requires(USE)
def plugins_page() -> ResponseReturnValue:
    """Show what is installed, who may use it and what it costs; grant and withdraw."""
    wrong = None
    if request.method == "POST":
        wrong = forms.grant_form(request.form.get("plugin", ""), url_for(".plugins"))
        if wrong.read(request.form):
            try:
                _change_grant(wrong.values)
            except BaukastenError as error:
                wrong.add_error("town", error.message)
            else:
                return redirect(paths.local(request.form.get("back")) or url_for(".plugins"), 303)
    with platform().database.operator_session() as session:
        rows = _plugin_rows(session, wrong)
        spent = [_cost_row(cost) for cost in costs.total(session)]
    page = render(
        "operator/plugins.html",
        title=_("Modules"),
        plugins=rows,
        costs=spent,
        period=_("the last hour, all processes"),
    )
    return page, 422 if wrong and wrong.errors else 200


@blueprint.get("/zustand", endpoint="health")
@requires(USE)
def health_page() -> str:
    """Say whether everything is running, and which jobs gave up."""
    with platform().database.operator_session() as session:
        checks = health.checks(session, platform())
        jobs = dead.list_dead(session)
        names = {one.id: one.name for one in service.list_towns(session)} if jobs else {}
    troubled = [check for check in checks if check["state_kind"] != "ok"]
    return render(
        "operator/health.html",
        title=_("Health"),
        headline=_("Something needs a look") if troubled or jobs else _("Everything is running"),
        checks=checks,
        kpis=[],
        jobs=[_job_row(job, names) for job in jobs],
    )


@blueprint.post("/auftraege/<int:job_id>/wiederholen")
@requires(USE)
def retry(job_id: int) -> ResponseReturnValue:
    """Try a job again that gave up."""
    with platform().database.operator_session() as session:
        dead.retry(session, job_id)
        _record(session, "jobs.job.retry", f"job:{job_id}")
        session.commit()
    return redirect(url_for(".health"), 303)


def _change_grant(values: dict[str, Any]) -> None:
    if values["plugin"] not in platform().contract.manager.plugins:
        raise NotFound(_("This plugin is not installed."))
    change = plugins.revoke if values["what"] == "revoke" else plugins.grant
    with platform().database.operator_session() as session:
        found = service.by_slug(session, values["town"])
        change(session, found.id, values["plugin"])
        _record(session, f"tenants.plugin.{values['what']}", f"tenant:{found.id}", plugin=values["plugin"])
        session.commit()


def _record(session: Scope, action: str, target: str, **facts: Any) -> None:
    person = here().identity
    record_platform(session, person.account_id if person else None, action, target, **facts)


def _notices(session: Scope) -> list[dict[str, Any]]:
    notices = []
    for cost in costs.total(session):
        if cost.paused or cost.failures:
            text = _("is paused in some towns") if cost.paused else _("raises errors")
            title = f"{cost.plugin} · {cost.hook}"
            notices.append({"kind": "bad", "icon": "warning", "title": title, "text": text})
    given_up = dead.count_dead(session)
    if given_up:
        title = dngettext("core", "%(num)s job gave up", "%(num)s jobs gave up", given_up)
        notices.append({"kind": "warn", "icon": "warning", "title": title, "text": ""})
    urls = [url_for(".plugins") if one["kind"] == "bad" else url_for(".health") for one in notices]
    return [{**one, "url": url, "action": _("Have a look")} for one, url in zip(notices, urls, strict=True)][
        :4
    ]


def _town_row(line: figures.TownLine) -> dict[str, Any]:
    scheme, port = platform().config.scheme, request.host.partition(":")[2]
    state = (_("suspended"), "bad", "lock") if line.suspended else (_("open"), "ok", "done")
    return {
        "name": line.name,
        "url": url_for(".town", slug=line.slug),
        "state": state[0],
        "state_kind": state[1],
        "state_icon": state[2],
        "host": line.host,
        "host_url": f"{scheme}://{line.host}{':' + port if port else ''}/",
        "projects": line.projects,
        "contributions": line.contributions,
        "members": line.members,
        "plugins": line.plugins,
    }


def _plugin_rows(session: Scope, wrong: Form | None) -> list[dict[str, Any]]:
    granted = figures.granted(session, TOWNS_NAMED)
    rows = []
    for name, installed in platform().contract.manager.plugins.items():
        chosen = wrong is not None and wrong.values.get("plugin") == name
        towns, count = granted.get(name, ([], 0))
        more = count - len(towns)
        rows.append(
            {
                "name": name,
                "version": installed.manifest.version,
                "title": installed.manifest.title,
                "text": str(installed.manifest.description),
                "icon": installed.manifest.icon or "block",
                "tone": "",
                "granted": [*towns, f"+{more}"] if more else towns,
                "grant": wrong if chosen else forms.grant_form(name, url_for(".plugins")),
            }
        )
    return rows


def _cost_row(cost: costs.HookCost) -> dict[str, Any]:
    speak = current()
    return {
        "plugin": cost.plugin,
        "hook": cost.hook,
        "calls": speak.number(cost.calls),
        "mean": f"{cost.mean * 1000:.1f} ms",
        "slowest": f"{cost.slowest * 1000:.0f} ms",
        "errors": speak.number(cost.failures),
        "slow": cost.mean > SLOW,
        "breaker": _("paused") if cost.paused else _("closed"),
        "breaker_kind": "warn" if cost.paused else "",
        "error": cost.last_error,
    }


def _job_row(job: dead.DeadJob, names: dict[int, str]) -> dict[str, Any]:
    return {
        "name": " · ".join(part for part in (job.key, job.plugin, job.event) if part),
        "town": names.get(job.tenant_id or 0, "–"),
        "tries": job.attempts,
        "when": current().datetime(job.at) if job.at else "",
        "error": job.error,
        "retry_url": url_for(".retry", job_id=job.id),
    }
