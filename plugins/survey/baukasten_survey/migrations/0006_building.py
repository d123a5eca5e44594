"""How drafts of surveys looked before their latest changes."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from baukasten.sdk import rls

revision = "survey_0006"
down_revision = "survey_0001"
branch_labels = None
depends_on = None

PAST = "survey_past"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        PAST,
        *rls.key_columns(),
        sa.Column("survey_id", sa.BigInteger, nullable=False),
        sa.Column("revision", sa.BigInteger, nullable=False),
        sa.Column("definition", JSONB, nullable=False),
        rls.foreign_key("survey_id", "survey"),
        sa.UniqueConstraint("tenant_id", "survey_id", "revision"),
    )
    for statement in rls.protect(PAST, app="SELECT, INSERT, DELETE"):
        op.execute(statement)


def downgrade() -> None:
    """Drop it again."""
    op.drop_table(PAST)
