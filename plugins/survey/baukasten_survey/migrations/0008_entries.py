"""Sheets that were typed in once."""

import sqlalchemy as sa
from alembic import op

from baukasten.sdk import rls

revision = "survey_0008"
down_revision = "survey_0004"
branch_labels = None
depends_on = None

TABLE = "survey_entry"


def upgrade() -> None:
    """Make the table, then its lock."""
    op.create_table(
        TABLE,
        *rls.key_columns(),
        sa.Column("survey_id", sa.BigInteger, nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("stack", sa.Text, nullable=False),
        sa.Column("number", sa.BigInteger, nullable=False),
        sa.Column("answers", sa.LargeBinary, nullable=False),
        rls.foreign_key("survey_id", "survey"),
        sa.UniqueConstraint("tenant_id", "survey_id", "stack", "number"),
    )
    for statement in rls.protect(TABLE):
        op.execute(statement)


def downgrade() -> None:
    """Drop the table again."""
    op.drop_table(TABLE)
