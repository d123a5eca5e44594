"""Tables of the room projects."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from baukasten.db import rls

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the tables, then their locks."""
    _projects()
    _phases()
    _modules()
    for table in ("project", "project_phase", "module"):
        for statement in rls.protect(table, operator="SELECT"):
            op.execute(statement)


def _texts(names: Sequence[str]) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text, nullable=False, server_default="") for name in names]


def _list(name: str) -> sa.Column[list[str]]:
    return sa.Column(name, JSONB, nullable=False, server_default="[]")


def _projects() -> None:
    op.create_table(
        "project",
        *rls.key_columns(),
        sa.Column("created_at", MOMENT, nullable=False, server_default=sa.func.now()),
        sa.Column("slug", sa.Text, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        *_texts(("question", "summary", "description", "description_html")),
        _list("can_influence"),
        _list("fixed"),
        *_texts(("place", "contact", "decides", "result")),
        sa.Column("picture", sa.Text, nullable=False, server_default="harbour"),
        sa.Column("state", sa.Text, nullable=False, server_default="draft"),
        sa.Column("starts_at", MOMENT),
        sa.Column("ends_at", MOMENT),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.Column("published_at", MOMENT),
        sa.UniqueConstraint("tenant_id", "slug"),
        sa.CheckConstraint("state IN ('draft', 'published', 'archived')", name="state"),
        sa.Index("ix_project_time", "tenant_id", "state", "ends_at"),
    )


def _phases() -> None:
    op.create_table(
        "project_phase",
        *rls.key_columns(),
        sa.Column("project_id", sa.BigInteger, nullable=False),
        sa.Column("position", sa.BigInteger, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        *_texts(("note",)),
        sa.Column("starts_at", MOMENT, nullable=False),
        sa.Column("ends_at", MOMENT, nullable=False),
        _list("features"),
        _of_project(),
        sa.UniqueConstraint("tenant_id", "project_id", "position"),
        sa.CheckConstraint("ends_at > starts_at", name="dates"),
    )


def _modules() -> None:
    op.create_table(
        "module",
        *rls.key_columns(),
        sa.Column("created_at", MOMENT, nullable=False, server_default=sa.func.now()),
        sa.Column("project_id", sa.BigInteger),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("slug", sa.Text, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("settings", JSONB, nullable=False, server_default="{}"),
        sa.Column("position", sa.BigInteger, nullable=False),
        sa.Column("visible", sa.Boolean, nullable=False, server_default=sa.true()),
        _of_project(),
        sa.UniqueConstraint("tenant_id", "project_id", "slug", postgresql_nulls_not_distinct=True),
    )


def _of_project() -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["tenant_id", "project_id"], ["project.tenant_id", "project.id"], ondelete="CASCADE"
    )


def downgrade() -> None:
    """Refuse: the core is not taken back step by step."""
    raise RuntimeError("the core's migrations go forward only; restore a backup instead")
