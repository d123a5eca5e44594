"""Keys and signatures of blind tokens."""

import sqlalchemy as sa
from alembic import op

from baukasten.sdk import rls

revision = "survey_0007"
down_revision = "survey_0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make both tables, then their locks."""
    op.create_table(
        "survey_token_key",
        *rls.key_columns(),
        sa.Column("survey_id", sa.BigInteger, nullable=False),
        sa.Column("public_key", sa.LargeBinary, nullable=False),
        sa.Column("private_key", sa.LargeBinary),
        rls.foreign_key("survey_id", "survey"),
        sa.UniqueConstraint("tenant_id", "survey_id"),
    )
    op.create_table(
        "survey_issued",
        *rls.key_columns(),
        sa.Column("admission_id", sa.BigInteger, nullable=False),
        sa.Column("blinded", sa.LargeBinary, nullable=False),
        sa.Column("signature", sa.LargeBinary, nullable=False),
        rls.foreign_key("admission_id", "survey_admission"),
        sa.UniqueConstraint("tenant_id", "admission_id"),
    )
    for table, rights in (
        ("survey_token_key", "SELECT, INSERT, UPDATE"),
        ("survey_issued", "SELECT, INSERT"),
    ):
        for statement in rls.protect(table, app=rights):
            op.execute(statement)


def downgrade() -> None:
    """Drop both tables again."""
    op.drop_table("survey_issued")
    op.drop_table("survey_token_key")
