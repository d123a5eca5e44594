"""States, drafts, revisions, weighing, staff's work, and people's own marks."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from baukasten.sdk import rls

revision = "forum_0003"
down_revision = "forum_0002"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
TABLES = (
    "forum_stage",
    "forum_draft",
    "forum_revision",
    "forum_weighing",
    "forum_operation",
    "forum_note",
    "forum_follow",
    "forum_position",
    "forum_reaction",
)


def upgrade() -> None:
    """Make the tables, then their locks."""
    _stage()
    _draft()
    _revision()
    _weighing()
    _operation()
    _note()
    _follow()
    _position()
    _reaction()
    for table in TABLES:
        for statement in rls.protect(table):
            op.execute(statement)


def _stage() -> None:
    op.create_table(
        "forum_stage",
        *rls.key_columns(),
        sa.Column("created_at", MOMENT, nullable=False, server_default=sa.func.now()),
        sa.Column("module_id", sa.BigInteger, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("starts_at", MOMENT, nullable=False),
        sa.Column("set_by", sa.BigInteger),
        sa.Column("conclusion_id", sa.BigInteger),
        rls.foreign_key("module_id", "module"),
        rls.foreign_key("set_by", "membership", ondelete="SET NULL (set_by)"),
        rls.foreign_key("conclusion_id", "forum_post", ondelete="RESTRICT"),
        sa.UniqueConstraint("tenant_id", "module_id", "starts_at"),
        sa.CheckConstraint(
            "state IN ('announced', 'open', 'replies', 'read_only', 'concluded', 'archived')", name="state"
        ),
        sa.CheckConstraint("state <> 'concluded' OR conclusion_id IS NOT NULL", name="conclusion"),
    )


def _draft() -> None:
    op.create_table(
        "forum_draft",
        *rls.key_columns(),
        sa.Column("created_at", MOMENT, nullable=False, server_default=sa.func.now()),
        sa.Column("member_id", sa.BigInteger, nullable=False),
        sa.Column("module_id", sa.BigInteger, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("title", sa.Text, nullable=False, server_default=""),
        sa.Column("body", sa.Text, nullable=False, server_default=""),
        sa.Column("extra", JSONB, nullable=False, server_default="{}"),
        sa.Column("version", sa.BigInteger, nullable=False, server_default="1"),
        sa.Column("updated_at", MOMENT, nullable=False),
        rls.foreign_key("member_id", "membership"),
        rls.foreign_key("module_id", "module"),
        sa.UniqueConstraint("tenant_id", "member_id", "module_id", "key"),
    )
    op.create_index("ix_forum_draft_module", "forum_draft", ["tenant_id", "module_id"])
    op.create_index("ix_forum_draft_updated", "forum_draft", ["tenant_id", "updated_at"])


def _revision() -> None:
    op.create_table(
        "forum_revision",
        *rls.key_columns(),
        sa.Column("post_id", sa.BigInteger, nullable=False),
        sa.Column("number", sa.BigInteger, nullable=False),
        sa.Column("title", sa.Text, nullable=False, server_default=""),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("written_at", MOMENT, nullable=False),
        sa.Column("edited_by", sa.BigInteger),
        sa.Column("by_staff", sa.Boolean, nullable=False, server_default="false"),
        sa.Column("reason", sa.Text, nullable=False, server_default=""),
        rls.foreign_key("post_id", "forum_post"),
        rls.foreign_key("edited_by", "membership", ondelete="SET NULL (edited_by)"),
        sa.UniqueConstraint("tenant_id", "post_id", "number"),
    )
    op.create_index("ix_forum_revision_editor", "forum_revision", ["tenant_id", "edited_by"])


def _weighing() -> None:
    op.create_table(
        "forum_weighing",
        *rls.key_columns(),
        sa.Column("created_at", MOMENT, nullable=False, server_default=sa.func.now()),
        sa.Column("post_id", sa.BigInteger, nullable=False),
        sa.Column("summary", sa.Text, nullable=False, server_default=""),
        sa.Column("statement", sa.Text, nullable=False, server_default=""),
        sa.Column("proposal", sa.Text, nullable=False, server_default=""),
        sa.Column("version", sa.BigInteger, nullable=False, server_default="1"),
        sa.Column("edited_by", sa.BigInteger),
        sa.Column("edited_at", MOMENT, nullable=False),
        rls.foreign_key("post_id", "forum_post"),
        rls.foreign_key("edited_by", "membership", ondelete="SET NULL (edited_by)"),
        sa.UniqueConstraint("tenant_id", "post_id"),
        sa.CheckConstraint("proposal IN ('', 'follow', 'partly', 'not', 'note')", name="proposal"),
    )
    op.create_index("ix_forum_weighing_editor", "forum_weighing", ["tenant_id", "edited_by"])


def _operation() -> None:
    op.create_table(
        "forum_operation",
        *rls.key_columns(),
        sa.Column("created_at", MOMENT, nullable=False, server_default=sa.func.now()),
        sa.Column("module_id", sa.BigInteger, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("actor_id", sa.BigInteger),
        sa.Column("before", JSONB, nullable=False),
        sa.Column("undone_at", MOMENT),
        sa.Column("undone_by", sa.BigInteger),
        rls.foreign_key("module_id", "module"),
        rls.foreign_key("actor_id", "membership", ondelete="SET NULL (actor_id)"),
        rls.foreign_key("undone_by", "membership", ondelete="SET NULL (undone_by)"),
        sa.CheckConstraint("kind IN ('move', 'split', 'merge', 'sort')", name="kind"),
    )
    op.create_index("ix_forum_operation_actor", "forum_operation", ["tenant_id", "actor_id"])
    op.create_index("ix_forum_operation_module", "forum_operation", ["tenant_id", "module_id", "created_at"])
    op.create_index("ix_forum_operation_undoer", "forum_operation", ["tenant_id", "undone_by"])


def _note() -> None:
    op.create_table(
        "forum_note",
        *rls.key_columns(),
        sa.Column("created_at", MOMENT, nullable=False, server_default=sa.func.now()),
        sa.Column("topic_id", sa.BigInteger, nullable=False),
        sa.Column("post_id", sa.BigInteger),
        sa.Column("author_id", sa.BigInteger),
        sa.Column("body", sa.Text, nullable=False),
        rls.foreign_key("topic_id", "forum_topic"),
        rls.foreign_key("post_id", "forum_post"),
        rls.foreign_key("author_id", "membership", ondelete="SET NULL (author_id)"),
    )
    op.create_index("ix_forum_note_author", "forum_note", ["tenant_id", "author_id"])
    op.create_index("ix_forum_note_post", "forum_note", ["tenant_id", "post_id"])
    op.create_index("ix_forum_note_topic", "forum_note", ["tenant_id", "topic_id"])


def _follow() -> None:
    op.create_table(
        "forum_follow",
        *rls.key_columns(),
        sa.Column("created_at", MOMENT, nullable=False, server_default=sa.func.now()),
        sa.Column("member_id", sa.BigInteger, nullable=False),
        sa.Column("module_id", sa.BigInteger, nullable=False),
        sa.Column("category_id", sa.BigInteger),
        sa.Column("topic_id", sa.BigInteger),
        sa.Column("level", sa.Text, nullable=False),
        rls.foreign_key("member_id", "membership"),
        rls.foreign_key("module_id", "module"),
        rls.foreign_key("category_id", "forum_category"),
        rls.foreign_key("topic_id", "forum_topic"),
        sa.UniqueConstraint(
            "tenant_id",
            "member_id",
            "module_id",
            "category_id",
            "topic_id",
            postgresql_nulls_not_distinct=True,
        ),
        sa.CheckConstraint("level IN ('mute', 'normal', 'follow')", name="level"),
    )
    op.create_index("ix_forum_follow_category", "forum_follow", ["tenant_id", "category_id"])
    op.create_index("ix_forum_follow_module", "forum_follow", ["tenant_id", "module_id"])
    op.create_index("ix_forum_follow_topic", "forum_follow", ["tenant_id", "topic_id"])


def _position() -> None:
    op.create_table(
        "forum_position",
        *rls.key_columns(),
        sa.Column("member_id", sa.BigInteger, nullable=False),
        sa.Column("topic_id", sa.BigInteger, nullable=False),
        sa.Column("number", sa.BigInteger, nullable=False),
        sa.Column("read_at", MOMENT, nullable=False),
        rls.foreign_key("member_id", "membership"),
        rls.foreign_key("topic_id", "forum_topic"),
        sa.UniqueConstraint("tenant_id", "member_id", "topic_id"),
    )
    op.create_index("ix_forum_position_topic", "forum_position", ["tenant_id", "topic_id"])


def _reaction() -> None:
    op.create_table(
        "forum_reaction",
        *rls.key_columns(),
        sa.Column("created_at", MOMENT, nullable=False, server_default=sa.func.now()),
        sa.Column("post_id", sa.BigInteger, nullable=False),
        sa.Column("member_id", sa.BigInteger),
        sa.Column("kind", sa.Text, nullable=False),
        rls.foreign_key("post_id", "forum_post"),
        rls.foreign_key("member_id", "membership", ondelete="SET NULL (member_id)"),
        sa.UniqueConstraint("tenant_id", "post_id", "member_id", "kind"),
        sa.CheckConstraint("kind IN ('support', 'thanks')", name="kind"),
    )
    op.create_index("ix_forum_reaction_member", "forum_reaction", ["tenant_id", "member_id"])


def downgrade() -> None:
    """Take the tables away."""
    for table in reversed(TABLES):
        op.drop_table(table)
