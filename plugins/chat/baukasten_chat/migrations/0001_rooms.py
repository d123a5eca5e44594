"""Rooms, messages, questions, speakers, opening hours and transcripts of the chat."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from baukasten.sdk import rls

revision = "chat_0001"
down_revision = None
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
TABLES = (
    "chat_room",
    "chat_message",
    "chat_question",
    "chat_vote",
    "chat_reaction",
    "chat_mention",
    "chat_wording",
    "chat_speaker",
    "chat_window",
    "chat_transcript",
    "chat_line",
)
COUNTED = ("chat_message", "chat_question")
"""What the console counts; nobody but the town itself changes it."""


def upgrade() -> None:
    """Make the tables, then their locks."""
    _rooms()
    _messages()
    _questions()
    _votes()
    _reactions()
    _mentions()
    _wordings()
    _speakers()
    _windows()
    _transcripts()
    _lines()
    for table in TABLES:
        for statement in rls.protect(table, operator="SELECT" if table in COUNTED else ""):
            op.execute(statement)


def _rooms() -> None:
    op.create_table(
        "chat_room",
        *rls.key_columns(),
        sa.Column("module_id", sa.BigInteger, nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False, server_default="0"),
        sa.Column("number", sa.BigInteger, nullable=False, server_default="0"),
        sa.Column("question_number", sa.BigInteger, nullable=False, server_default="0"),
        sa.Column("stage_id", sa.BigInteger),
        sa.Column("announcement", sa.Text, nullable=False, server_default=""),
        sa.Column("announcement_html", sa.Text, nullable=False, server_default=""),
        sa.Column("announced_at", MOMENT),
        sa.Column("slow_seconds", sa.BigInteger),
        sa.Column("slowed_until", MOMENT),
        sa.Column("closed_at", MOMENT),
        sa.Column("list_closed", sa.Boolean, nullable=False, server_default="false"),
        sa.CheckConstraint("version >= 0 AND number >= 0 AND question_number >= 0", name="counters"),
        rls.foreign_key("module_id", "module"),
        sa.UniqueConstraint("tenant_id", "module_id"),
    )


def _messages() -> None:
    op.create_table(
        "chat_message",
        *rls.key_columns(),
        sa.Column("created_at", MOMENT, nullable=False, server_default=sa.func.now()),
        sa.Column("room_id", sa.BigInteger, nullable=False),
        sa.Column("number", sa.BigInteger),
        sa.Column("version", sa.BigInteger),
        sa.Column("kind", sa.Text, nullable=False, server_default="text"),
        sa.Column("author_id", sa.BigInteger),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("body_html", sa.Text, nullable=False),
        sa.Column("visibility", sa.Text, nullable=False, server_default="published"),
        sa.Column("reply_to", sa.BigInteger),
        sa.Column("edits", sa.BigInteger, nullable=False, server_default="0"),
        sa.Column("edited_at", MOMENT),
        sa.Column("staff_edited", sa.Boolean, nullable=False, server_default="false"),
        sa.Column("reactions", JSONB, nullable=False, server_default="{}"),
        sa.Column("published_at", MOMENT),
        sa.Column("appears_at", MOMENT),
        sa.Column("nonce", sa.Text),
        sa.CheckConstraint("(number IS NULL) = (version IS NULL)", name="marked"),
        sa.CheckConstraint("number >= 1", name="number"),
        sa.CheckConstraint("number IS NOT NULL OR visibility NOT IN ('published', 'folded')", name="shown"),
        rls.foreign_key("author_id", "membership", ondelete="SET NULL (author_id)"),
        rls.foreign_key("reply_to", "chat_message", ondelete="SET NULL (reply_to)"),
        rls.foreign_key("room_id", "chat_room"),
        sa.UniqueConstraint("tenant_id", "author_id", "nonce"),
        sa.UniqueConstraint("tenant_id", "room_id", "number"),
    )
    op.create_index(
        "ix_chat_message_appears",
        "chat_message",
        ["tenant_id", "appears_at"],
        postgresql_where=sa.text("appears_at IS NOT NULL"),
    )
    op.create_index("ix_chat_message_author", "chat_message", ["tenant_id", "author_id", "created_at"])
    op.create_index("ix_chat_message_changes", "chat_message", ["tenant_id", "room_id", "version"])
    op.create_index(
        "ix_chat_message_reply",
        "chat_message",
        ["tenant_id", "reply_to"],
        postgresql_where=sa.text("reply_to IS NOT NULL"),
    )
    op.create_index(
        "ix_chat_message_waiting",
        "chat_message",
        ["tenant_id", "room_id"],
        postgresql_where=sa.text("number IS NULL"),
    )


def _questions() -> None:
    op.create_table(
        "chat_question",
        *rls.key_columns(),
        sa.Column("created_at", MOMENT, nullable=False, server_default=sa.func.now()),
        sa.Column("room_id", sa.BigInteger, nullable=False),
        sa.Column("number", sa.BigInteger),
        sa.Column("version", sa.BigInteger),
        sa.Column("author_id", sa.BigInteger),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("body_html", sa.Text, nullable=False),
        sa.Column("visibility", sa.Text, nullable=False, server_default="held"),
        sa.Column("state", sa.Text, nullable=False, server_default="open"),
        sa.Column("anonymous", sa.Boolean, nullable=False, server_default="false"),
        sa.Column("first", sa.Boolean, nullable=False, server_default="false"),
        sa.Column("early", sa.Boolean, nullable=False, server_default="false"),
        sa.Column("votes", sa.BigInteger, nullable=False, server_default="0"),
        sa.Column("merged_into", sa.BigInteger),
        sa.Column("live_at", MOMENT),
        sa.Column("answered_at", MOMENT),
        sa.Column("answered_by", sa.Text, nullable=False, server_default=""),
        sa.Column("minute", sa.BigInteger),
        sa.Column("answer", sa.Text, nullable=False, server_default=""),
        sa.Column("answer_html", sa.Text, nullable=False, server_default=""),
        sa.Column("edits", sa.BigInteger, nullable=False, server_default="0"),
        sa.Column("staff_edited", sa.Boolean, nullable=False, server_default="false"),
        sa.Column("published_at", MOMENT),
        sa.Column("continued_path", sa.Text, nullable=False, server_default=""),
        sa.Column("nonce", sa.Text),
        sa.CheckConstraint("state <> 'answered' OR answered_at IS NOT NULL", name="answered"),
        sa.CheckConstraint("(number IS NULL) = (version IS NULL)", name="marked"),
        sa.CheckConstraint("state <> 'merged' OR merged_into IS NOT NULL", name="merged"),
        sa.CheckConstraint("number >= 1", name="number"),
        sa.CheckConstraint("number IS NOT NULL OR visibility NOT IN ('published', 'folded')", name="shown"),
        sa.CheckConstraint("votes >= 0", name="votes"),
        rls.foreign_key("author_id", "membership", ondelete="SET NULL (author_id)"),
        rls.foreign_key("merged_into", "chat_question", ondelete="SET NULL (merged_into)"),
        rls.foreign_key("room_id", "chat_room"),
        sa.UniqueConstraint("tenant_id", "author_id", "nonce"),
        sa.UniqueConstraint("tenant_id", "room_id", "number"),
    )
    op.create_index("ix_chat_question_author", "chat_question", ["tenant_id", "author_id", "room_id"])
    op.create_index("ix_chat_question_changes", "chat_question", ["tenant_id", "room_id", "version"])
    op.create_index("ix_chat_question_merged", "chat_question", ["tenant_id", "merged_into"])
    op.create_index(
        "ix_chat_question_votes", "chat_question", ["tenant_id", "room_id", "state", "votes", "id"]
    )
    op.create_index(
        "ix_chat_question_waiting",
        "chat_question",
        ["tenant_id", "room_id"],
        postgresql_where=sa.text("number IS NULL"),
    )


def _votes() -> None:
    op.create_table(
        "chat_vote",
        *rls.key_columns(),
        sa.Column("created_at", MOMENT, nullable=False, server_default=sa.func.now()),
        sa.Column("question_id", sa.BigInteger, nullable=False),
        sa.Column("member_id", sa.BigInteger),
        rls.foreign_key("member_id", "membership", ondelete="SET NULL (member_id)"),
        rls.foreign_key("question_id", "chat_question"),
        sa.UniqueConstraint("tenant_id", "question_id", "member_id"),
    )
    op.create_index("ix_chat_vote_member", "chat_vote", ["tenant_id", "member_id", "question_id"])


def _reactions() -> None:
    op.create_table(
        "chat_reaction",
        *rls.key_columns(),
        sa.Column("created_at", MOMENT, nullable=False, server_default=sa.func.now()),
        sa.Column("message_id", sa.BigInteger, nullable=False),
        sa.Column("member_id", sa.BigInteger),
        sa.Column("kind", sa.Text, nullable=False),
        rls.foreign_key("member_id", "membership", ondelete="SET NULL (member_id)"),
        rls.foreign_key("message_id", "chat_message"),
        sa.UniqueConstraint("tenant_id", "message_id", "member_id", "kind"),
    )
    op.create_index("ix_chat_reaction_member", "chat_reaction", ["tenant_id", "member_id"])


def _mentions() -> None:
    op.create_table(
        "chat_mention",
        *rls.key_columns(),
        sa.Column("message_id", sa.BigInteger, nullable=False),
        sa.Column("member_id", sa.BigInteger, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        rls.foreign_key("member_id", "membership"),
        rls.foreign_key("message_id", "chat_message"),
        sa.UniqueConstraint("tenant_id", "message_id", "member_id"),
    )
    op.create_index("ix_chat_mention_member", "chat_mention", ["tenant_id", "member_id"])


def _wordings() -> None:
    op.create_table(
        "chat_wording",
        *rls.key_columns(),
        sa.Column("created_at", MOMENT, nullable=False, server_default=sa.func.now()),
        sa.Column("message_id", sa.BigInteger),
        sa.Column("question_id", sa.BigInteger),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("body_html", sa.Text, nullable=False),
        sa.Column("edited_by", sa.BigInteger),
        sa.Column("by_staff", sa.Boolean, nullable=False, server_default="false"),
        sa.CheckConstraint("message_id IS NOT NULL OR question_id IS NOT NULL", name="one"),
        rls.foreign_key("edited_by", "membership", ondelete="SET NULL (edited_by)"),
        rls.foreign_key("message_id", "chat_message"),
        rls.foreign_key("question_id", "chat_question"),
    )
    op.create_index("ix_chat_wording_editor", "chat_wording", ["tenant_id", "edited_by"])
    op.create_index("ix_chat_wording_message", "chat_wording", ["tenant_id", "message_id"])
    op.create_index("ix_chat_wording_question", "chat_wording", ["tenant_id", "question_id"])


def _speakers() -> None:
    op.create_table(
        "chat_speaker",
        *rls.key_columns(),
        sa.Column("created_at", MOMENT, nullable=False, server_default=sa.func.now()),
        sa.Column("room_id", sa.BigInteger, nullable=False),
        sa.Column("member_id", sa.BigInteger),
        sa.Column("name", sa.Text, nullable=False, server_default=""),
        sa.Column("about", sa.Text, nullable=False, server_default=""),
        sa.Column("state", sa.Text, nullable=False, server_default="waiting"),
        sa.Column("first", sa.Boolean, nullable=False, server_default="false"),
        sa.Column("position", sa.BigInteger, nullable=False, server_default="0"),
        sa.Column("since", MOMENT),
        sa.Column("seconds", sa.BigInteger, nullable=False, server_default="0"),
        sa.CheckConstraint("seconds >= 0", name="seconds"),
        rls.foreign_key("member_id", "membership", ondelete="SET NULL (member_id)"),
        rls.foreign_key("room_id", "chat_room"),
    )
    op.create_index(
        "ix_chat_speaker_list", "chat_speaker", ["tenant_id", "room_id", "state", "position", "id"]
    )
    op.create_index("ix_chat_speaker_member", "chat_speaker", ["tenant_id", "member_id", "room_id"])


def _windows() -> None:
    op.create_table(
        "chat_window",
        *rls.key_columns(),
        sa.Column("created_at", MOMENT, nullable=False, server_default=sa.func.now()),
        sa.Column("room_id", sa.BigInteger, nullable=False),
        sa.Column("title", sa.Text, nullable=False, server_default=""),
        sa.Column("lobby_at", MOMENT, nullable=False),
        sa.Column("opens_at", MOMENT, nullable=False),
        sa.Column("closes_at", MOMENT, nullable=False),
        sa.Column("extended_until", MOMENT),
        sa.Column("grace_minutes", sa.BigInteger, nullable=False, server_default="0"),
        sa.Column("revision", sa.BigInteger, nullable=False, server_default="0"),
        sa.Column("changed_at", MOMENT),
        sa.Column("cancelled_at", MOMENT),
        sa.CheckConstraint("extended_until IS NULL OR extended_until > closes_at", name="extended"),
        sa.CheckConstraint("grace_minutes >= 0", name="grace"),
        sa.CheckConstraint("lobby_at <= opens_at AND opens_at < closes_at", name="order"),
        rls.foreign_key("room_id", "chat_room"),
    )
    op.create_index("ix_chat_window_times", "chat_window", ["tenant_id", "room_id", "opens_at"])


def _transcripts() -> None:
    op.create_table(
        "chat_transcript",
        *rls.key_columns(),
        sa.Column("created_at", MOMENT, nullable=False, server_default=sa.func.now()),
        sa.Column("room_id", sa.BigInteger, nullable=False),
        sa.Column("window_id", sa.BigInteger),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("since", MOMENT, nullable=False),
        sa.Column("until", MOMENT, nullable=False),
        sa.Column("state", sa.Text, nullable=False, server_default="draft"),
        sa.Column("names", sa.Boolean, nullable=False, server_default="false"),
        sa.Column("counts", JSONB, nullable=False, server_default="{}"),
        sa.Column("made_by", sa.BigInteger),
        sa.Column("published_at", MOMENT),
        sa.Column("topic_path", sa.Text, nullable=False, server_default=""),
        sa.Column("pdf_id", sa.BigInteger),
        sa.CheckConstraint("state <> 'published' OR published_at IS NOT NULL", name="published"),
        rls.foreign_key("made_by", "membership", ondelete="SET NULL (made_by)"),
        rls.foreign_key("pdf_id", "media", ondelete="SET NULL (pdf_id)"),
        rls.foreign_key("room_id", "chat_room"),
        rls.foreign_key("window_id", "chat_window", ondelete="SET NULL (window_id)"),
    )
    op.create_index("ix_chat_transcript_pdf", "chat_transcript", ["tenant_id", "pdf_id"])
    op.create_index("ix_chat_transcript_maker", "chat_transcript", ["tenant_id", "made_by"])
    op.create_index("ix_chat_transcript_room", "chat_transcript", ["tenant_id", "room_id", "since"])
    op.create_index("ix_chat_transcript_window", "chat_transcript", ["tenant_id", "window_id"])


def _lines() -> None:
    op.create_table(
        "chat_line",
        *rls.key_columns(),
        sa.Column("transcript_id", sa.BigInteger, nullable=False),
        sa.Column("position", sa.BigInteger, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("number", sa.BigInteger),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("author_id", sa.BigInteger),
        sa.Column("person", sa.BigInteger, nullable=False, server_default="0"),
        sa.Column("name", sa.Text, nullable=False, server_default=""),
        sa.Column("body_html", sa.Text, nullable=False, server_default=""),
        sa.Column("gone", sa.Text, nullable=False, server_default=""),
        sa.Column("redacted", sa.Boolean, nullable=False, server_default="false"),
        sa.Column("left_out", sa.Boolean, nullable=False, server_default="false"),
        sa.Column("minute", sa.BigInteger),
        rls.foreign_key("author_id", "membership", ondelete="SET NULL (author_id)"),
        rls.foreign_key("transcript_id", "chat_transcript"),
        sa.UniqueConstraint("tenant_id", "transcript_id", "position"),
    )
    op.create_index("ix_chat_line_author", "chat_line", ["tenant_id", "author_id"])


def downgrade() -> None:
    """Take the chat's tables away."""
    for table in reversed(TABLES):
        op.drop_table(table)
