"""Topics and posts of the forum."""

import sqlalchemy as sa
from alembic import op

from baukasten.sdk import rls

revision = "forum_0001"
down_revision = None
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
SHOWN = sa.text("visibility IN ('published', 'folded')")


def upgrade() -> None:
    """Make the tables, then their locks."""
    _topics()
    _posts()
    # The console counts contributions; nobody but the town itself changes them.
    for table in ("forum_topic", "forum_post"):
        for statement in rls.protect(table, operator="SELECT"):
            op.execute(statement)


def _topics() -> None:
    op.create_table(
        "forum_topic",
        *rls.key_columns(),
        _created(),
        sa.Column("module_id", sa.BigInteger, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("slug", sa.Text, nullable=False),
        sa.Column("author_id", sa.BigInteger),
        sa.Column("visibility", sa.Text, nullable=False, server_default="published"),
        sa.Column("outcome", sa.Text, nullable=False, server_default="open"),
        sa.Column("replies", sa.BigInteger, nullable=False, server_default="0"),
        sa.Column("next_number", sa.BigInteger, nullable=False, server_default="1"),
        sa.Column("last_post_at", MOMENT, nullable=False),
        sa.Column("last_author_id", sa.BigInteger),
        sa.Column("external_id", sa.Text),
        sa.Column("source_url", sa.Text, nullable=False, server_default=""),
        rls.foreign_key("module_id", "module", ondelete="RESTRICT"),
        rls.foreign_key("author_id", "membership", ondelete="SET NULL (author_id)"),
        rls.foreign_key("last_author_id", "membership", ondelete="SET NULL (last_author_id)"),
        sa.UniqueConstraint("tenant_id", "module_id", "external_id"),
        sa.CheckConstraint("next_number >= 1 AND replies >= 0", name="numbers"),
    )
    for name, key in (("active", "last_post_at"), ("new", "created_at"), ("replies", "replies")):
        columns = ["tenant_id", "module_id", key, "id"]
        op.create_index(f"ix_forum_topic_{name}", "forum_topic", columns, postgresql_where=SHOWN)
    for name in ("author", "last_author"):
        op.create_index(f"ix_forum_topic_{name}", "forum_topic", ["tenant_id", f"{name}_id"])


def _posts() -> None:
    op.create_table(
        "forum_post",
        *rls.key_columns(),
        _created(),
        sa.Column("topic_id", sa.BigInteger, nullable=False),
        sa.Column("number", sa.BigInteger),
        sa.Column("author_id", sa.BigInteger),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("body_html", sa.Text, nullable=False),
        sa.Column("sanitiser_version", sa.BigInteger, nullable=False),
        sa.Column("visibility", sa.Text, nullable=False, server_default="published"),
        sa.Column("nonce", sa.Text),
        rls.foreign_key("topic_id", "forum_topic"),
        rls.foreign_key("author_id", "membership", ondelete="SET NULL (author_id)"),
        sa.UniqueConstraint("tenant_id", "topic_id", "number"),
        sa.UniqueConstraint("tenant_id", "author_id", "nonce"),
        sa.CheckConstraint("number >= 1", name="number"),
        sa.CheckConstraint("number IS NOT NULL OR visibility NOT IN ('published', 'folded')", name="shown"),
    )
    waiting = sa.text("number IS NULL")
    op.create_index(
        "ix_forum_post_waiting", "forum_post", ["tenant_id", "topic_id"], postgresql_where=waiting
    )


def _created() -> sa.Column[sa.DateTime]:
    return sa.Column("created_at", MOMENT, nullable=False, server_default=sa.func.now())


def downgrade() -> None:
    """Take the forum's tables away."""
    op.drop_table("forum_post")
    op.drop_table("forum_topic")
