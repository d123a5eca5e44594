"""How fast domains are written to, and the ways to the next deliveries of an issue."""

import sqlalchemy as sa
from alembic import op

from baukasten.sdk import rls

revision = "newsletter_0004"
down_revision = "newsletter_0003"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
PACE, DELIVERY = "newsletter_domain_pace", "newsletter_delivery"
# Of a hundred thousand rows the few that wait are found without the many that went.
WAYS = {
    "next": (["tenant_id", "issue_id", "id"], "state = 'pending' AND due_at IS NULL"),
    "due": (["tenant_id", "issue_id", "due_at"], "due_at IS NOT NULL"),
    "held": (["tenant_id", "issue_id", "lease_until"], "lease_until IS NOT NULL"),
    "uncertain": (["tenant_id", "issue_id", "id"], "uncertain_at IS NOT NULL"),
}


def upgrade() -> None:
    """Make the table and the indexes."""
    op.create_table(
        PACE,
        *rls.key_columns(),
        sa.Column("domain", sa.Text, nullable=False),
        sa.Column("a_minute", sa.BigInteger, nullable=False),
        sa.Column("free_at", MOMENT, nullable=False),
        sa.Column("slowed_at", MOMENT, nullable=False),
        sa.Column("reason", sa.Text, nullable=False, server_default=""),
        sa.UniqueConstraint("tenant_id", "domain"),
        sa.CheckConstraint("a_minute >= 1", name="a_minute"),
    )
    for statement in rls.protect(PACE):
        op.execute(statement)
    # When somebody last worked on it: after a restored backup that was long ago.
    op.add_column("newsletter_issue", sa.Column("active_at", MOMENT))
    for name, (columns, where) in WAYS.items():
        op.create_index(f"ix_{DELIVERY}_{name}", DELIVERY, columns, postgresql_where=sa.text(where))


def downgrade() -> None:
    """Take them away again."""
    for name in WAYS:
        op.drop_index(f"ix_{DELIVERY}_{name}", DELIVERY)
    op.drop_column("newsletter_issue", "active_at")
    op.drop_table(PACE)
