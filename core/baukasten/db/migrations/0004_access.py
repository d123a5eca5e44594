"""Members: what a town knows about an account."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from baukasten.db import rls

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

# For mails: whom a town's own members are written to, and nobody else.
ADDRESSES = """
    SELECT m.id, a.email FROM public.membership m JOIN platform.account a ON a.id = m.account_id
    WHERE m.tenant_id = platform.current_tenant() AND m.id = ANY (members)
      AND a.confirmed_at IS NOT NULL AND a.closed_at IS NULL
"""


def upgrade() -> None:
    """Make the table, then its locks."""
    op.create_table(
        "membership",
        *rls.key_columns(),
        sa.Column("account_id", sa.BigInteger, sa.ForeignKey("platform.account.id", ondelete="SET NULL")),
        sa.Column("display_name", sa.Text, nullable=False),
        sa.Column("roles", JSONB, nullable=False, server_default='["citizen"]'),
        sa.Column("standing", sa.Text, nullable=False, server_default="active"),
        sa.Column("standing_until", sa.DateTime(timezone=True)),
        sa.Column("standing_reason", sa.Text, nullable=False, server_default=""),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()),
        sa.UniqueConstraint("tenant_id", "account_id"),
        sa.CheckConstraint(
            """jsonb_typeof(roles) = 'array' AND roles <@ '["citizen", "resident", "moderator", "admin"]'""",
            name="roles",
        ),
        sa.CheckConstraint("standing IN ('active', 'muted', 'suspended')", name="standing"),
        # A measure against a person needs a reason, whatever the code forgets.
        sa.CheckConstraint("standing = 'active' OR standing_reason <> ''", name="reason"),
        sa.Index("ix_membership_tenant_id_name", "tenant_id", sa.text("lower(display_name)"), "id"),
        sa.Index(
            "ix_membership_tenant_id_staff",
            "tenant_id",
            "id",
            postgresql_where=sa.text("""roles <> '["citizen"]'"""),
        ),
    )
    addresses = rls.definer(
        "platform.member_addresses", "members bigint[]", "TABLE (member_id bigint, email text)", ADDRESSES
    )
    for statement in (*rls.protect("membership", operator="SELECT, INSERT, UPDATE"), *addresses):
        op.execute(statement)


def downgrade() -> None:
    """Refuse: the core is not taken back step by step."""
    raise RuntimeError("the core's migrations go forward only; restore a backup instead")
