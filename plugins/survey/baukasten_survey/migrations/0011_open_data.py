"""The file of single responses, its licence, and the population that published shares are weighted to."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "survey_0011"
down_revision = "survey_0010"
branch_labels = None
depends_on = None

TABLE = "survey_publication"


def upgrade() -> None:
    """Add the columns; nothing is chosen yet."""
    columns = (
        sa.Column("open_data", JSONB, nullable=False, server_default=sa.text("'[]'::jsonb")),
        sa.Column("licence", sa.Text, nullable=False, server_default="dl-de/by-2-0"),
        sa.Column("population", JSONB, nullable=False, server_default=sa.text("'{}'::jsonb")),
    )
    for column in columns:
        op.add_column(TABLE, column)


def downgrade() -> None:
    """Drop the columns again."""
    for name in ("population", "licence", "open_data"):
        op.drop_column(TABLE, name)
