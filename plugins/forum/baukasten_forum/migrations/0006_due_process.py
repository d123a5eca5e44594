"""What a post needs to come back as it was after decisions, and whether staff changed its words."""

import sqlalchemy as sa
from alembic import op

revision = "forum_0006"
down_revision = "forum_0005"
branch_labels = None
depends_on = None

TABLE = "forum_post"


def upgrade() -> None:
    """Add the columns; none rewrites the table."""
    op.add_column(TABLE, sa.Column("kept_number", sa.BigInteger))
    for name in ("was_accepted", "staff_edited"):
        op.add_column(TABLE, sa.Column(name, sa.Boolean, nullable=False, server_default="false"))
    op.add_column("forum_revision", sa.Column("closed", sa.Boolean, nullable=False, server_default="false"))
    op.execute("UPDATE forum_revision SET closed = true WHERE by_staff")
    op.execute("""
        UPDATE forum_post p SET staff_edited = true
        WHERE EXISTS (
            SELECT 1 FROM forum_revision r
            WHERE r.tenant_id = p.tenant_id AND r.post_id = p.id AND r.by_staff
        )
    """)


def downgrade() -> None:
    """Take the columns away."""
    op.drop_column("forum_revision", "closed")
    for name in ("staff_edited", "was_accepted"):
        op.drop_column(TABLE, name)
    op.drop_column(TABLE, "kept_number")
