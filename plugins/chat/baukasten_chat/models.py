"""Tables of the chat: the room with its counters, messages, questions, speakers, hours, transcripts."""

import datetime as dt

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from baukasten.plugin import Visibility
from baukasten.sdk import Base, TenantOwned, Timestamps, tenant_args, tenant_key
from baukasten_chat.keys import MessageKind, QuestionState, SpeakerState, TranscriptState

SHOWN = (Visibility.PUBLISHED, Visibility.FOLDED)
"""What everybody sees."""
ZERO, NO, EMPTY = text("0"), text("false"), text("''")
NUMBERED = "number IS NOT NULL OR visibility NOT IN ('published', 'folded')"
MARKED = "(number IS NULL) = (version IS NULL)"


class Room(TenantOwned, Base):
    """A placed chat, and the counters from which its messages and changes get their numbers."""

    __tablename__ = "chat_room"
    bumps_generation = False
    __table_args__ = tenant_args(
        tenant_key("module_id", "module"),
        UniqueConstraint("tenant_id", "module_id"),
        CheckConstraint("version >= 0 AND number >= 0 AND question_number >= 0", name="counters"),
    )

    module_id: Mapped[int]
    version: Mapped[int] = mapped_column(server_default=ZERO)
    """Goes up by one with each change that everybody sees; under this row's lock, so that none is ever skipped."""
    number: Mapped[int] = mapped_column(server_default=ZERO)
    """Number of the last message that came into view."""
    question_number: Mapped[int] = mapped_column(server_default=ZERO)
    stage_id: Mapped[int | None]
    """The question that is being answered; a question of this room, kept so by the service."""
    announcement: Mapped[str] = mapped_column(server_default=EMPTY)
    announcement_html: Mapped[str] = mapped_column(server_default=EMPTY)
    announced_at: Mapped[dt.datetime | None]
    slow_seconds: Mapped[int | None]
    """How long one person waits between two messages; empty for what the town set for the room."""
    slowed_until: Mapped[dt.datetime | None]
    """Until when the room is slow by itself, because much was said at once."""
    closed_at: Mapped[dt.datetime | None]
    """Since when staff keeps the room shut, whatever its hours say, until they open it or the next opening begins."""
    list_closed: Mapped[bool] = mapped_column(server_default=NO)
    """Whether nobody else may ask for the floor."""


class Message(TenantOwned, Timestamps, Base):
    """One text in a room; its number is given when it comes into view, and stays with it."""

    __tablename__ = "chat_message"
    bumps_generation = False
    __table_args__ = tenant_args(
        tenant_key("room_id", "chat_room"),
        tenant_key("author_id", "membership", ondelete="SET NULL"),
        tenant_key("reply_to", "chat_message", ondelete="SET NULL"),
        UniqueConstraint("tenant_id", "room_id", "number"),
        UniqueConstraint("tenant_id", "author_id", "nonce"),
        CheckConstraint("number >= 1", name="number"),
        CheckConstraint(NUMBERED, name="shown"),
        CheckConstraint(MARKED, name="marked"),
        Index("ix_chat_message_changes", "tenant_id", "room_id", "version"),
        Index("ix_chat_message_waiting", "tenant_id", "room_id", postgresql_where=text("number IS NULL")),
        Index("ix_chat_message_author", "tenant_id", "author_id", "created_at"),
        Index(
            "ix_chat_message_appears",
            "tenant_id",
            "appears_at",
            postgresql_where=text("appears_at IS NOT NULL"),
        ),
        Index(
            "ix_chat_message_reply", "tenant_id", "reply_to", postgresql_where=text("reply_to IS NOT NULL")
        ),
    )

    room_id: Mapped[int]
    number: Mapped[int | None]
    version: Mapped[int | None]
    """The room's version when it last changed for everybody; empty until it was in view."""
    kind: Mapped[str] = mapped_column(server_default=MessageKind.TEXT)
    author_id: Mapped[int | None]
    body: Mapped[str]
    body_html: Mapped[str]
    visibility: Mapped[str] = mapped_column(server_default=Visibility.PUBLISHED)
    reply_to: Mapped[int | None]
    edits: Mapped[int] = mapped_column(server_default=ZERO)
    edited_at: Mapped[dt.datetime | None]
    staff_edited: Mapped[bool] = mapped_column(server_default=NO)
    reactions: Mapped[dict[str, int]] = mapped_column(JSONB, server_default=text("'{}'::jsonb"))
    """How many people pressed what; counted where it changes."""
    published_at: Mapped[dt.datetime | None]
    appears_at: Mapped[dt.datetime | None]
    """When a held message comes into view by itself, in rooms with a delay; empty where somebody must let it in."""
    nonce: Mapped[str | None]
    """The client's own mark, so that what is sent again is not said twice."""


