"""How many requests of crawlers each process refused while it was busy."""

import sqlalchemy as sa
from alembic import op

from baukasten.db import rls

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

NOTE = """
    INSERT INTO platform.shedding (noted_at, refused) VALUES (said_at, said);
    DELETE FROM platform.shedding WHERE noted_at < said_at - interval '1 day';
    SELECT NULL::void;
"""


def upgrade() -> None:
    """Make the table, its lock and the function."""
    op.create_table(
        "shedding",
        sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False, index=True),
        sa.Column("refused", sa.BigInteger, nullable=False),
        schema="platform",
    )
    statements = [
        *rls.lock_platform("shedding", "false", operator="SELECT"),
        *rls.definer("platform.note_shedding", "said_at timestamptz, said bigint", "void", NOTE),
    ]
    for statement in statements:
        op.execute(statement)


def downgrade() -> None:
    """Refuse: the core is not taken back step by step."""
    raise RuntimeError("the core's migrations go forward only; restore a backup instead")
