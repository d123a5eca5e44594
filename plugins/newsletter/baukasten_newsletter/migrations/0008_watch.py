"""What tells that the database was restored: the secret it was written under, and when digests were looked after."""

import sqlalchemy as sa
from alembic import op

from baukasten.sdk import rls

revision = "newsletter_0008"
down_revision = "newsletter_0007"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
WATCH = "newsletter_watch"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        WATCH,
        *rls.key_columns(),
        sa.Column("secret", sa.LargeBinary),
        sa.Column("digests_at", MOMENT),
        sa.Column("digests_held_at", MOMENT),
        sa.UniqueConstraint("tenant_id"),
    )
    for statement in rls.protect(WATCH):
        op.execute(statement)


def downgrade() -> None:
    """Drop it again."""
    op.drop_table(WATCH)
