"""Whom a text calls by name, and new wordings that wait until somebody has looked at them."""

import sqlalchemy as sa
from alembic import op

from baukasten.sdk import rls

revision = "forum_0005"
down_revision = "forum_0004"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the tables, then their locks."""
    op.create_table(
        "forum_mention",
        *rls.key_columns(),
        sa.Column("post_id", sa.BigInteger, nullable=False),
        sa.Column("member_id", sa.BigInteger, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        rls.foreign_key("post_id", "forum_post"),
        rls.foreign_key("member_id", "membership"),
        sa.UniqueConstraint("tenant_id", "post_id", "member_id"),
    )
    op.create_index("ix_forum_mention_member", "forum_mention", ["tenant_id", "member_id"])
    op.create_table(
        "forum_wording",
        *rls.key_columns(),
        sa.Column("created_at", MOMENT, nullable=False, server_default=sa.func.now()),
        sa.Column("post_id", sa.BigInteger, nullable=False),
        sa.Column("title", sa.Text, nullable=False, server_default=""),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("edited_by", sa.BigInteger),
        sa.Column("by_staff", sa.Boolean, nullable=False, server_default="false"),
        sa.Column("reason", sa.Text, nullable=False, server_default=""),
        sa.Column("visibility", sa.Text, nullable=False),
        rls.foreign_key("post_id", "forum_post"),
        rls.foreign_key("edited_by", "membership", ondelete="SET NULL (edited_by)"),
        sa.UniqueConstraint("tenant_id", "post_id"),
    )
    op.create_index("ix_forum_wording_editor", "forum_wording", ["tenant_id", "edited_by"])
    for table in ("forum_mention", "forum_wording"):
        for statement in rls.protect(table):
            op.execute(statement)


def downgrade() -> None:
    """Take both tables away."""
    for table in ("forum_wording", "forum_mention"):
        op.drop_table(table)
