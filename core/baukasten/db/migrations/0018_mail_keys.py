"""The domains from which towns send, and the keys that sign for them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from baukasten.db import rls

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
NEW = "active_since IS NULL AND retired_at IS NULL"
ACTIVE = "active_since IS NOT NULL AND retired_at IS NULL"


def upgrade() -> None:
    """Make the tables, then their locks."""
    op.create_table(
        "mail_domain",
        *rls.key_columns(),
        sa.Column("created_at", MOMENT, nullable=False, server_default=sa.func.now()),
        sa.Column("domain", sa.Text, nullable=False),
        sa.Column("findings", JSONB),
        sa.Column("checked_at", MOMENT),
        sa.UniqueConstraint("tenant_id", "domain"),
    )
    one_each = ("tenant_id", "domain_id", "algorithm")
    op.create_table(
        "mail_key",
        *rls.key_columns(),
        sa.Column("created_at", MOMENT, nullable=False, server_default=sa.func.now()),
        sa.Column("domain_id", sa.BigInteger, nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("selector", "algorithm", "public")),
        sa.Column("locked", sa.LargeBinary),
        sa.Column("active_since", MOMENT),
        sa.Column("retired_at", MOMENT),
        rls.foreign_key("domain_id", "mail_domain"),
        sa.UniqueConstraint("tenant_id", "domain_id", "selector"),
        sa.Index("uq_mail_key_new", *one_each, unique=True, postgresql_where=sa.text(NEW)),
        sa.Index("uq_mail_key_active", *one_each, unique=True, postgresql_where=sa.text(ACTIVE)),
        sa.CheckConstraint("algorithm IN ('rsa', 'ed25519')", name="algorithm"),
        sa.CheckConstraint("locked IS NOT NULL OR retired_at IS NOT NULL", name="locked"),
    )
    for table in ("mail_domain", "mail_key"):
        for statement in rls.protect(table):
            op.execute(statement)


def downgrade() -> None:
    """Refuse: the core is not taken back step by step."""
    raise RuntimeError("the core's migrations go forward only; restore a backup instead")
