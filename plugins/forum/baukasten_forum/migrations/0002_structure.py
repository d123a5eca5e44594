"""Categories and plans, where posts once stood, and all that a topic and a post know besides."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from baukasten.sdk import rls

revision = "forum_0002"
down_revision = "forum_0001"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
TABLES = ("forum_category", "forum_plan", "forum_address", "forum_permalink")


def upgrade() -> None:
    """Make the tables, then their locks."""
    _category()
    _plan()
    _address()
    _permalink()
    for table in TABLES:
        for statement in rls.protect(table):
            op.execute(statement)
    _topic_columns()
    _post_columns()


def _category() -> None:
    op.create_table(
        "forum_category",
        *rls.key_columns(),
        sa.Column("created_at", MOMENT, nullable=False, server_default=sa.func.now()),
        sa.Column("module_id", sa.BigInteger, nullable=False),
        sa.Column("slug", sa.Text, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("description", sa.Text, nullable=False, server_default=""),
        sa.Column("position", sa.BigInteger, nullable=False, server_default="0"),
        sa.Column("closed", sa.Boolean, nullable=False, server_default="false"),
        rls.foreign_key("module_id", "module"),
        sa.UniqueConstraint("tenant_id", "module_id", "slug"),
    )


def _plan() -> None:
    op.create_table(
        "forum_plan",
        *rls.key_columns(),
        sa.Column("created_at", MOMENT, nullable=False, server_default=sa.func.now()),
        sa.Column("module_id", sa.BigInteger, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("description", sa.Text, nullable=False, server_default=""),
        sa.Column("body", sa.Text, nullable=False, server_default=""),
        sa.Column("passages", JSONB, nullable=False, server_default="[]"),
        sa.Column("media_id", sa.BigInteger),
        sa.Column("position", sa.BigInteger, nullable=False, server_default="0"),
        rls.foreign_key("module_id", "module"),
        sa.CheckConstraint("kind IN ('text', 'picture')", name="kind"),
        sa.CheckConstraint("kind <> 'picture' OR media_id IS NOT NULL", name="picture"),
    )
    op.create_index("ix_forum_plan_module", "forum_plan", ["tenant_id", "module_id", "position"])


def _address() -> None:
    op.create_table(
        "forum_address",
        *rls.key_columns(),
        sa.Column("topic_id", sa.BigInteger, nullable=False),
        sa.Column("number", sa.BigInteger, nullable=False),
        sa.Column("post_id", sa.BigInteger, nullable=False),
        rls.foreign_key("topic_id", "forum_topic"),
        rls.foreign_key("post_id", "forum_post"),
        sa.UniqueConstraint("tenant_id", "topic_id", "number"),
    )
    op.create_index("ix_forum_address_post", "forum_address", ["tenant_id", "post_id"])


def _permalink() -> None:
    op.create_table(
        "forum_permalink",
        *rls.key_columns(),
        sa.Column("module_id", sa.BigInteger, nullable=False),
        sa.Column("path", sa.Text, nullable=False),
        sa.Column("post_id", sa.BigInteger, nullable=False),
        rls.foreign_key("module_id", "module"),
        rls.foreign_key("post_id", "forum_post"),
        sa.UniqueConstraint("tenant_id", "module_id", "path"),
    )
    op.create_index("ix_forum_permalink_post", "forum_permalink", ["tenant_id", "post_id"])


TOPIC_COLUMNS = (
    "category_id",
    "kind",
    "byline",
    "state",
    "closes_at",
    "slow_seconds",
    "pinned_at",
    "supports",
    "views",
    "last_number",
    "answers",
    "answered_at",
    "accepted_number",
    "conclusion_number",
    "merged_into",
    "plan_id",
    "passage",
    "x",
    "y",
    "place",
    "last_byline",
)
POST_COLUMNS = (
    "kind",
    "byline",
    "entered_by",
    "via",
    "reply_to",
    "edits",
    "edited_at",
    "supports",
    "thanks",
    "department",
    "outcome",
    "due_on",
    "external_id",
)
SHOWN = "visibility IN ('published', 'folded')"
TOPIC_KEYS = {"category_id": "forum_category", "merged_into": "forum_topic", "plan_id": "forum_plan"}
POST_KEYS = {"entered_by": "membership", "reply_to": "forum_post"}


def _topic_columns() -> None:
    for column in (
        sa.Column("category_id", sa.BigInteger),
        sa.Column("kind", sa.Text, nullable=False, server_default="discussion"),
        sa.Column("byline", sa.Text, nullable=False, server_default=""),
        sa.Column("state", sa.Text, nullable=False, server_default="open"),
        sa.Column("closes_at", MOMENT),
        sa.Column("slow_seconds", sa.BigInteger, nullable=False, server_default="0"),
        sa.Column("pinned_at", MOMENT),
        sa.Column("supports", sa.BigInteger, nullable=False, server_default="0"),
        sa.Column("views", sa.BigInteger, nullable=False, server_default="0"),
        sa.Column("last_number", sa.BigInteger, nullable=False, server_default="0"),
        sa.Column("answers", sa.BigInteger, nullable=False, server_default="0"),
        sa.Column("answered_at", MOMENT),
        sa.Column("accepted_number", sa.BigInteger),
        sa.Column("conclusion_number", sa.BigInteger),
        sa.Column("merged_into", sa.BigInteger),
        sa.Column("plan_id", sa.BigInteger),
        sa.Column("passage", sa.BigInteger),
        sa.Column("x", sa.BigInteger),
        sa.Column("y", sa.BigInteger),
        sa.Column("place", sa.Text, nullable=False, server_default=""),
        sa.Column("last_byline", sa.Text, nullable=False, server_default=""),
    ):
        op.add_column("forum_topic", column)
    op.execute("""
        UPDATE forum_topic t SET last_number = (
            SELECT max(p.number) FROM forum_post p
            WHERE p.tenant_id = t.tenant_id AND p.topic_id = t.id AND p.visibility IN ('published', 'folded')
        ) WHERE next_number > 1 AND EXISTS (
            SELECT FROM forum_post p
            WHERE p.tenant_id = t.tenant_id AND p.topic_id = t.id AND p.visibility IN ('published', 'folded')
        )
    """)
    op.drop_constraint("ck_forum_topic_numbers", "forum_topic")
    numbers = "next_number >= 1 AND replies >= 0 AND supports >= 0 AND views >= 0"
    op.create_check_constraint("numbers", "forum_topic", numbers)
    concluded = "state <> 'concluded' OR conclusion_number IS NOT NULL"
    op.create_check_constraint("conclusion", "forum_topic", concluded)
    _keys("forum_topic", TOPIC_KEYS)
    for name in ("supports", "views"):
        _index("forum_topic", name, "module_id", name, "id", where=SHOWN)
    _index("forum_topic", "category", "module_id", "category_id", "last_post_at", "id", where=SHOWN)
    unanswered = f"{SHOWN} AND answered_at IS NULL"
    _index("forum_topic", "unanswered", "module_id", "created_at", "id", where=unanswered)
    _index("forum_topic", "pinned", "module_id", where="pinned_at IS NOT NULL")
    _index("forum_topic", "plan", "plan_id", "passage")
    _index("forum_topic", "merged", "merged_into")


def _post_columns() -> None:
    for column in (
        sa.Column("kind", sa.Text, nullable=False, server_default="post"),
        sa.Column("byline", sa.Text, nullable=False, server_default=""),
        sa.Column("entered_by", sa.BigInteger),
        sa.Column("via", sa.Text, nullable=False, server_default="page"),
        sa.Column("reply_to", sa.BigInteger),
        sa.Column("edits", sa.BigInteger, nullable=False, server_default="0"),
        sa.Column("edited_at", MOMENT),
        sa.Column("supports", sa.BigInteger, nullable=False, server_default="0"),
        sa.Column("thanks", sa.BigInteger, nullable=False, server_default="0"),
        sa.Column("department", sa.Text, nullable=False, server_default=""),
        sa.Column("outcome", sa.Text),
        sa.Column("due_on", sa.Date),
        sa.Column("external_id", sa.Text),
    ):
        op.add_column("forum_post", column)
    op.create_check_constraint("reactions", "forum_post", "supports >= 0 AND thanks >= 0")
    _keys("forum_post", POST_KEYS)
    _index("forum_post", "reply", "reply_to", where="reply_to IS NOT NULL")
    _index("forum_post", "answers", "topic_id", where="kind <> 'post'")
    _index("forum_post", "entered", "entered_by")


def _keys(table: str, keys: dict[str, str]) -> None:
    for column, target in keys.items():
        columns, rule = ["tenant_id", column], f"SET NULL ({column})"
        op.create_foreign_key(None, table, target, columns, ["tenant_id", "id"], ondelete=rule)


def _index(table: str, name: str, *columns: str, where: str = "") -> None:
    condition = sa.text(where) if where else None
    op.create_index(f"ix_{table}_{name}", table, ["tenant_id", *columns], postgresql_where=condition)


def downgrade() -> None:
    """Take the tables away."""
    for column in POST_COLUMNS:
        op.drop_column("forum_post", column)
    op.drop_constraint("ck_forum_topic_numbers", "forum_topic")
    op.create_check_constraint("numbers", "forum_topic", "next_number >= 1 AND replies >= 0")
    for column in TOPIC_COLUMNS:
        op.drop_column("forum_topic", column)
    for table in reversed(TABLES):
        op.drop_table(table)
