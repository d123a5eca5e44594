"""Names that the chat is known by: its kind, its types of contribution, its permissions, its closed lists."""

from enum import StrEnum

from baukasten.plugin import Permission, Role, lazy

_ = lazy("chat")

KIND = "chat"
ROOM, DESK = "chat", "chat_desk"
"""Live rooms: what everybody in a chat hears, and what those who steer it hear besides. The number is the row's id."""
MESSAGE_TYPE, QUESTION_TYPE = "chat.message", "chat.question"

READ, HELD = "chat.room.read", "chat.held.read"
SAY, EDIT, REACT = "chat.message.create", "chat.message.edit", "chat.message.react"
ASK, VOTE = "chat.question.create", "chat.question.vote"
SPEAK = "chat.speaker.join"
STEER, SETUP = "chat.room.steer", "chat.module.setup"
PUBLISH, EXPORT = "chat.transcript.publish", "chat.module.export"

EVERYBODY = frozenset(Role) - {Role.OPERATOR}
PEOPLE = EVERYBODY - {Role.GUEST}
STAFF = frozenset({Role.MODERATOR, Role.ADMIN})
ADMINS = frozenset({Role.ADMIN})

PERMISSIONS = [
    Permission(READ, _("Read along in live rooms"), EVERYBODY, writes=False),
    Permission(HELD, _("Read messages and questions that are being checked"), STAFF, writes=False),
    Permission(SAY, _("Write messages"), PEOPLE),
    Permission(EDIT, _("Change and withdraw own messages and questions"), PEOPLE),
    Permission(REACT, _("React to messages"), PEOPLE),
    Permission(ASK, _("Ask questions"), PEOPLE),
    Permission(VOTE, _("Vote for questions"), PEOPLE),
    Permission(SPEAK, _("Ask for the floor"), PEOPLE),
    Permission(STEER, _("Steer a live room: stage, questions, speakers, slow mode"), STAFF),
    Permission(SETUP, _("Set the opening hours of a live room"), ADMINS),
    Permission(PUBLISH, _("Edit and publish transcripts"), STAFF),
    Permission(EXPORT, _("Take the contents of a live room away as a file"), STAFF, writes=False),
]


class Form(StrEnum):
    """What a room is for, chosen by the town."""

    OPEN = "open"
    """Messages only."""
    QUESTIONS = "questions"
    """A question hour: questions with votes and a stage, beside the messages."""
    CONSULTATION = "consultation"
    """An office hour: messages, and people who ask for the floor one after the other."""


class MessageKind(StrEnum):
    """Whose words a message is."""

    TEXT = "text"
    TOWN = "town"
    """Staff speaks for the town."""


class QuestionState(StrEnum):
    """Where a question is on its way; what is held or refused is its visibility's matter."""

    OPEN = "open"
    LIVE = "live"
    ANSWERED = "answered"
    MERGED = "merged"
    ARCHIVED = "archived"


class SpeakerState(StrEnum):
    """Where somebody is who asked for the floor."""

    WAITING = "waiting"
    SPEAKING = "speaking"
    PAUSED = "paused"
    DONE = "done"
    LEFT = "left"


class ReactionKind(StrEnum):
    """What one person may say about a message with one press."""

    THUMB = "thumb"
    HEART = "heart"
    THANKS = "thanks"
    LAUGH = "laugh"


class Phase(StrEnum):
    """What the hours of a room allow at a moment; the server's clock decides."""

    ALWAYS = "always"
    """No hours are set: open as long as the project's phase is."""
    ANNOUNCED = "announced"
    LOBBY = "lobby"
    """Questions may be sent in and voted on before the hour."""
    RUNNING = "running"
    GRACE = "grace"
    """The hour is over; who is writing may still send."""
    CLOSED = "closed"


class TranscriptState(StrEnum):
    """How far a transcript is."""

    DRAFT = "draft"
    PUBLISHED = "published"
