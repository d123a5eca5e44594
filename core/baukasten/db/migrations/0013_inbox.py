"""Letters that came in, and what a notice's reader may answer to."""

import sqlalchemy as sa
from alembic import op

from baukasten.db import rls

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table and its locks; let notices name their matter."""
    op.create_table(
        "mail_received",
        *rls.key_columns(),
        sa.Column("fingerprint", sa.Text, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("purpose", sa.Text, nullable=False),
        sa.Column("member_id", sa.BigInteger),
        sa.Column("target_id", sa.BigInteger, nullable=False),
        sa.Column("recipient", sa.Text, nullable=False),
        sa.Column("sender", sa.Text),
        sa.Column("content", sa.LargeBinary),
        sa.Column("outcome", sa.Text, nullable=False, server_default="waiting"),
        rls.foreign_key("member_id", "membership"),
        sa.UniqueConstraint("tenant_id", "fingerprint"),
        sa.Index("ix_mail_received_member", "tenant_id", "member_id", "at"),
        sa.Index("ix_mail_received_at", "tenant_id", "at"),
    )
    op.add_column("notice", sa.Column("reply_purpose", sa.Text))
    op.add_column("notice", sa.Column("reply_target", sa.BigInteger))
    for statement in rls.protect("mail_received"):
        op.execute(statement)


def downgrade() -> None:
    """Refuse: the core is not taken back step by step."""
    raise RuntimeError("the core's migrations go forward only; restore a backup instead")
