"""Kinds of notices about decisions: to whoever is concerned, to whoever reported, to whoever objected."""

from baukasten.plugin.declarations import NotificationType
from baukasten.plugin.text import lazy

_ = lazy("core")
DECIDED, SHOWN = "moderation.decided", "moderation.shown"
REPORT, APPEAL, ARRIVED = (
    "moderation.report_settled",
    "moderation.appeal_settled",
    "moderation.appeal_arrived",
)
TYPES = [
    NotificationType(
        DECIDED,
        _("The moderators decide about me or my contribution"),
        "moderation/mail/decided",
        _("Decision of the moderators: %(title)s"),
    ),
    NotificationType(
        SHOWN,
        _("The moderators let my contribution into view"),
        "moderation/mail/shown",
        _("Your contribution is in view: %(title)s"),
    ),
    NotificationType(
        REPORT,
        _("A report of mine is decided"),
        "moderation/mail/report_settled",
        _("Your report %(receipt)s is decided"),
    ),
    NotificationType(
        ARRIVED,
        _("An appeal of mine has arrived"),
        "moderation/mail/appeal_arrived",
        _("Your appeal %(number)s has arrived"),
    ),
    NotificationType(
        APPEAL,
        _("An appeal of mine is decided"),
        "moderation/mail/appeal_settled",
        _("Your appeal %(number)s is decided"),
    ),
]


def decision_path(decision_id: int) -> str:
    """Give the path of a statement of reasons, for whoever it concerns."""
    return f"/konto/entscheidungen/{decision_id}"


def receipt_path(receipt: str) -> str:
    """Give the path of a report's receipt."""
    return f"/meldung/quittung/{receipt}"
