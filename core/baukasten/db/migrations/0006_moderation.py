"""Cases, reports and decisions of moderation."""

import sqlalchemy as sa
from alembic import op

from baukasten.db import rls

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

OPEN = sa.text("closed_at IS NULL")
KEY = ["tenant_id", "content_type", "content_id"]


def upgrade() -> None:
    """Make the tables, then their locks."""
    _cases()
    _reports()
    _decisions()
    # Erasing a member looks for every row that points there.
    op.create_index("ix_moderation_report_reporter", "moderation_report", ["tenant_id", "reporter_id"])
    op.create_index("ix_moderation_decision_actor", "moderation_decision", ["tenant_id", "actor_id"])
    op.create_index("ix_moderation_decision_case", "moderation_decision", ["tenant_id", "case_id"])
    for statement in (
        *rls.protect("moderation_case", app="SELECT, INSERT, UPDATE"),
        *rls.protect("moderation_report", app="SELECT, INSERT, UPDATE"),
        *rls.protect("moderation_decision", app="SELECT, INSERT, UPDATE (actor_id)"),
    ):
        op.execute(statement)


def _cases() -> None:
    op.create_table(
        "moderation_case",
        *rls.key_columns(),
        _created(),
        sa.Column("cause", sa.Text, nullable=False),
        *_content(),
        sa.Column("code", sa.Text, nullable=False, server_default=""),
        sa.Column("note", sa.Text, nullable=False, server_default=""),
        sa.Column("reports", sa.BigInteger, nullable=False, server_default="0"),
        sa.Column("closed_at", sa.DateTime(timezone=True)),
        sa.CheckConstraint("cause IN ('held', 'reported')", name="cause"),
    )
    op.create_index("uq_moderation_case_open", "moderation_case", KEY, unique=True, postgresql_where=OPEN)
    op.create_index(
        "ix_moderation_case_queue",
        "moderation_case",
        ["tenant_id", "created_at", "id"],
        postgresql_where=OPEN,
    )


def _reports() -> None:
    op.create_table(
        "moderation_report",
        *rls.key_columns(),
        _created(),
        sa.Column("case_id", sa.BigInteger, nullable=False),
        sa.Column("reporter_id", sa.BigInteger),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("explanation", sa.Text, nullable=False, server_default=""),
        sa.Column("excerpt", sa.Text, nullable=False, server_default=""),
        sa.Column("receipt", sa.Text, nullable=False),
        rls.foreign_key("case_id", "moderation_case"),
        rls.foreign_key("reporter_id", "membership", ondelete="SET NULL (reporter_id)"),
    )
    op.create_index("ix_moderation_report_case", "moderation_report", ["tenant_id", "case_id"])


def _decisions() -> None:
    op.create_table(
        "moderation_decision",
        *rls.key_columns(),
        _created(),
        sa.Column("case_id", sa.BigInteger),
        *_content(),
        sa.Column("measure", sa.Text, nullable=False),
        sa.Column("rule", sa.Text, nullable=False, server_default=""),
        sa.Column("facts", sa.Text, nullable=False, server_default=""),
        sa.Column("automated", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.Column("actor_id", sa.BigInteger),
        rls.foreign_key("case_id", "moderation_case", ondelete="SET NULL (case_id)"),
        rls.foreign_key("actor_id", "membership", ondelete="SET NULL (actor_id)"),
        # The promise that nobody is silenced without a reason is the database's, not the form's.
        sa.CheckConstraint(
            "measure NOT IN ('reject', 'hide') OR (rule <> '' AND facts <> '')", name="reason"
        ),
    )
    op.create_index("ix_moderation_decision_content", "moderation_decision", [*KEY, "id"])


def _created() -> sa.Column[sa.DateTime]:
    return sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now())


def _content() -> list[sa.Column[str]]:
    return [
        sa.Column("content_type", sa.Text, nullable=False),
        sa.Column("content_id", sa.BigInteger, nullable=False),
    ]


def downgrade() -> None:
    """Refuse: the core is not taken back step by step."""
    raise RuntimeError("the core's migrations go forward only; restore a backup instead")
