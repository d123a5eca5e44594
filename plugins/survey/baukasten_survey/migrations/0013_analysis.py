"""What is known of the population, and counts that are kept for a day."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from baukasten.sdk import rls

revision = "survey_0013"
down_revision = "survey_0012"
branch_labels = None
depends_on = None

MARGIN, KEPT = "survey_margin", "survey_analysis"


def upgrade() -> None:
    """Make the tables, then their locks."""
    op.create_table(
        MARGIN,
        *rls.key_columns(),
        sa.Column("survey_id", sa.BigInteger, nullable=False),
        sa.Column("code", sa.Text, nullable=False),
        sa.Column("shares", JSONB, nullable=False),
        rls.foreign_key("survey_id", "survey"),
        sa.UniqueConstraint("tenant_id", "survey_id", "code"),
    )
    op.create_table(
        KEPT,
        *rls.key_columns(),
        sa.Column("survey_id", sa.BigInteger, nullable=False),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("rows", JSONB),
        rls.foreign_key("survey_id", "survey"),
        sa.UniqueConstraint("tenant_id", "survey_id", "digest"),
    )
    op.create_index("ix_survey_analysis_at", KEPT, ["tenant_id", "at"])
    for table in (MARGIN, KEPT):
        for statement in rls.protect(table):
            op.execute(statement)


def downgrade() -> None:
    """Drop the tables again."""
    op.drop_table(KEPT)
    op.drop_table(MARGIN)
