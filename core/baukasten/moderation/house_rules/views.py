"""The rules for everybody, and the pages on which a town's admins write them."""

from typing import Any

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from baukasten.content import markdown
from baukasten.errors import Conflict, Denied, Invalid, NotFound
from baukasten.moderation.blueprint import blueprint
from baukasten.moderation.house_rules import drafting, forms, service
from baukasten.plugin.refs import MemberRef
from baukasten.plugin.text import lazy
from baukasten.projects.links import spoken
from baukasten.web.forms import Form
from baukasten.web.here import here
from baukasten.web.i18n import dgettext
from baukasten.web.marks import public, requires
from baukasten.web.templating import render

_ = lazy("core")
MANAGE = "moderation.rules.manage"
UNPROCESSABLE, CONFLICT = 422, 409


@blueprint.get("/regeln")
@public(cached=True)
def rules() -> str:
    """Give the rules of the house: those in force, or an older version."""
    session = here().session
    asked = request.args.get("fassung")
    current = service.current(session)
    shown = current if asked is None else _asked_for(asked)
    title = _("House rules")
    return render(
        "moderation/rules.html",
        title=title,
        crumbs=[(dgettext("core", "Start"), spoken("/")), (str(title), "")],
        rules=shown,
        intro=_html(shown.intro),
        current=current,
        versions=drafting.versions(session),
    )


@blueprint.get("/verwaltung/moderation/regeln")
@requires(MANAGE)
def rules_desk() -> str:
    """Show the rules in force, the draft and what was in force before."""
    session = here().session
    current, written = service.current(session), drafting.draft(session)
    return render(
        "moderation/rules_desk.html",
        title=_("House rules"),
        rules=current,
        intro=_html(current.intro),
        draft=written if written.stored else None,
        versions=drafting.versions(session),
    )


@blueprint.route("/verwaltung/moderation/regeln/entwurf", methods=["GET", "POST"])
@requires(MANAGE)
def rules_draft() -> ResponseReturnValue:
    """Write the next version; each button saves the draft, so that nothing is lost without a script."""
    written = drafting.draft(here().session)
    if request.method == "GET":
        keys = [one.key for one in written.rules]
        return _draft_page(forms.rules_form(keys, first=written.version == 1, written=written), keys)
    keys = forms.keys_of(request.form.get("keys", ""))
    form = forms.rules_form(keys, first=written.version == 1)
    if not form.read(request.form):
        return _draft_page(form, keys), UNPROCESSABLE
    act = request.form.get("act", "")
    changed = forms.moved(forms.read(form, keys), act)
    try:
        drafting.save(
            here().session,
            me(),
            str(form.values["seen"] or ""),
            intro=str(form.values["intro"] or ""),
            changes=str(form.values.get("changes") or ""),
            rules=changed,
        )
    except (Invalid, Conflict) as error:
        return _refused(form, keys, error)
    here().session.commit()
    if act == "preview":
        return redirect(url_for(".rules_preview"), 303)
    return redirect(url_for(".rules_draft", done="saved", _anchor=_place(act, changed)), 303)


@blueprint.get("/verwaltung/moderation/regeln/vorschau")
@requires(MANAGE)
def rules_preview() -> str:
    """Show the draft as everybody will see it, with what is missing; raises NotFound without one."""
    return _preview_page()


@blueprint.post("/verwaltung/moderation/regeln/veroeffentlichen")
@requires(MANAGE)
def publish_rules() -> ResponseReturnValue:
    """Put the draft in force as it was seen in the preview."""
    place = here()
    try:
        drafting.publish(place.session, me(), request.form.get("seen", ""))
    except Invalid:
        return _preview_page(), UNPROCESSABLE
    place.session.commit()
    return redirect(url_for(".rules_desk", done="saved"), 303)


@blueprint.post("/verwaltung/moderation/regeln/verwerfen")
@requires(MANAGE)
def discard_rules() -> ResponseReturnValue:
    """Drop the draft."""
    drafting.discard(here().session, me())
    here().session.commit()
    return redirect(url_for(".rules_desk", done="saved"), 303)


def me() -> MemberRef:
    """Give the member who writes; raises Denied."""
    member = here().member
    if member is None:
        raise Denied
    return member


def _preview_page() -> str:
    written = drafting.draft(here().session)
    if not written.stored:
        raise NotFound
    return render(
        "moderation/rules_preview.html",
        title=_("Preview of the rules"),
        draft=written,
        intro=_html(written.intro),
        problems=drafting.problems(written),
    )


def _draft_page(form: Form, keys: list[str]) -> str:
    parts = [
        (number, key, [form.field(f"{part}-{key}") for part in forms.PARTS])
        for number, key in enumerate(keys, start=1)
    ]
    return render("moderation/rules_draft.html", title=_("Write the rules"), form=form, parts=parts)


def _refused(form: Form, keys: list[str], error: Invalid | Conflict) -> ResponseReturnValue:
    """Show what was typed again; after a conflict it may be saved over what the colleague wrote."""
    if isinstance(error, Invalid):
        form.add_invalid(error)
        return _draft_page(form, keys), UNPROCESSABLE
    form.add_error("", error.message)
    return _draft_page(form, keys), CONFLICT


def _place(act: str, rules: list[Any]) -> str | None:
    """Name the spot of the page where work goes on after a button."""
    if act == "add":
        return f"rule-{rules[-1].key}"
    verb, _dash, key = act.partition("-")
    return f"rule-{key}" if verb in ("up", "down") and forms.KEY.fullmatch(key) else None


def _asked_for(version: str) -> service.Rules:
    if not version.isdecimal() or len(version) > 9:
        raise NotFound
    return service.of_version(here().session, int(version))


def _html(intro: str) -> Any:
    return markdown.render(intro, profile=markdown.EDITORIAL, field="intro")
