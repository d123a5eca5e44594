"""Tables that people are brought in from: the file in pieces, how far it got, and what became of each row."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from baukasten.sdk import rls

revision = "newsletter_0007"
down_revision = "newsletter_0006"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
IMPORT, PIECE, REPORT = "newsletter_import", "newsletter_import_piece", "newsletter_import_report"
TABLES = (IMPORT, PIECE, REPORT)


def upgrade() -> None:
    """Make the tables, then their locks."""
    op.create_table(
        IMPORT,
        *rls.key_columns(),
        sa.Column("module_id", sa.BigInteger, nullable=False),
        sa.Column("created_by", sa.BigInteger),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.Column("file_name", sa.Text, nullable=False),
        sa.Column("bytes", sa.BigInteger, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("problem", sa.Text, nullable=False, server_default=""),
        sa.Column("language", sa.Text, nullable=False),
        sa.Column("topics", JSONB, nullable=False),
        *(
            sa.Column(name, sa.Text, nullable=False, server_default="")
            for name in ("agreed", "agreed_when", "how")
        ),
        sa.Column("done_row", sa.BigInteger, nullable=False, server_default="0"),
        sa.Column("counts", JSONB, nullable=False, server_default="{}"),
        sa.Column("taken", JSONB, nullable=False, server_default="{}"),
        rls.foreign_key("module_id", "module"),
        rls.foreign_key("created_by", "membership", ondelete="SET NULL (created_by)"),
    )
    op.create_index("ix_newsletter_import_module", IMPORT, ["tenant_id", "module_id", "id"])
    op.create_index("ix_newsletter_import_created_by", IMPORT, ["tenant_id", "created_by"])
    _of_import(PIECE, sa.Column("data", sa.LargeBinary, nullable=False))
    _of_import(
        REPORT, sa.Column("is_trial", sa.Boolean, nullable=False), sa.Column("rows", JSONB, nullable=False)
    )
    for table in TABLES:
        for statement in rls.protect(table):
            op.execute(statement)


def _of_import(table: str, *columns: sa.Column[object]) -> None:
    told = ["is_trial"] if table == REPORT else []
    op.create_table(
        table,
        *rls.key_columns(),
        sa.Column("import_id", sa.BigInteger, nullable=False),
        sa.Column("number", sa.BigInteger, nullable=False),
        *columns,
        rls.foreign_key("import_id", IMPORT),
        sa.UniqueConstraint("tenant_id", "import_id", *told, "number"),
    )


def downgrade() -> None:
    """Drop the tables again."""
    for table in reversed(TABLES):
        op.drop_table(table)
