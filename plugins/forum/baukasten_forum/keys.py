"""Names that the forum is known by: its kind, its type of contribution, its permissions."""

from baukasten.plugin import Permission, Role, lazy

_ = lazy("forum")

KIND = "forum"
POST_TYPE = "forum.post"
"""One type for topics and replies: whoever hides the first post hides the topic."""

READ, HELD = "forum.topic.read", "forum.held.read"
CREATE, REPLY = "forum.topic.create", "forum.post.create"

EVERYBODY = frozenset(Role) - {Role.OPERATOR}
PEOPLE = EVERYBODY - {Role.GUEST}
STAFF = frozenset({Role.MODERATOR, Role.ADMIN})

PERMISSIONS = [
    Permission(READ, _("Read the forum"), EVERYBODY, writes=False),
    Permission(HELD, _("Read contributions that are being checked"), STAFF, writes=False),
    Permission(CREATE, _("Write contributions"), PEOPLE),
    Permission(REPLY, _("Reply to contributions"), PEOPLE),
]
