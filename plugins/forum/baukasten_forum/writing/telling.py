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
    session: Scope,
    module: ModuleRef,
    post: tuple[int, int],
    *,
    author_id: int,
    topic: tuple[int, str],
    reason: str,
) -> None:
    """Tell an author of a change by somebody else, with its reason; both wordings stand in the post's history.

    ``post`` is its id and its number, ``topic`` the topic's id and title.
    """
    (post_id, number), (topic_id, title) = post, topic
    notify(
        session,
        EDITED,
        recipients=[author_id],
        data={"topic": title, "reason": reason},
        group=f"post:{post_id}",
        path=module_path(session.contract, module, "revisions_of", topic_id=topic_id, number=number),
        about=ContentRef(POST_TYPE, post_id),
    )
