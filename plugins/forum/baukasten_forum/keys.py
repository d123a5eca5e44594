"""Names that the forum is known by: its kind, its type of contribution, its permissions, its closed lists."""

from enum import StrEnum

from baukasten.plugin import Permission, Role, lazy

_ = lazy("forum")

KIND = "forum"
POST_TYPE = "forum.post"
"""One type for topics and replies: whoever hides the first post hides the topic."""

READ, HELD = "forum.topic.read", "forum.held.read"
CREATE, REPLY, EDIT = "forum.topic.create", "forum.post.create", "forum.post.edit"
REACT = "forum.post.react"
ANSWER, WEIGH = "forum.answer.write", "forum.weighing.write"
MANAGE, ENTER, SETUP = "forum.topic.manage", "forum.letter.enter", "forum.module.setup"
EXPORT = "forum.module.export"

MAILBOX = "antwort"
"""What stands in the addresses to which people answer by mail."""

EVERYBODY = frozenset(Role) - {Role.OPERATOR}
PEOPLE = EVERYBODY - {Role.GUEST}
STAFF = frozenset({Role.MODERATOR, Role.ADMIN})
ADMINS = frozenset({Role.ADMIN})

PERMISSIONS = [
    Permission(READ, _("Read the forum"), EVERYBODY, writes=False),
    Permission(HELD, _("Read contributions that are being checked"), STAFF, writes=False),
    Permission(CREATE, _("Write contributions"), PEOPLE),
    Permission(REPLY, _("Reply to contributions"), PEOPLE),
    Permission(EDIT, _("Change and withdraw own contributions"), PEOPLE),
    Permission(REACT, _("Support contributions and say thanks"), PEOPLE),
    Permission(ANSWER, _("Answer for the town"), STAFF),
    Permission(WEIGH, _("Prepare the weighing of contributions"), STAFF),
    Permission(MANAGE, _("Move, join, lock and pin contributions"), STAFF),
    Permission(ENTER, _("Enter contributions that came by letter"), STAFF),
    Permission(SETUP, _("Set up categories, states and plans of a forum"), ADMINS),
    Permission(EXPORT, _("Take the contributions of a forum away as a file"), STAFF, writes=False),
]


class TopicKind(StrEnum):
    """What a topic is, chosen by its author among what the town allows."""

    DISCUSSION = "discussion"
    IDEA = "idea"
    QUESTION = "question"
    REMARK = "remark"
    """A remark on a plan; belongs to a place on it or a passage in it."""


class TopicState(StrEnum):
    """What people may do in one topic; never more than its forum allows."""

    OPEN = "open"
    LOCKED = "locked"
    CONCLUDED = "concluded"
    ARCHIVED = "archived"


class State(StrEnum):
    """What people may do in a whole forum, from its announcement to the archive."""

    ANNOUNCED = "announced"
    OPEN = "open"
    REPLIES = "replies"
    READ_ONLY = "read_only"
    CONCLUDED = "concluded"
    ARCHIVED = "archived"


class PostKind(StrEnum):
    """What a post is in its topic."""

    POST = "post"
    ANSWER = "answer"
    """The town's own, with a department and an outcome."""
    CONCLUSION = "conclusion"
    NOTICE = "notice"
    """A line about what staff did, such as posts that moved."""


class Via(StrEnum):
    """How a post came in."""

    PAGE = "page"
    MAIL = "mail"
    LETTER = "letter"
    IMPORT = "import"
    HANDOVER = "handover"
    """Another module, such as a question hour, handed it over."""


class ReactionKind(StrEnum):
    """What one person may say about a post with one press."""

    SUPPORT = "support"
    THANKS = "thanks"


class Level(StrEnum):
    """How closely somebody follows a topic, a category or a forum."""

    MUTE = "mute"
    NORMAL = "normal"
    FOLLOW = "follow"
