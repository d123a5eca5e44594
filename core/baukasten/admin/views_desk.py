"""The administration's first page, plugins, settings and the log."""

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from baukasten.access import members
from baukasten.admin import desk, forms
from baukasten.admin.blueprint import DESK, LOG, MANAGE, SETTINGS, SWITCH, UNPROCESSABLE, blueprint
from baukasten.admin.offers import offers
from baukasten.audit import service as audit
from baukasten.content import markdown
from baukasten.errors import Invalid, NotFound
from baukasten.plugin.fields import FieldKind, Scope, SettingsGroup
from baukasten.plugin.text import lazy
from baukasten.projects.phases import end_text
from baukasten.tenants import plugins as tenant_plugins
from baukasten.tenants import settings as tenant_settings
from baukasten.web.forms import Form
from baukasten.web.here import here
from baukasten.web.marks import requires
from baukasten.web.platform import platform
from baukasten.web.templating import render

_ = lazy("core")


@blueprint.get("/")
@requires(DESK)
def home() -> ResponseReturnValue:
    """Say what is to be done, and show what plugins have to tell."""
    place = here()
    projects, drafts = desk.drafts(place)
    return render(
        "admin/home.html",
        title=_("Overview"),
        duties=desk.duties(place, projects),
        drafts=drafts,
        projects=[project for project in projects if project.public],
        panels=desk.panels(place),
        may_manage=desk.holds(place, MANAGE),
        ends=end_text,
    )


@blueprint.get("/module/")
@requires(SWITCH)
def plugins() -> ResponseReturnValue:
    """Show the plugins that the data centre granted, in plain words."""
    return render("admin/plugins.html", title=_("Plugins"), offers=offers(here()))


@blueprint.post("/module/<name>/<any(an,aus):wanted>")
@requires(SWITCH)
def switch(name: str, wanted: str) -> ResponseReturnValue:
    """Switch a granted plugin on or off."""
    place = here()
    if name not in tenant_plugins.granted(place.session, place.tenant.id):
        raise NotFound
    verb = tenant_plugins.switch_on if wanted == "an" else tenant_plugins.switch_off
    verb(place.session, place.tenant, name)
    audit.record(
        place.session, place.member, f"admin.plugin.{'on' if wanted == 'an' else 'off'}", f"plugin:{name}"
    )
    place.session.commit()
    return redirect(url_for("admin.plugins", done="on" if wanted == "an" else "off"), 303)


@blueprint.get("/einstellungen/")
@requires(SETTINGS)
def settings() -> ResponseReturnValue:
    """List the groups of settings of the town."""
    groups = platform().contract.registry.settings_of(Scope.TENANT, here().plugins)
    return render("admin/settings.html", title=_("Settings"), groups=[answer.value for answer in groups])


@blueprint.route("/einstellungen/<key>", methods=["GET", "POST"])
@requires(SETTINGS)
def settings_group(key: str) -> ResponseReturnValue:
    """Change one group of settings."""
    place, group = here(), _group(key)
    form = forms.group_form(group, tenant_settings.read(place.session, key))
    if request.method == "POST" and form.read(request.form) and _can_be_shown(group, form):
        tenant_settings.write(place.session, key, form.values)
        audit.record(place.session, place.member, "admin.settings.change", f"settings:{key}")
        place.session.commit()
        return redirect(url_for("admin.settings", done="saved"), 303)
    page = render("admin/settings_group.html", title=group.title, form=form, key=key)
    return page, UNPROCESSABLE if form.errors else 200


@blueprint.get("/protokoll/")
@requires(LOG)
def log() -> ResponseReturnValue:
    """Show who changed what, newest first."""
    session = here().session
    before = request.args.get("vor", None, int)
    entries = audit.entries(session, before=before)
    names = members.names(session, {entry.actor_id for entry in entries if entry.actor_id is not None})
    older = url_for("admin.log", vor=entries[-1].seq) if len(entries) == audit.PAGE else None
    newest = url_for("admin.log") if before is not None else None
    return render("admin/log.html", title=_("Log"), entries=entries, names=names, older=older, newest=newest)


def _can_be_shown(group: SettingsGroup, form: Form) -> bool:
    """Render what is written in Markdown before it is stored: what cannot be rendered would take a page away."""
    for field in group.fields:
        if field.kind is FieldKind.MARKDOWN:
            try:
                markdown.render(
                    str(form.values[field.key] or ""), profile=markdown.EDITORIAL, field=field.key
                )
            except Invalid as error:
                form.add_invalid(error)
    return not form.errors


def _group(key: str) -> SettingsGroup:
    groups = platform().contract.registry.settings_of(Scope.TENANT, here().plugins)
    found = next((answer.value for answer in groups if answer.value.key == key), None)
    if found is None:
        raise NotFound
    return found