class Question(TenantOwned, Timestamps, Base):
    """A question to those on the stage; numbered like messages, on a count of its own."""

    __tablename__ = "chat_question"
    bumps_generation = False
    __table_args__ = tenant_args(
        tenant_key("room_id", "chat_room"),
        tenant_key("author_id", "membership", ondelete="SET NULL"),
        tenant_key("merged_into", "chat_question", ondelete="SET NULL"),
        UniqueConstraint("tenant_id", "room_id", "number"),
        UniqueConstraint("tenant_id", "author_id", "nonce"),
        CheckConstraint("number >= 1", name="number"),
        CheckConstraint(NUMBERED, name="shown"),
        CheckConstraint(MARKED, name="marked"),
        CheckConstraint("votes >= 0", name="votes"),
        CheckConstraint("state <> 'answered' OR answered_at IS NOT NULL", name="answered"),
        CheckConstraint("state <> 'merged' OR merged_into IS NOT NULL", name="merged"),
        Index("ix_chat_question_changes", "tenant_id", "room_id", "version"),
        Index("ix_chat_question_waiting", "tenant_id", "room_id", postgresql_where=text("number IS NULL")),
        Index("ix_chat_question_votes", "tenant_id", "room_id", "state", "votes", "id"),
        Index("ix_chat_question_author", "tenant_id", "author_id", "room_id"),
        Index("ix_chat_question_merged", "tenant_id", "merged_into"),
    )

    room_id: Mapped[int]
    number: Mapped[int | None]
    version: Mapped[int | None]
    author_id: Mapped[int | None]
    body: Mapped[str]
    body_html: Mapped[str]
    visibility: Mapped[str] = mapped_column(server_default=Visibility.HELD)
    state: Mapped[str] = mapped_column(server_default=QuestionState.OPEN)
    anonymous: Mapped[bool] = mapped_column(server_default=NO)
    """Whether the public does not see who asks; the moderators do."""
    first: Mapped[bool] = mapped_column(server_default=NO)
    """Whether it is the first question that this person asks in the town."""
    early: Mapped[bool] = mapped_column(server_default=NO)
    """Whether it was sent in before the hour."""
    votes: Mapped[int] = mapped_column(server_default=ZERO)
    merged_into: Mapped[int | None]
    live_at: Mapped[dt.datetime | None]
    answered_at: Mapped[dt.datetime | None]
    answered_by: Mapped[str] = mapped_column(server_default=EMPTY)
    """The department or person of the town, as the public reads it."""
    minute: Mapped[int | None]
    """Where in the recording the answer begins, in minutes."""
    answer: Mapped[str] = mapped_column(server_default=EMPTY)
    answer_html: Mapped[str] = mapped_column(server_default=EMPTY)
    edits: Mapped[int] = mapped_column(server_default=ZERO)
    staff_edited: Mapped[bool] = mapped_column(server_default=NO)
    published_at: Mapped[dt.datetime | None]
    continued_path: Mapped[str] = mapped_column(server_default=EMPTY)
    """Where the town answers later what the hour had no time for."""
    nonce: Mapped[str | None]


class Vote(TenantOwned, Timestamps, Base):
    """One person wants to know the answer; without a person once the account is closed."""

    __tablename__ = "chat_vote"
    bumps_generation = False
    __table_args__ = tenant_args(
        tenant_key("question_id", "chat_question"),
        tenant_key("member_id", "membership", ondelete="SET NULL"),
        UniqueConstraint("tenant_id", "question_id", "member_id"),
        Index("ix_chat_vote_member", "tenant_id", "member_id", "question_id"),
    )

    question_id: Mapped[int]
    member_id: Mapped[int | None]


