"""Pages of staff below a list: what came back of its issues, and letters that nobody could read."""

from typing import Any

from flask import redirect, request
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from baukasten.plugin import MemberRef, ModuleRef, lazy
from baukasten.sdk import Form, SignInNeeded, here, module_url, render, requires, translator
from baukasten_newsletter import desks
from baukasten_newsletter.keys import PEOPLE
from baukasten_newsletter.models import Issue
from baukasten_newsletter.returns import facts, quarantine
from baukasten_newsletter.returns.classes import WORDS, Kind
from baukasten_newsletter.returns.forms import kind_form
from baukasten_newsletter.routes import ID, LARGEST, routes

_ = lazy("newsletter")

BASE = "/rueckweg"
ISSUES = 10
"""The latest issues, as many as a look takes in."""
UNPROCESSABLE = 422


@routes.get(f"{BASE}/")
@requires(PEOPLE)
def returns(module: ModuleRef) -> ResponseReturnValue:
    """Show what came back of the latest issues, and the letters that wait for somebody."""
    settled, after = request.args.get("erledigt") == "1", _place(request.args.get("nach", ""))
    session = here().session
    found = quarantine.listed(session, module, settled=settled, after=after)
    chosen = {"erledigt": "1"} if settled else {}
    more = module_url(module, "returns", **chosen, nach=found.further) if found.further else ""
    return render(
        "newsletter/returns.html",
        title=str(_("What comes back")),
        module=module,
        letters=[(row, module_url(module, "returned_letter", row_id=row.id)) for row in found.rows],
        words=WORDS,
        settled=settled,
        more_url=more,
        open_url=module_url(module, "returns"),
        settled_url=module_url(module, "returns", erledigt=1),
        issues=_issues(module),
        **desks.values(module, desks.RETURNS),
    )


@routes.get(f"{BASE}/{ID}")
@requires(PEOPLE)
def returned_letter(module: ModuleRef, row_id: int) -> ResponseReturnValue:
    """Show one letter as plain text; raises NotFound."""
    return _letter(module, row_id, kind_form(module_url(module, "reassign_letter", row_id=row_id)))


@routes.post(f"{BASE}/{ID}/erledigt")
@requires(PEOPLE)
def settle_letter(module: ModuleRef, row_id: int) -> ResponseReturnValue:
    """Note that somebody looked at a letter."""
    quarantine.settle(here().session, _me(), module, row_id)
    here().session.commit()
    return redirect(module_url(module, "returns"), 303)


@routes.post(f"{BASE}/{ID}/einordnen")
@requires(PEOPLE)
def reassign_letter(module: ModuleRef, row_id: int) -> ResponseReturnValue:
    """Say what a letter is."""
    form = kind_form(module_url(module, "reassign_letter", row_id=row_id))
    if not form.read(request.form):
        return _letter(module, row_id, form), UNPROCESSABLE
    quarantine.reassign(here().session, _me(), module, row_id, Kind(form.values["kind"]))
    here().session.commit()
    return redirect(module_url(module, "returns"), 303)


def _letter(module: ModuleRef, row_id: int, form: Form) -> str:
    row = quarantine.find(here().session, module, row_id)
    return render(
        "newsletter/returned_letter.html",
        title=str(_("Letter of %(day)s")) % {"day": translator().date(row.at)},
        module=module,
        row=row,
        kind=WORDS[Kind(row.kind)],
        form=None if row.settled_at else form,
        settle_url=module_url(module, "settle_letter", row_id=row_id),
        back_url=module_url(module, "returns"),
        **desks.values(module, desks.RETURNS),
    )


def _issues(module: ModuleRef) -> list[dict[str, Any]]:
    """Give the latest issues of a list with what came back of each; two statements."""
    session = here().session
    query = select(Issue.id, Issue.number, Issue.started_at)
    query = query.where(Issue.module_id == module.id, Issue.started_at.is_not(None))
    rows = session.execute(query.order_by(Issue.id.desc()).limit(ISSUES)).all()
    counts = facts.by_kind(session, [one.id for one in rows])
    return [
        {
            "number": one.number,
            "at": one.started_at,
            "failed": facts.failed(counts[one.id]),
            "sender": facts.against_sender(counts[one.id]),
            "complaints": counts[one.id].get(Kind.COMPLAINT, 0),
            "late": counts[one.id].get(Kind.DELAY, 0),
            "away": counts[one.id].get(Kind.VACATION, 0),
            "warning": facts.warning(counts[one.id]),
        }
        for one in rows
    ]


def _place(given: str) -> int:
    """Read a place in the list; rubbish is the beginning."""
    number = int(given) if given.isascii() and given.isdigit() and len(given) < 20 else 0
    return number if number <= LARGEST else 0


def _me() -> MemberRef:
    member = here().member
    if member is None:
        raise SignInNeeded
    return member
