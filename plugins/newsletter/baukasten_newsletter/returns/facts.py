"""What came back, in figures: per issue by kind, each delivery once a kind, and whether the sender is to blame."""

from collections.abc import Collection, Mapping

from sqlalchemy import func, select

from baukasten.plugin import lazy
from baukasten.sdk import Scope
from baukasten_newsletter.returns.classes import FAILURES, SENDERS_FAULT, Kind
from baukasten_newsletter.returns.models import ANSWER, Return

_ = lazy("newsletter")

LEAST_REFUSALS = 5
LEAST_SHARE = 0.25
"""Of all failures, from which on it is no longer a matter of single servers."""


def by_kind(session: Scope, issues: Collection[int], *, later: bool = False) -> dict[int, dict[Kind, int]]:
    """Give how many deliveries of some issues came back as what; one statement, issues without returns are empty.

    ``later`` leaves out what servers refused on the connection, which the ledger counts already.
    """
    found: dict[int, dict[Kind, int]] = {issue: {} for issue in issues}
    if not found:
        return found
    deliveries = func.count(func.coalesce(Return.delivery_id, -Return.id).distinct())
    query = select(Return.issue_id, Return.kind, deliveries.label("number"))
    query = query.where(Return.issue_id.in_(found)).group_by(Return.issue_id, Return.kind)
    if later:
        query = query.where(Return.fingerprint.not_like(f"{ANSWER}%"))
    for row in session.execute(query):
        if row.issue_id is not None:
            found[row.issue_id][Kind(row.kind)] = row.number
    return found


def failed(counts: Mapping[Kind, int]) -> int:
    """Give how many did not arrive."""
    return sum(number for kind, number in counts.items() if kind in FAILURES)


def against_sender(counts: Mapping[Kind, int]) -> int:
    """Give how many were refused for what the sender is or sends."""
    return sum(number for kind, number in counts.items() if kind in SENDERS_FAULT)


def warning(counts: Mapping[Kind, int]) -> str:
    """Say that servers refuse the sender, where that is more than chance; empty else."""
    refused = against_sender(counts)
    if refused < LEAST_REFUSALS or refused < LEAST_SHARE * failed(counts):
        return ""
    return str(
        _(
            "Other servers refused %(number)s mails because of the sender or the content. "
            "Check the sender's domain; the readers are not to blame."
        )
    ) % {"number": refused}
