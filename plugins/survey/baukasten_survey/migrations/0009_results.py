"""Frozen results of surveys, and what of them is published."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from baukasten.sdk import rls

revision = "survey_0009"
down_revision = "survey_0008"
branch_labels = None
depends_on = None

FREEZE, PUBLICATION = "survey_freeze", "survey_publication"


def upgrade() -> None:
    """Make the tables, then their locks."""
    op.create_table(
        FREEZE,
        *rls.key_columns(),
        sa.Column("survey_id", sa.BigInteger, nullable=False),
        sa.Column("number", sa.BigInteger, nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("last_id", sa.BigInteger, nullable=False),
        sa.Column("people", sa.BigInteger, nullable=False),
        sa.Column("tables", JSONB, nullable=False),
        rls.foreign_key("survey_id", "survey"),
        sa.UniqueConstraint("tenant_id", "survey_id", "number"),
    )
    op.create_table(
        PUBLICATION,
        *rls.key_columns(),
        sa.Column("survey_id", sa.BigInteger, nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True)),
        sa.Column("running", sa.Boolean, nullable=False, server_default=sa.text("false")),
        sa.Column("headline", sa.Text, nullable=False, server_default=""),
        sa.Column("lead", sa.Text, nullable=False, server_default=""),
        *(
            sa.Column(name, JSONB, nullable=False, server_default=sa.text("'[]'::jsonb"))
            for name in ("steps", "shown", "crossings")
        ),
        rls.foreign_key("survey_id", "survey"),
        sa.UniqueConstraint("tenant_id", "survey_id"),
    )
    for table in (FREEZE, PUBLICATION):
        for statement in rls.protect(table):
            op.execute(statement)


def downgrade() -> None:
    """Drop the tables again."""
    op.drop_table(PUBLICATION)
    op.drop_table(FREEZE)
