"""When a project's result was first said, so that it is news once."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the moment; what is known by now was said when the project was last changed."""
    op.add_column("project", sa.Column("result_at", sa.DateTime(timezone=True)))
    op.execute("UPDATE public.project SET result_at = changed_at WHERE result <> ''")


def downgrade() -> None:
    """Remove it."""
    op.drop_column("project", "result_at")
