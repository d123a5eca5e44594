"""Declarations, the chained log of consents, whose entries are whose, and who is never written to."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import UUID

from baukasten.sdk import rls

revision = "newsletter_0002"
down_revision = "newsletter_0001"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
EVERYTHING = "SELECT, INSERT, UPDATE, DELETE"
LOCKS = {
    "newsletter_declaration": "SELECT, INSERT",
    "newsletter_consent": "SELECT, INSERT",
    "newsletter_consent_head": "SELECT",
    "newsletter_person": "SELECT, INSERT, DELETE",
    "newsletter_suppression": EVERYTHING,
    "newsletter_move": EVERYTHING,
}
KEPT = ("newsletter_declaration", "newsletter_consent")


def upgrade() -> None:
    """Make the tables, then their locks: who serves adds and reads, never changes; the core's triggers chain."""
    _declarations()
    _consents()
    _people()
    for table, rights in LOCKS.items():
        for statement in rls.protect(table, app=rights):
            op.execute(statement)
    op.execute(
        "CREATE TRIGGER link BEFORE INSERT ON newsletter_consent "
        "FOR EACH ROW EXECUTE FUNCTION platform.link_row()"
    )
    for table in KEPT:
        op.execute(
            f"CREATE TRIGGER keep BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION platform.keep_rows()"
        )


def _declarations() -> None:
    op.create_table(
        "newsletter_declaration",
        *rls.key_columns(),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("language", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("sha256", sa.Text, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.UniqueConstraint("tenant_id", "language", "version"),
        sa.UniqueConstraint("tenant_id", "language", "sha256"),
    )


def _consents() -> None:
    op.create_table(
        "newsletter_consent",
        *rls.key_columns(),
        sa.Column("number", sa.BigInteger, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("person", UUID, nullable=False),
        sa.Column("declaration_id", sa.BigInteger),
        *(_text(name) for name in ("declaration_sha256", "topics", "language", "form", "how", "message_id")),
        sa.Column("actor_member_id", sa.BigInteger),
        _text("network"),
        sa.Column("previous", sa.Text, nullable=False),
        sa.Column("hash", sa.Text, nullable=False),
        rls.foreign_key("declaration_id", "newsletter_declaration", ondelete="RESTRICT"),
        sa.UniqueConstraint("tenant_id", "number"),
    )
    op.create_index("ix_newsletter_consent_person", "newsletter_consent", ["tenant_id", "person", "number"])
    op.create_index("ix_newsletter_consent_at", "newsletter_consent", ["tenant_id", "kind", "at"])
    op.create_table(
        "newsletter_consent_head",
        *rls.key_columns(),
        sa.Column("number", sa.BigInteger, nullable=False),
        sa.Column("hash", sa.Text, nullable=False),
        sa.UniqueConstraint("tenant_id"),
    )


def _people() -> None:
    op.create_table(
        "newsletter_person",
        *rls.key_columns(),
        sa.Column("fingerprint", sa.LargeBinary, nullable=False),
        sa.Column("person", UUID, nullable=False, server_default=sa.text("gen_random_uuid()")),
        sa.UniqueConstraint("tenant_id", "fingerprint"),
        sa.UniqueConstraint("tenant_id", "person"),
    )
    op.create_table(
        "newsletter_suppression",
        *rls.key_columns(),
        sa.Column("fingerprint", sa.LargeBinary, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.UniqueConstraint("tenant_id", "fingerprint"),
    )
    op.create_table(
        "newsletter_move",
        *rls.key_columns(),
        sa.Column("subscriber_id", sa.BigInteger, nullable=False),
        sa.Column("from_id", sa.BigInteger, nullable=False),
        rls.foreign_key("subscriber_id", "newsletter_subscriber"),
        rls.foreign_key("from_id", "newsletter_subscriber"),
        sa.UniqueConstraint("tenant_id", "subscriber_id"),
    )
    op.create_index("ix_newsletter_move_from", "newsletter_move", ["tenant_id", "from_id"])


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=False, server_default="")


def downgrade() -> None:
    """Drop the tables again."""
    for table in reversed(LOCKS):
        op.drop_table(table)
