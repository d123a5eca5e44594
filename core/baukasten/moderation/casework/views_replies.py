"""Saved replies: the list, adding, changing, taking away."""

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from baukasten.errors import Conflict, Invalid
from baukasten.moderation.blueprint import DECIDE, blueprint
from baukasten.moderation.casework import replies, reply_forms
from baukasten.moderation.casework.forms import rule_words
from baukasten.moderation.house_rules import service as house_rules
from baukasten.moderation.measures import NAMES
from baukasten.moderation.models import SavedReply
from baukasten.moderation.queue.views_desk import me
from baukasten.plugin.text import lazy
from baukasten.web.forms import Form
from baukasten.web.here import here
from baukasten.web.marks import requires
from baukasten.web.templating import render

_ = lazy("core")
UNPROCESSABLE = 422


@blueprint.get("/verwaltung/moderation/antworten")
@requires(DECIDE)
def reply_list() -> str:
    """List the saved replies."""
    session = here().session
    rules = {rule.key: rule_words(rule) for rule in house_rules.current(session).rules}
    return render(
        "moderation/reply_list.html",
        title=_("Saved replies"),
        entries=replies.listed(session),
        names=NAMES,
        rules=rules,
    )


@blueprint.route("/verwaltung/moderation/antworten/neu", methods=["GET", "POST"])
@requires(DECIDE)
def new_reply() -> ResponseReturnValue:
    """Add a saved reply."""
    form = _form(None)
    if request.method == "POST" and form.read(request.form) and _save(None, form):
        return redirect(url_for("moderation.reply_list", done="saved"), 303)
    return _page(_("New reply"), form, None)


@blueprint.route("/verwaltung/moderation/antworten/<int:reply_id>", methods=["GET", "POST"])
@requires(DECIDE)
def edit_reply(reply_id: int) -> ResponseReturnValue:
    """Change a saved reply."""
    reply = replies.get(here().session, reply_id)
    form = _form(reply)
    if request.method == "POST" and form.read(request.form) and _save(reply, form):
        return redirect(url_for("moderation.reply_list", done="saved"), 303)
    return _page(_("Change reply"), form, reply)


@blueprint.post("/verwaltung/moderation/antworten/<int:reply_id>/loeschen")
@requires(DECIDE)
def delete_reply(reply_id: int) -> ResponseReturnValue:
    """Take a saved reply away."""
    place = here()
    replies.delete(place.session, me(), replies.get(place.session, reply_id))
    place.session.commit()
    return redirect(url_for("moderation.reply_list", done="saved"), 303)


def _form(reply: SavedReply | None) -> Form:
    site = here().tenant
    languages = [site.language, *(code for code in site.languages if code != site.language)]
    return reply_forms.reply_form(house_rules.current(here().session), languages, reply)


def _save(reply: SavedReply | None, form: Form) -> bool:
    session = here().session
    try:
        replies.save(session, me(), reply, **reply_forms.sent(form))
    except Invalid as error:
        form.add_invalid(error)
    except Conflict as error:
        form.add_error("", error.message)
    else:
        session.commit()
    return not form.errors


def _page(title: str, form: Form, reply: SavedReply | None) -> ResponseReturnValue:
    page = render(
        "moderation/reply_edit.html", title=title, form=form, reply=reply, variables=replies.VARIABLES
    )
    return page, UNPROCESSABLE if form.errors else 200