class Reaction(TenantOwned, Timestamps, Base):
    """What one person pressed under a message; without a person once the account is closed."""

    __tablename__ = "chat_reaction"
    bumps_generation = False
    __table_args__ = tenant_args(
        tenant_key("message_id", "chat_message"),
        tenant_key("member_id", "membership", ondelete="SET NULL"),
        UniqueConstraint("tenant_id", "message_id", "member_id", "kind"),
        Index("ix_chat_reaction_member", "tenant_id", "member_id"),
    )

    message_id: Mapped[int]
    member_id: Mapped[int | None]
    kind: Mapped[str]


class Mention(TenantOwned, Base):
    """Somebody whom a message calls by name."""

    __tablename__ = "chat_mention"
    bumps_generation = False
    __table_args__ = tenant_args(
        tenant_key("message_id", "chat_message"),
        tenant_key("member_id", "membership"),
        UniqueConstraint("tenant_id", "message_id", "member_id"),
        Index("ix_chat_mention_member", "tenant_id", "member_id"),
    )

    message_id: Mapped[int]
    member_id: Mapped[int]
    name: Mapped[str]
    """What stands in the text, which stays when the person changes their name."""


class Wording(TenantOwned, Timestamps, Base):
    """An earlier wording of a message or a question."""

    __tablename__ = "chat_wording"
    bumps_generation = False
    __table_args__ = tenant_args(
        tenant_key("message_id", "chat_message"),
        tenant_key("question_id", "chat_question"),
        tenant_key("edited_by", "membership", ondelete="SET NULL"),
        CheckConstraint("message_id IS NOT NULL OR question_id IS NOT NULL", name="one"),
        Index("ix_chat_wording_message", "tenant_id", "message_id"),
        Index("ix_chat_wording_question", "tenant_id", "question_id"),
        Index("ix_chat_wording_editor", "tenant_id", "edited_by"),
    )

    message_id: Mapped[int | None]
    question_id: Mapped[int | None]
    body: Mapped[str]
    body_html: Mapped[str]
    edited_by: Mapped[int | None]
    """Who replaced it."""
    by_staff: Mapped[bool] = mapped_column(server_default=NO)


class Speaker(TenantOwned, Timestamps, Base):
    """Somebody who asked for the floor."""

    __tablename__ = "chat_speaker"
    bumps_generation = False
    __table_args__ = tenant_args(
        tenant_key("room_id", "chat_room"),
        tenant_key("member_id", "membership", ondelete="SET NULL"),
        CheckConstraint("seconds >= 0", name="seconds"),
        Index("ix_chat_speaker_list", "tenant_id", "room_id", "state", "position", "id"),
        Index("ix_chat_speaker_member", "tenant_id", "member_id", "room_id"),
    )

    room_id: Mapped[int]
    member_id: Mapped[int | None]
    name: Mapped[str] = mapped_column(server_default=EMPTY)
    """Of people in the hall, whom staff puts on the list; empty for members."""
    about: Mapped[str] = mapped_column(server_default=EMPTY)
    state: Mapped[str] = mapped_column(server_default=SpeakerState.WAITING)
    first: Mapped[bool] = mapped_column(server_default=NO)
    """Whether this person has not spoken in this room yet; such people come first."""
    position: Mapped[int] = mapped_column(server_default=ZERO)
    """Moves somebody ahead or back among those who wait alike."""
    since: Mapped[dt.datetime | None]
    """Since when the clock of who speaks runs; empty while it stands."""
    seconds: Mapped[int] = mapped_column(server_default=ZERO)
    """How long they spoke before ``since``."""


