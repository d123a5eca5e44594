"""Pages of notices: the list, the wishes about mails, and ending mails from a letter's link."""

from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from baukasten.errors import NotFound, SignInNeeded
from baukasten.notify import links, service
from baukasten.notify.models import Notice
from baukasten.plugin.fields import Field, FieldKind
from baukasten.plugin.refs import MemberRef
from baukasten.plugin.text import lazy
from baukasten.web.forms import Form
from baukasten.web.here import here
from baukasten.web.i18n import fill
from baukasten.web.marks import public, signed_in
from baukasten.web.platform import platform
from baukasten.web.templating import render

_ = lazy("core")
blueprint = Blueprint("notify", __name__)


@dataclass(frozen=True, slots=True)
class Entry:
    """One notice as its reader sees it."""

    line: str
    at: datetime
    read: bool
    open_url: str


@blueprint.get(links.LIST)
@signed_in
def notice_list() -> ResponseReturnValue:
    """List what concerns me, newest first."""
    session, member = here().session, me()
    notices, older = service.page(session, member.id, request.args.get("before", type=int))
    entries = [
        Entry(
            line_of(one), one.created_at, one.read_at is not None, url_for(".open_notice", notice_id=one.id)
        )
        for one in notices
    ]
    return render(
        "notify/list.html",
        title=_("Notices"),
        entries=entries,
        unread=service.unread_count(session, member.id),
        older=url_for(".notice_list", before=older) if older else None,
        newer=url_for(".notice_list") if "before" in request.args else None,
    )


@blueprint.post(f"{links.LIST}/gelesen")
@signed_in
def read_all() -> ResponseReturnValue:
    """Mark everything as read."""
    session = here().session
    service.mark_read(session, me().id)
    session.commit()
    return redirect(url_for(".notice_list"), 303)


@blueprint.post(f"{links.LIST}/<int:notice_id>")
@signed_in
def open_notice(notice_id: int) -> ResponseReturnValue:
    """Mark one notice as read and lead to what it is about."""
    session = here().session
    path = service.mark_read(session, me().id, notice_id)
    if path is None:
        raise NotFound
    session.commit()
    # Only a path of this very site: "//elsewhere.example" would be another host.
    own = path.startswith("/") and not path.startswith(("//", "/\\"))
    return redirect(request.script_root + path if own else url_for(".notice_list"), 303)


@blueprint.route(links.PREFERENCES, methods=["GET", "POST"])
@signed_in
def preferences() -> ResponseReturnValue:
    """Choose what comes by mail."""
    place, member = here(), me()
    types = service.mailed_types(place.session, place.plugins)
    wanted = [one.key for one in types if one.key not in service.unwanted(place.session, member.id)]
    choices = [(one.key, str(one.title)) for one in types]
    field = Field("types", _("Write me a mail about"), FieldKind.CHECKBOXES, choices=choices, default=wanted)
    form = Form([field], url_for(".preferences"))
    if request.method == "POST" and form.read(request.form):
        for one in types:
            service.want(place.session, member.id, one.key, mails=one.key in form.values["types"])
        place.session.commit()
        return redirect(url_for(".preferences", saved=1), 303)
    saved = request.method == "GET" and "saved" in request.args
    return render("notify/preferences.html", title=_("Mails"), form=form if types else None, saved=saved)


@blueprint.route(f"{links.LEAVE}/<token>", methods=["GET", "POST"])
@public(secret_address=True)
def leave(token: str) -> ResponseReturnValue:
    """End the mails of one type or group, or all, from a letter's link; asks first, since programs open links too."""
    place = here()
    member_id, type_key, group = links.read_token(platform().config.secret_key, place.tenant.id, token)
    declared = place.session.contract.registry.notifications.get(type_key)
    if declared is None or (group and declared.value.silence is None):
        raise NotFound
    ends_all = request.method == "POST" and "all" in request.form
    if request.method == "POST":
        if group and not ends_all:
            service.silence(place.session, member_id, type_key, group)
        else:
            ended = service.mailed_types(place.session, place.plugins) if ends_all else [declared.value]
            for one in ended:
                service.want(place.session, member_id, one.key, mails=False)
        place.session.commit()
    return render(
        "notify/leave.html",
        title=_("End mails"),
        kind=str(declared.value.silence_title if group else declared.value.title),
        group=bool(group),
        done="all" if ends_all else request.method == "POST",
        action=request.script_root + request.path,
    )


def line_of(notice: Notice) -> str:
    """Say in one line what a notice is about; the type's title where its data lack what the subject needs."""
    declared = here().session.contract.registry.notifications.get(notice.type)
    if declared is None:
        return str(_("Notice"))
    subject = declared.value.subject
    values = {"town": here().tenant.name, "count": 1, **notice.data}
    try:
        return fill(str(subject), str.__str__(subject), values)
    except (KeyError, TypeError, ValueError):
        return str(declared.value.title)


def me() -> MemberRef:
    """Give who asks; raises SignInNeeded."""
    member = here().member
    if member is None:
        raise SignInNeeded
    return member
