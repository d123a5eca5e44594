"""Kinds of notices among colleagues."""

from baukasten.moderation.casework.handing import HANDED
from baukasten.moderation.casework.proposals import DECLINED
from baukasten.plugin.declarations import NotificationType
from baukasten.plugin.text import lazy

_ = lazy("core")
TYPES = [
    NotificationType(
        HANDED,
        _("A colleague hands a case over to me"),
        "moderation/mail/handed",
        _("%(colleague)s hands a case over to you"),
    ),
    NotificationType(
        DECLINED,
        _("A colleague declines what I proposed"),
        "moderation/mail/declined",
        _("%(colleague)s has declined your proposal"),
    ),
]
