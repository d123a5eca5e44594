"""Staff pages below a list: what became of its issues, and how it grew; letters are counted, nobody is watched."""

from collections.abc import Mapping
from typing import Any

from flask import request
from flask.typing import ResponseReturnValue

from baukasten.plugin import LazyText, ModuleRef, lazy
from baukasten.sdk import here, module_url, render, requires, translator
from baukasten_newsletter import desks
from baukasten_newsletter.figures import counting
from baukasten_newsletter.keys import SIZE
from baukasten_newsletter.returns import facts
from baukasten_newsletter.returns.classes import WORDS
from baukasten_newsletter.routes import ID, LARGEST, routes
from baukasten_newsletter.sending import ledger, slices

_ = lazy("newsletter")

BASE = "/zahlen/"
REASONS: Mapping[str, LazyText] = {
    ledger.LEFT: _("Left after the issue had begun"),
    ledger.PAUSED: _("Paused at that moment"),
    ledger.SUPPRESSED: _("Wants no mail ever again"),
    ledger.GONE: _("Address forgotten meanwhile"),
    ledger.NOTHING_NEW: _("Nothing new to tell"),
    slices.UNWRITABLE: _("The mail could not be written"),
}
OTHER_REASON = _("Another reason")


@routes.get(BASE)
@requires(SIZE)
def figures(module: ModuleRef) -> ResponseReturnValue:
    """Show the latest issues in numbers, and the list's growth."""
    place = here()
    found = counting.issues(place.session, module, before=_place(request.args.get("nach", "")))
    more = len(found) == counting.PAGE
    digest = counting.last_digest(place.session)
    return render(
        "newsletter/figures.html",
        title=_("Figures"),
        module=module,
        issues=[(one, module_url(module, "issue_figures", row_id=one.id)) for one in found],
        failed=lambda one: facts.failed(one.returns),
        months=counting.growth(place.session, module, place.tenant.time_zone),
        digest=digest,
        digest_day=translator().date(digest.day) if digest else "",
        more_url=module_url(module, "figures", nach=found[-1].id) if more else "",
        **desks.values(module, desks.FIGURES),
    )


@routes.get(f"{BASE}{ID}")
@requires(SIZE)
def issue_figures(module: ModuleRef, row_id: int) -> ResponseReturnValue:
    """Show one issue in numbers, by reason and by domain; raises NotFound."""
    session = here().session
    found = counting.issue(session, module, row_id)
    return render(
        "newsletter/issue_figures.html",
        title=found.subject or _("Issue without a subject"),
        module=module,
        one=found,
        parts=_parts(found),
        skipped=[(REASONS.get(why, OTHER_REASON), number) for why, number in sorted(found.skipped.items())],
        returns=[(words, found.returns[kind]) for kind, words in WORDS.items() if found.returns.get(kind)],
        domains=counting.domains(session, row_id),
        back_url=module_url(module, "figures"),
        **desks.values(module, desks.FIGURES),
    )


def _parts(found: counting.Figures) -> list[tuple[Any, int]]:
    counts = found.counts
    return [
        (_("People in the snapshot"), counts.snapshot),
        (_("Handed over to their mail servers"), counts.handed_over),
        (_("Waiting"), counts.waiting),
        (_("Put off by their mail servers"), counts.deferred),
        (_("Refused by their mail servers"), counts.failed),
        (_("Came back later"), counts.bounced),
        (_("Complained"), counts.complained),
        (_("Left out"), counts.skipped),
        (_("Left within seven days"), found.left),
        (_("Visits of the page in the archive"), found.visits),
    ]


def _place(given: str) -> int:
    """Read a place in the list; rubbish is the beginning."""
    number = int(given) if given.isascii() and given.isdigit() and len(given) < 20 else 0
    return number if number <= LARGEST else 0
