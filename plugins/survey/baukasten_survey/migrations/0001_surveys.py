"""Surveys, their versions, admissions, responses, the mixing queue, drafts and quotas."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from baukasten.sdk import rls

revision = "survey_0001"
down_revision = None
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
EVERYTHING = "SELECT, INSERT, UPDATE, DELETE"
LOCKS = {
    "survey": EVERYTHING,
    "survey_version": "SELECT, INSERT",
    "survey_fix": "SELECT, INSERT, UPDATE (by)",
    "survey_admission": EVERYTHING,
    "survey_response": EVERYTHING,
    "survey_batch": EVERYTHING,
    "survey_sealed": "SELECT, INSERT, DELETE",
    "survey_draft": EVERYTHING,
    "survey_quota": EVERYTHING,
}


def upgrade() -> None:
    """Make the tables, then their locks; what was published is never changed."""
    _surveys()
    _versions()
    _admissions()
    _responses()
    _mixing()
    _drafts()
    _quotas()
    for table, rights in LOCKS.items():
        for statement in rls.protect(table, app=rights):
            op.execute(statement)
    op.execute(
        "CREATE TRIGGER keep BEFORE UPDATE ON survey_version "
        "FOR EACH STATEMENT EXECUTE FUNCTION platform.keep_rows()"
    )


def _word(name: str, default: str = "") -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=False, server_default=default)


def _surveys() -> None:
    op.create_table(
        "survey",
        *rls.key_columns(),
        sa.Column("created_at", MOMENT, nullable=False, server_default=sa.func.now()),
        sa.Column("module_id", sa.BigInteger, nullable=False),
        _word("kind", "survey"),
        _word("state", "draft"),
        sa.Column("definition", JSONB, nullable=False, server_default=sa.text("'{}'::jsonb")),
        sa.Column("revision", sa.BigInteger, nullable=False, server_default="1"),
        sa.Column("version", sa.BigInteger),
        _word("access", "open"),
        _word("anonymity", "separated"),
        sa.Column("opens_at", MOMENT),
        sa.Column("closes_at", MOMENT),
        sa.Column("closed_at", MOMENT),
        sa.Column("edit_key", sa.LargeBinary),
        sa.Column("minimum_cell", sa.BigInteger, nullable=False, server_default="5"),
        sa.Column("drawn", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.Column("least_seconds", sa.BigInteger, nullable=False, server_default="0"),
        rls.foreign_key("module_id", "module"),
        sa.CheckConstraint("state = 'draft' OR version IS NOT NULL", name="version"),
        sa.CheckConstraint("minimum_cell >= 3", name="minimum_cell"),
        sa.CheckConstraint("closes_at > opens_at", name="times"),
    )
    op.create_index(
        "uq_survey_module",
        "survey",
        ["tenant_id", "module_id"],
        unique=True,
        postgresql_where=sa.text("kind = 'survey'"),
    )
    op.create_index("ix_survey_state", "survey", ["tenant_id", "state", "closes_at"])


def _versions() -> None:
    op.create_table(
        "survey_version",
        *rls.key_columns(),
        sa.Column("survey_id", sa.BigInteger, nullable=False),
        sa.Column("number", sa.BigInteger, nullable=False),
        sa.Column("definition", JSONB, nullable=False),
        sa.Column("mapping", JSONB, nullable=False, server_default=sa.text("'{}'::jsonb")),
        sa.Column("sealed_size", sa.BigInteger, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        rls.foreign_key("survey_id", "survey"),
        sa.UniqueConstraint("tenant_id", "survey_id", "number"),
    )
    op.create_table(
        "survey_fix",
        *rls.key_columns(),
        sa.Column("version_id", sa.BigInteger, nullable=False),
        sa.Column("path", sa.Text, nullable=False),
        sa.Column("language", sa.Text, nullable=False),
        sa.Column("before", sa.Text, nullable=False),
        sa.Column("after", sa.Text, nullable=False),
        sa.Column("by", sa.BigInteger),
        sa.Column("at", MOMENT, nullable=False),
        rls.foreign_key("version_id", "survey_version"),
        rls.foreign_key("by", "membership", ondelete="SET NULL (by)"),
    )
    op.create_index("ix_survey_fix_version", "survey_fix", ["tenant_id", "version_id", "id"])


def _admissions() -> None:
    op.create_table(
        "survey_admission",
        *rls.key_columns(),
        sa.Column("survey_id", sa.BigInteger, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("digest", sa.LargeBinary, nullable=False),
        _word("series"),
        sa.Column("spent", sa.Boolean, nullable=False, server_default=sa.false()),
        rls.foreign_key("survey_id", "survey"),
        sa.UniqueConstraint("tenant_id", "survey_id", "digest"),
    )
    op.create_index("ix_survey_admission_series", "survey_admission", ["tenant_id", "survey_id", "series"])


def _responses() -> None:
    op.create_table(
        "survey_response",
        *rls.key_columns(),
        sa.Column("survey_id", sa.BigInteger, nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
        _word("language"),
        _word("source", "online"),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("answers", JSONB, nullable=False),
        sa.Column("flags", JSONB, nullable=False, server_default=sa.text("'[]'::jsonb")),
        sa.Column("member_id", sa.BigInteger),
        sa.Column("edit_digest", sa.LargeBinary),
        sa.Column("test", sa.Boolean, nullable=False, server_default=sa.false()),
        rls.foreign_key("survey_id", "survey"),
        rls.foreign_key("member_id", "membership", ondelete="SET NULL (member_id)"),
    )
    op.create_index("ix_survey_response_survey", "survey_response", ["tenant_id", "survey_id", "id"])
    op.create_index("ix_survey_response_member", "survey_response", ["tenant_id", "member_id"])
    op.create_index(
        "uq_survey_response_edit",
        "survey_response",
        ["tenant_id", "survey_id", "edit_digest"],
        unique=True,
        postgresql_where=sa.text("edit_digest IS NOT NULL"),
    )


def _mixing() -> None:
    op.create_table(
        "survey_batch",
        *rls.key_columns(),
        sa.Column("survey_id", sa.BigInteger, nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("public_key", sa.LargeBinary, nullable=False),
        _word("state", "open"),
        rls.foreign_key("survey_id", "survey"),
    )
    op.create_index("ix_survey_batch_state", "survey_batch", ["tenant_id", "survey_id", "state"])
    op.create_index(
        "uq_survey_batch_open",
        "survey_batch",
        ["tenant_id", "survey_id", "version"],
        unique=True,
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_table(
        "survey_sealed",
        *rls.key_columns(),
        sa.Column("batch_id", sa.BigInteger, nullable=False),
        sa.Column("blob", sa.LargeBinary, nullable=False),
        rls.foreign_key("batch_id", "survey_batch"),
    )
    op.create_index("ix_survey_sealed_batch", "survey_sealed", ["tenant_id", "batch_id"])


def _drafts() -> None:
    op.create_table(
        "survey_draft",
        *rls.key_columns(),
        sa.Column("survey_id", sa.BigInteger, nullable=False),
        sa.Column("digest", sa.LargeBinary, nullable=False),
        sa.Column("blob", sa.LargeBinary, nullable=False),
        sa.Column("until", sa.Date, nullable=False),
        rls.foreign_key("survey_id", "survey"),
        sa.UniqueConstraint("tenant_id", "survey_id", "digest"),
    )
    op.create_index("ix_survey_draft_until", "survey_draft", ["tenant_id", "until"])


def _quotas() -> None:
    op.create_table(
        "survey_quota",
        *rls.key_columns(),
        sa.Column("survey_id", sa.BigInteger, nullable=False),
        sa.Column("code", sa.Text, nullable=False),
        sa.Column("expression", sa.Text, nullable=False),
        sa.Column("wanted", sa.BigInteger, nullable=False),
        sa.Column("taken", sa.BigInteger, nullable=False, server_default="0"),
        sa.Column("message", JSONB, nullable=False, server_default=sa.text("'{}'::jsonb")),
        rls.foreign_key("survey_id", "survey"),
        sa.UniqueConstraint("tenant_id", "survey_id", "code"),
        sa.CheckConstraint("taken BETWEEN 0 AND wanted", name="taken"),
    )


def downgrade() -> None:
    """Drop the tables again."""
    for table in reversed(LOCKS):
        op.drop_table(table)
