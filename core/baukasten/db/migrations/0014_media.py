"""Pictures and papers that people add to contributions."""

import sqlalchemy as sa
from alembic import op

from baukasten.db import rls

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table, then its locks."""
    texts = [
        sa.Column(name, sa.Text, nullable=False) for name in ("name", "media_type", "sha256", "stored_as")
    ]
    edges = [sa.Column(name, sa.BigInteger) for name in ("width", "height", "content_id")]
    op.create_table(
        "media",
        *rls.key_columns(),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()),
        sa.Column("uploader_id", sa.BigInteger),
        sa.Column("kind", sa.Text, nullable=False),
        *texts,
        sa.Column("stored_small", sa.Text, nullable=False, server_default=""),
        sa.Column("bytes", sa.BigInteger, nullable=False),
        sa.Column("alt", sa.Text),
        sa.Column("content_type", sa.Text),
        *edges,
        sa.Column("position", sa.BigInteger, nullable=False, server_default="0"),
        sa.CheckConstraint("kind IN ('picture', 'paper')", name="kind"),
        sa.CheckConstraint("(content_type IS NULL) = (content_id IS NULL)", name="content"),
        rls.foreign_key("uploader_id", "membership", ondelete="SET NULL (uploader_id)"),
        sa.Index("ix_media_content", "tenant_id", "content_type", "content_id", "position"),
        sa.Index("ix_media_uploader", "tenant_id", "uploader_id"),
        sa.Index("ix_media_loose", "tenant_id", "created_at", postgresql_where=sa.text("content_id IS NULL")),
    )
    for statement in rls.protect("media"):
        op.execute(statement)


def downgrade() -> None:
    """Refuse: the core is not taken back step by step."""
    raise RuntimeError("the core's migrations go forward only; restore a backup instead")
