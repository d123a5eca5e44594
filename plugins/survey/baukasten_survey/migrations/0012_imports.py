"""Files of other programs that are read in a job: how far each got, and its pieces."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from baukasten.sdk import rls

revision = "survey_0012"
down_revision = "survey_0011"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
IMPORT, PIECE = "survey_import", "survey_import_piece"


def upgrade() -> None:
    """Make the tables, then their locks."""
    op.create_table(
        IMPORT,
        *rls.key_columns(),
        sa.Column("survey_id", sa.BigInteger, nullable=False),
        sa.Column("created_by", sa.BigInteger),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.Column("file_name", sa.Text, nullable=False),
        *(sa.Column(name, sa.BigInteger, nullable=False) for name in ("bytes", "revision")),
        sa.Column("with_responses", sa.Boolean, nullable=False, server_default=sa.text("false")),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("problem", sa.Text, nullable=False, server_default=""),
        *(sa.Column(name, sa.BigInteger, nullable=False, server_default="0") for name in ("seen", "taken")),
        sa.Column("lost", JSONB, nullable=False, server_default="{}"),
        sa.Column("notes", JSONB, nullable=False, server_default="[]"),
        rls.foreign_key("survey_id", "survey"),
        rls.foreign_key("created_by", "membership", ondelete="SET NULL (created_by)"),
    )
    op.create_index("ix_survey_import_survey", IMPORT, ["tenant_id", "survey_id", "id"])
    op.create_index("ix_survey_import_created_by", IMPORT, ["tenant_id", "created_by"])
    reading = sa.text("state = 'reading'")
    place = ["tenant_id", "survey_id"]
    op.create_index("uq_survey_import_reading", IMPORT, place, unique=True, postgresql_where=reading)
    op.create_table(
        PIECE,
        *rls.key_columns(),
        sa.Column("import_id", sa.BigInteger, nullable=False),
        sa.Column("number", sa.BigInteger, nullable=False),
        sa.Column("data", sa.LargeBinary, nullable=False),
        rls.foreign_key("import_id", IMPORT),
        sa.UniqueConstraint("tenant_id", "import_id", "number"),
    )
    for table in (IMPORT, PIECE):
        for statement in rls.protect(table):
            op.execute(statement)


def downgrade() -> None:
    """Drop the tables again."""
    for table in (PIECE, IMPORT):
        op.drop_table(table)
