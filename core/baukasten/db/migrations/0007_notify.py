"""Notices to members, and what they do not want by mail."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from baukasten.db import rls

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

# Every page of a signed-in member shows this number; counting ends where nobody counts any more.
UNREAD = """
CREATE FUNCTION platform.unread_notices(member bigint) RETURNS bigint LANGUAGE sql STABLE STRICT AS $$
    SELECT count(*) FROM (
        SELECT FROM public.notice n
        WHERE n.tenant_id = platform.current_tenant() AND n.member_id = member AND n.on_page AND n.read_at IS NULL
        LIMIT 99
    ) AS unread
$$
"""


def upgrade() -> None:
    """Make the tables, then their locks."""
    op.create_table(
        "notice",
        *rls.key_columns(),
        sa.Column("member_id", sa.BigInteger, nullable=False),
        sa.Column("type", sa.Text, nullable=False),
        sa.Column("group_key", sa.Text, nullable=False, server_default=""),
        sa.Column("data", JSONB, nullable=False, server_default="{}"),
        sa.Column("path", sa.Text, nullable=False, server_default=""),
        sa.Column("content_type", sa.Text),
        sa.Column("content_id", sa.BigInteger),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()),
        sa.Column("on_page", sa.Boolean, nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True)),
        sa.Column("mail_due", sa.Boolean, nullable=False),
        sa.Column("mailed_at", sa.DateTime(timezone=True)),
        _member(),
        sa.Index("ix_notice_tenant_id_member_id_id", "tenant_id", "member_id", "id"),
        sa.Index(
            "ix_notice_unread",
            "tenant_id",
            "member_id",
            postgresql_where=sa.text("on_page AND read_at IS NULL"),
        ),
        sa.Index(
            "ix_notice_mail_due",
            "tenant_id",
            "member_id",
            "type",
            "group_key",
            postgresql_where=sa.text("mail_due"),
        ),
        sa.Index("ix_notice_tenant_id_created_at", "tenant_id", "created_at"),
    )
    op.create_table(
        "notice_preference",
        *rls.key_columns(),
        sa.Column("member_id", sa.BigInteger, nullable=False),
        sa.Column("type", sa.Text, nullable=False),
        _member(),
        sa.UniqueConstraint("tenant_id", "member_id", "type"),
    )
    op.execute(UNREAD)
    for statement in (*rls.protect("notice"), *rls.protect("notice_preference")):
        op.execute(statement)


def _member() -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["tenant_id", "member_id"], ["membership.tenant_id", "membership.id"], ondelete="CASCADE"
    )


def downgrade() -> None:
    """Refuse: the core is not taken back step by step."""
    raise RuntimeError("the core's migrations go forward only; restore a backup instead")
