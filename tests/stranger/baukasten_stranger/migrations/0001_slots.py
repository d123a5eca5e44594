"""Dates and the people who sign up for them."""

import sqlalchemy as sa
from alembic import op

from baukasten.sdk import rls, tenant_key

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make both tables behind their locks."""
    op.create_table(
        "stranger_slot",
        *rls.key_columns(),
        sa.Column("module_id", sa.BigInteger, nullable=False),
        sa.Column("host_id", sa.BigInteger),
        sa.Column("begins_at", TIME, nullable=False),
        sa.Column("place", sa.Text, nullable=False),
        sa.Column("seats", sa.BigInteger, nullable=False),
        sa.Column("seen", sa.BigInteger, nullable=False, server_default="0"),
        sa.Column("paused", sa.Boolean, nullable=False, server_default=sa.text("false")),
        sa.Column("created_at", TIME, nullable=False, server_default=sa.func.now()),
        tenant_key("module_id", "module"),
        tenant_key("host_id", "membership", ondelete="SET NULL"),
        sa.CheckConstraint("seats > 0", name="seats"),
        sa.Index("ix_stranger_slot_module", "tenant_id", "module_id", "begins_at"),
    )
    op.create_table(
        "stranger_signup",
        *rls.key_columns(),
        sa.Column("slot_id", sa.BigInteger, nullable=False),
        sa.Column("member_id", sa.BigInteger),
        sa.Column("line", sa.Text, nullable=False),
        sa.Column("visibility", sa.Text, nullable=False),
        sa.Column("reminded_at", TIME),
        sa.Column("created_at", TIME, nullable=False, server_default=sa.func.now()),
        tenant_key("slot_id", "stranger_slot"),
        tenant_key("member_id", "membership", ondelete="SET NULL"),
        sa.UniqueConstraint("tenant_id", "slot_id", "member_id"),
        sa.Index("ix_stranger_signup_member", "tenant_id", "member_id"),
    )
    for statement in (*rls.protect("stranger_slot"), *rls.protect("stranger_signup")):
        op.execute(statement)


def downgrade() -> None:
    """Take both tables away."""
    op.drop_table("stranger_signup")
    op.drop_table("stranger_slot")
