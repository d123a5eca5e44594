"""Why and since when a topic is locked, concluded or archived."""

import sqlalchemy as sa
from alembic import op

revision = "forum_0004"
down_revision = "forum_0003"
branch_labels = None
depends_on = None

TABLE = "forum_topic"


def upgrade() -> None:
    """Add what a banner says without asking for more."""
    op.add_column(TABLE, sa.Column("state_reason", sa.Text, nullable=False, server_default=""))
    op.add_column(TABLE, sa.Column("state_since", sa.DateTime(timezone=True)))


def downgrade() -> None:
    """Take the words away."""
    op.drop_column(TABLE, "state_since")
    op.drop_column(TABLE, "state_reason")
