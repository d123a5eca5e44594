"""Open texts: categories, codings, decisions, coded figures, quotes."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from baukasten.sdk import rls

revision = "survey_0010"
down_revision = "survey_0009"
branch_labels = None
depends_on = None

CATEGORY, CODER, CODING = "survey_category", "survey_coder", "survey_coding"
DECISION, CODED, QUOTE = "survey_decision", "survey_coded", "survey_quote"
TABLES = (CATEGORY, CODER, CODING, DECISION, CODED, QUOTE)
MEMBER = "membership"


def upgrade() -> None:
    """Make the tables, then their locks; coded figures are never changed, but their maker may be forgotten."""
    _sorting()
    _shown()
    for table in TABLES:
        for statement in rls.protect(table):
            op.execute(statement)


def _number(name: str, *, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger, nullable=nullable)


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=False)


def _moment(name: str, *, nullable: bool = False) -> sa.Column[sa.DateTime]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _by(column: str) -> sa.ForeignKeyConstraint:
    return rls.foreign_key(column, MEMBER, ondelete=f"SET NULL ({column})")


def _sorting() -> None:
    op.create_table(
        CATEGORY,
        *rls.key_columns(),
        _number("survey_id"),
        _text("question"),
        _text("name"),
        sa.Column("description", sa.Text, nullable=False, server_default=""),
        _number("place"),
        rls.foreign_key("survey_id", "survey"),
        sa.UniqueConstraint("tenant_id", "survey_id", "question", "name"),
    )
    op.create_table(
        CODER,
        *rls.key_columns(),
        _number("survey_id"),
        _text("question"),
        _number("number"),
        _number("member_id", nullable=True),
        _moment("done_at", nullable=True),
        rls.foreign_key("survey_id", "survey"),
        _by("member_id"),
        sa.UniqueConstraint("tenant_id", "survey_id", "question", "member_id"),
        sa.UniqueConstraint("tenant_id", "survey_id", "question", "number"),
    )
    op.create_table(
        CODING,
        *rls.key_columns(),
        _number("coder_id"),
        _number("response_id"),
        _number("category_id", nullable=True),
        _moment("at"),
        rls.foreign_key("coder_id", CODER),
        rls.foreign_key("response_id", "survey_response"),
        rls.foreign_key("category_id", CATEGORY, ondelete="NO ACTION"),
        sa.UniqueConstraint("tenant_id", "coder_id", "response_id"),
    )
    op.create_table(
        DECISION,
        *rls.key_columns(),
        _number("survey_id"),
        _text("question"),
        _number("response_id"),
        _number("category_id", nullable=True),
        _number("decided_by", nullable=True),
        _moment("at"),
        rls.foreign_key("survey_id", "survey"),
        rls.foreign_key("response_id", "survey_response"),
        rls.foreign_key("category_id", CATEGORY, ondelete="NO ACTION"),
        _by("decided_by"),
        sa.UniqueConstraint("tenant_id", "response_id", "question"),
    )
    for table, column in ((CODER, "member_id"), (CODING, "response_id"), (CODING, "category_id")):
        op.create_index(f"ix_{table}_{column.removesuffix('_id')}", table, ["tenant_id", column])
    op.create_index("ix_survey_decision_survey", DECISION, ["tenant_id", "survey_id", "question"])
    op.create_index("ix_survey_decision_category", DECISION, ["tenant_id", "category_id"])
    op.create_index("ix_survey_decision_decided_by", DECISION, ["tenant_id", "decided_by"])


def _shown() -> None:
    op.create_table(
        CODED,
        *rls.key_columns(),
        _number("survey_id"),
        _text("question"),
        sa.Column("labels", JSONB, nullable=False),
        sa.Column("cells", JSONB, nullable=False),
        _moment("at"),
        _number("frozen_by", nullable=True),
        rls.foreign_key("survey_id", "survey"),
        _by("frozen_by"),
        sa.UniqueConstraint("tenant_id", "survey_id", "question"),
    )
    op.create_table(
        QUOTE,
        *rls.key_columns(),
        _number("survey_id"),
        _text("question"),
        _number("response_id"),
        _text("body"),
        sa.Column("state", sa.Text, nullable=False, server_default="chosen"),
        _number("place"),
        _number("chosen_by", nullable=True),
        _number("released_by", nullable=True),
        _moment("at"),
        rls.foreign_key("survey_id", "survey"),
        rls.foreign_key("response_id", "survey_response"),
        _by("chosen_by"),
        _by("released_by"),
        sa.UniqueConstraint("tenant_id", "response_id", "question"),
    )
    op.create_index("ix_survey_coded_frozen_by", CODED, ["tenant_id", "frozen_by"])
    op.create_index("ix_survey_quote_survey", QUOTE, ["tenant_id", "survey_id", "question"])
    op.create_index("ix_survey_quote_chosen_by", QUOTE, ["tenant_id", "chosen_by"])
    op.create_index("ix_survey_quote_released_by", QUOTE, ["tenant_id", "released_by"])


def downgrade() -> None:
    """Drop the tables again."""
    for table in reversed(TABLES):
        op.drop_table(table)
