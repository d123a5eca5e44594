"""Staff's pages for the weighing: the table with its progress, and one page for each contribution."""

import re
from typing import Any

from flask import redirect, request
from flask.typing import ResponseReturnValue

from baukasten.plugin import Field, FieldKind, MemberRef, ModuleRef, lazy
from baukasten.sdk import (
    Form,
    Invalid,
    NotFound,
    SafeHtml,
    excerpt,
    here,
    may,
    module_url,
    render,
    requires,
    shorten,
    translator,
)
from baukasten_forum import forms, list_page, pages
from baukasten_forum.answers import weighing
from baukasten_forum.asking import asker
from baukasten_forum.keys import WEIGH
from baukasten_forum.listing import AnyRow
from baukasten_forum.places import place_of
from baukasten_forum.routes import routes

_ = lazy("forum")
HOME = "/abwaegung"
POST_ID = "<int(max=9223372036854775807):post_id>"
_PLACE = re.compile(r"\s*(?:Nr\.?|No\.?|#)?\s*([0-9]{1,18})\s*/\s*#?([0-9]{1,9})\s*", re.IGNORECASE)
FIELDS = [
    Field(
        "summary", _("Summary of the contribution"), FieldKind.TEXTAREA, rows=4, max_length=weighing.MAX_SUMMARY,
        help=_("As those who decide should read it."),
    ),
    Field(
        "statement", _("Statement of the administration"), FieldKind.TEXTAREA, rows=8,
        max_length=weighing.MAX_STATEMENT,
    ),
    Field(
        "proposal", _("Proposal for decision"), FieldKind.RADIO, default="",
        choices=[("", _("None yet")), *weighing.PROPOSALS.items()],
    ),
    Field("version", "", FieldKind.HIDDEN, default="", max_length=18),
]  # fmt: skip


@routes.get(HOME)
@requires(WEIGH)
def weighing_table(module: ModuleRef) -> ResponseReturnValue:
    """Show what is prepared and what is not."""
    session = here().session
    only_open = request.args.get("offen", "") == "1"
    rows, following = weighing.page(session, module, _after(), only_open=only_open)
    done, total = weighing.progress(session, module)
    narrowed = {"offen": 1} if only_open else {}
    beyond = "-".join(map(str, following)) if following else ""
    return render(
        "forum/answers/weighing.html",
        title=_("Prepare the weighing"),
        crumbs=pages.crumbs(module, (str(_("Weighing")), "")),
        done=done,
        total=total,
        rows=[_line(module, row) for row in rows],
        only_open=only_open,
        all_url=module_url(module, "weighing_table"),
        open_url=module_url(module, "weighing_table", offen=1),
        next_url=module_url(module, "weighing_table", nach=beyond, **narrowed) if beyond else "",
        find_url=module_url(module, "weigh_reply"),
    )


@routes.get(f"{HOME}/finden")
@requires(WEIGH)
def weigh_reply(module: ModuleRef) -> ResponseReturnValue:
    """Lead to the page of a reply that somebody wants to weigh, by its numbers such as 12/3."""
    asked = _PLACE.fullmatch(request.args.get("nr", ""))
    if asked is None:
        raise NotFound
    post_id = weighing.by_number(here().session, module, int(asked[1]), int(asked[2]))
    return redirect(module_url(module, "weigh", post_id=post_id), 302)


@routes.form(f"{HOME}/{POST_ID}")
@requires(WEIGH)
def weigh(module: ModuleRef, post_id: int) -> ResponseReturnValue:
    """Show one contribution with what is prepared about it, or store that and lead to the next."""
    session = here().session
    row = weighing.find(session, module, post_id)
    form = _form(row)
    if request.method != "POST":
        return _page(module, row, form)
    if not form.read(request.form):
        return _page(module, row, form), 422
    sent = form.values
    weighed = weighing.Weighed(sent["summary"], sent["statement"], sent["proposal"] or "")
    try:
        version = forms.number(sent["version"])
        weighing.save(session, asker(), module, post_id, weighed, version=version)
    except weighing.WeighingConflict as conflict:
        form.show("version", str(conflict.now.version))
        form.add_error("", conflict.message)
        return _page(module, row, form, other=conflict.now), 409
    except Invalid as error:
        form.add_invalid(error)
        return _page(module, row, form), 422
    session.commit()
    goes_on = weighing.following(session, module, row) if "next" in request.form else None
    if goes_on is None:
        return redirect(f"{module_url(module, 'weighing_table')}#w-{post_id}", 303)
    return redirect(module_url(module, "weigh", post_id=goes_on), 303)


def tools(module: ModuleRef, member: MemberRef) -> list[tuple[str, str]]:
    """Lead from the list to the table whoever may prepare it."""
    if not may(here().session, member, WEIGH, module):
        return []
    return [(str(_("Weighing")), module_url(module, "weighing_table"))]


list_page.TOOLS.append(tools)


def _after() -> tuple[int, int]:
    """Read where a page begins; raises NotFound for what no page gave."""
    written = request.args.get("nach", "")
    if not written:
        return 0, 0
    topic, _dash, number = written.partition("-")
    found = forms.number(topic), forms.number(number)
    if not all(found) or found[1] >= 2**31:
        raise NotFound
    return found


def _form(row: AnyRow) -> Form:
    values = {
        "summary": row.summary or "",
        "statement": row.statement or "",
        "proposal": row.proposal or "",
        "version": str(row.version or ""),
    }
    return Form(FIELDS, "", _("Save"), values)


def _page(module: ModuleRef, row: AnyRow, form: Form, other: AnyRow | None = None) -> str:
    label = _label(row)
    proposal = weighing.PROPOSALS.get(other.proposal or "") if other is not None else None
    return render(
        "forum/answers/weigh.html",
        title=row.title,
        crumbs=pages.crumbs(module, (str(_("Weighing")), module_url(module, "weighing_table")), (label, "")),
        label=label,
        when=translator().date(row.created_at),
        place=place_of(row),
        html=SafeHtml(row.body_html),
        post_url=module_url(module, "post", topic_id=row.topic_id, number=row.number),
        form=form,
        other=other,
        other_proposal=proposal,
    )


def _line(module: ModuleRef, row: AnyRow) -> dict[str, Any]:
    return {
        "id": row.id,
        "label": _label(row),
        "title": row.title,
        "url": module_url(module, "weigh", post_id=row.id),
        "place": place_of(row),
        "text": shorten(row.summary, 200) if row.summary else excerpt(SafeHtml(row.body_html)),
        "is_summary": bool(row.summary),
        "proposal": weighing.PROPOSALS.get(row.proposal or ""),
    }


def _label(row: AnyRow) -> str:
    number = str(row.topic_id) if row.number == 1 else f"{row.topic_id}/{row.number}"
    return str(_("No. %(number)s")) % {"number": number}