class Window(TenantOwned, Timestamps, Base):
    """One opening of a room, from its lobby to its grace."""

    __tablename__ = "chat_window"
    __table_args__ = tenant_args(
        tenant_key("room_id", "chat_room"),
        CheckConstraint("lobby_at <= opens_at AND opens_at < closes_at", name="order"),
        CheckConstraint("extended_until IS NULL OR extended_until > closes_at", name="extended"),
        CheckConstraint("grace_minutes >= 0", name="grace"),
        Index("ix_chat_window_times", "tenant_id", "room_id", "opens_at"),
    )

    room_id: Mapped[int]
    title: Mapped[str] = mapped_column(server_default=EMPTY)
    """What it is about or who is there; empty where the room's own name says it."""
    lobby_at: Mapped[dt.datetime]
    opens_at: Mapped[dt.datetime]
    closes_at: Mapped[dt.datetime]
    extended_until: Mapped[dt.datetime | None]
    grace_minutes: Mapped[int] = mapped_column(server_default=ZERO)
    revision: Mapped[int] = mapped_column(server_default=ZERO)
    """How often it was changed, as calendars count (SEQUENCE)."""
    changed_at: Mapped[dt.datetime | None]
    cancelled_at: Mapped[dt.datetime | None]


class Transcript(TenantOwned, Timestamps, Base):
    """What was said in one opening of a room, as staff redacts and publishes it."""

    __tablename__ = "chat_transcript"
    __table_args__ = tenant_args(
        tenant_key("room_id", "chat_room"),
        tenant_key("window_id", "chat_window", ondelete="SET NULL"),
        tenant_key("made_by", "membership", ondelete="SET NULL"),
        tenant_key("pdf_id", "media", ondelete="SET NULL"),
        CheckConstraint("state <> 'published' OR published_at IS NOT NULL", name="published"),
        Index("ix_chat_transcript_room", "tenant_id", "room_id", "since"),
        Index("ix_chat_transcript_window", "tenant_id", "window_id"),
        Index("ix_chat_transcript_maker", "tenant_id", "made_by"),
        Index("ix_chat_transcript_pdf", "tenant_id", "pdf_id"),
    )

    room_id: Mapped[int]
    window_id: Mapped[int | None]
    title: Mapped[str]
    since: Mapped[dt.datetime]
    until: Mapped[dt.datetime]
    state: Mapped[str] = mapped_column(server_default=TranscriptState.DRAFT)
    names: Mapped[bool] = mapped_column(server_default=NO)
    """Whether people keep their names; else they are called "Person 1" and so on."""
    counts: Mapped[dict[str, int]] = mapped_column(JSONB, server_default=text("'{}'::jsonb"))
    """How many contributions were hidden, by the rule that they broke."""
    made_by: Mapped[int | None]
    published_at: Mapped[dt.datetime | None]
    topic_path: Mapped[str] = mapped_column(server_default=EMPTY)
    """Where people go on talking about it."""
    pdf_id: Mapped[int | None]
    """The same on paper, made in a job."""


class Line(TenantOwned, Base):
    """One line of a transcript."""

    __tablename__ = "chat_line"
    __table_args__ = tenant_args(
        tenant_key("transcript_id", "chat_transcript"),
        tenant_key("author_id", "membership", ondelete="SET NULL"),
        UniqueConstraint("tenant_id", "transcript_id", "position"),
        Index("ix_chat_line_author", "tenant_id", "author_id"),
    )

    transcript_id: Mapped[int]
    position: Mapped[int]
    kind: Mapped[str]
    """``message``, ``question`` or ``answer``."""
    number: Mapped[int | None]
    """Of the message or the question."""
    at: Mapped[dt.datetime]
    author_id: Mapped[int | None]
    person: Mapped[int] = mapped_column(server_default=ZERO)
    """Who it is among those of the transcript, counted from 1; 0 for the town and for people without a name."""
    name: Mapped[str] = mapped_column(server_default=EMPTY)
    """As everybody read it at that time; the department of an answer."""
    body_html: Mapped[str] = mapped_column(server_default=EMPTY)
    gone: Mapped[str] = mapped_column(server_default=EMPTY)
    """Why only its place is left, such as the rule that it broke."""
    redacted: Mapped[bool] = mapped_column(server_default=NO)
    """Whether staff took words out of it."""
    left_out: Mapped[bool] = mapped_column(server_default=NO)
    """Whether staff leaves it out of what is published; its place stays."""
    minute: Mapped[int | None]
