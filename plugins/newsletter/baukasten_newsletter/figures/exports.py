"""The issues of a list in numbers, as a table to take away."""

from collections.abc import Iterator, Sequence
from typing import Any, cast

from sqlalchemy.orm import Session

from baukasten.plugin import Export, ModuleRef, lazy
from baukasten.sdk import Scope
from baukasten_newsletter.figures import counting
from baukasten_newsletter.keys import SIZE
from baukasten_newsletter.returns import facts

_ = lazy("newsletter")


def rows(session: Session, module: ModuleRef) -> Iterator[Sequence[Any]]:
    """Give a row for each issue that was sent or begun, newest first."""
    last = 0
    while found := counting.issues(cast("Scope", session), module, before=last):
        last = found[-1].id
        for one in found:
            counts = one.counts
            yield (
                one.number, one.subject, one.started_at, counts.snapshot, counts.handed_over, counts.waiting,
                counts.deferred, counts.failed, facts.failed(one.returns), counts.complained, counts.skipped,
                one.left, one.visits,
            )  # fmt: skip


EXPORTS = [
    Export(
        key="newsletter.figures",
        title=_("Issues in numbers"),
        columns=[
            "number", "subject", "started_at", "snapshot", "handed_over", "waiting", "deferred", "failed", "returned",
            "complained", "skipped", "left", "visits",
        ],
        titles=[
            _("Issue"), _("Subject"), _("Sending began"), _("People in the snapshot"),
            _("Handed over to their mail servers"), _("Waiting"), _("Put off by their mail servers"),
            _("Refused by their mail servers"), _("Came back later"), _("Complained"), _("Left out"),
            _("Left within seven days"), _("Visits of the page in the archive"),
        ],
        permission=SIZE,
        rows=rows,
    )
]  # fmt: skip
