"""Telling an author that the town's staff changed what they wrote."""

from baukasten.plugin import ContentRef, ModuleRef, NotificationType, lazy
from baukasten.sdk import Scope, module_path, notify
from baukasten_forum.keys import POST_TYPE

_ = lazy("forum")
EDITED = "forum.edited"
TYPES = [
    NotificationType(
        EDITED,
        _("The town changes a contribution of mine"),
        "forum/mail/edited",
        _("Your contribution was changed: %(topic)s"),
    )
]


def tell(
    session: Scope, module: ModuleRef, post_id: int, *, author_id: int, topic: tuple[int, str], number: int
) -> None:
    """Tell an author of a change by somebody else; wording and reason stand in the contribution's history."""
    topic_id, title = topic
    notify(
        session,
        EDITED,
        recipients=[author_id],
        data={"topic": title},
        group=f"post:{post_id}",
        path=module_path(session.contract, module, "revisions_of", topic_id=topic_id, number=number),
        about=ContentRef(POST_TYPE, post_id),
    )
