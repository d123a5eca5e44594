"""Polls at contributions."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from baukasten.sdk import rls

revision = "survey_0004"
down_revision = "survey_0007"
branch_labels = None
depends_on = None

POLL = "survey_poll"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        POLL,
        *rls.key_columns(),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()),
        sa.Column("survey_id", sa.BigInteger, nullable=False),
        sa.Column("content_type", sa.Text, nullable=False),
        sa.Column("content_id", sa.BigInteger, nullable=False),
        sa.Column("author_id", sa.BigInteger),
        sa.Column("visibility", sa.Text, nullable=False, server_default="published"),
        sa.Column("results", sa.Text, nullable=False, server_default="voted"),
        sa.Column("changeable", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.Column("figures", JSONB),
        rls.foreign_key("survey_id", "survey"),
        rls.foreign_key("author_id", "membership", ondelete="SET NULL (author_id)"),
        sa.UniqueConstraint("tenant_id", "survey_id"),
        sa.CheckConstraint("results IN ('voted', 'end')", name="results"),
    )
    op.create_index("ix_survey_poll_content", POLL, ["tenant_id", "content_type", "content_id"])
    op.create_index("ix_survey_poll_author", POLL, ["tenant_id", "author_id"])
    for statement in rls.protect(POLL):
        op.execute(statement)


def downgrade() -> None:
    """Drop it again."""
    op.drop_table(POLL)
