"""Due process in moderation: claims, evidence, appeals, rules in versions, limits, moderators on loan."""

import sqlalchemy as sa
from alembic import op

from baukasten.db import rls

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

OPEN = sa.text("closed_at IS NULL")
BY_MEMBER = "SET NULL"

# Bound to the serving role: moving and deleting a town are the owner's business.
KEPT_RULES = f"""
CREATE FUNCTION platform.keep_rules() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    touched bigint[];
BEGIN
    IF current_user <> '{rls.APP_ROLE}' THEN
        RETURN COALESCE(NEW, OLD);
    END IF;
    IF TG_TABLE_NAME = 'moderation_rule' THEN
        touched := ARRAY[OLD.ruleset_id, NEW.ruleset_id];
    ELSIF TG_OP <> 'UPDATE' OR to_jsonb(NEW) - 'author_id' <> to_jsonb(OLD) - 'author_id' THEN
        touched := ARRAY[OLD.id];
    END IF;
    IF EXISTS (SELECT FROM public.moderation_ruleset AS kept
               WHERE kept.tenant_id = COALESCE(NEW.tenant_id, OLD.tenant_id)
               AND kept.id = ANY (touched) AND kept.published_at IS NOT NULL) THEN
        RAISE EXCEPTION 'rules that were in force stay as they were' USING ERRCODE = 'check_violation';
    END IF;
    RETURN COALESCE(NEW, OLD);
END $$
"""
KEEP_RULES = """
CREATE TRIGGER keep_rules BEFORE INSERT OR UPDATE OR DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION platform.keep_rules()
"""


def upgrade() -> None:
    """Widen the tables that are there, add the new ones, then their locks."""
    _widen_decisions()
    _widen_reports()
    _appeals()
    _widen_cases()
    _desk()
    _rules()
    _screening()
    _people()
    for statement in (
        *rls.grant(
            "moderation_decision",
            app="UPDATE (actor_id, second_id, subject_id, undone_at, told_at, evidence)",
        ),
        *rls.protect("moderation_appeal"),
        *rls.protect("moderation_note"),
        *rls.protect("moderation_reply"),
        *rls.protect("moderation_ruleset"),
        *rls.protect("moderation_rule"),
        *rls.protect("moderation_author"),
        *rls.protect("moderation_submission"),
        *rls.protect("moderation_precheck"),
        *rls.protect("moderation_loan"),
        *rls.protect("moderation_guess"),
        KEPT_RULES,
        *(KEEP_RULES.format(table=table) for table in ("moderation_ruleset", "moderation_rule")),
    ):
        op.execute(statement)


def _widen_cases() -> None:
    table = "moderation_case"
    _add(table, *_numbers("module_id", "project_id", "author_id", "holder_id", "appeal_id", "proposed_by"))
    _add(
        table,
        sa.Column("order_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()),
        *_moments("due_at", "reminded_at", "held_until"),
        sa.Column("guess", sa.Float, nullable=False, server_default="0"),
        _json("guess_words", "[]"),
        sa.Column("proposal", sa.dialects.postgresql.JSONB),
    )
    _members(table, "author_id", "holder_id", "proposed_by")
    op.drop_constraint("ck_moderation_case_cause", table)
    op.create_check_constraint("cause", table, "cause IN ('held', 'reported', 'appeal')")
    op.create_check_constraint("appeal", table, "(cause = 'appeal') = (appeal_id IS NOT NULL)")
    op.drop_index("uq_moderation_case_open", table)
    op.create_index(
        "uq_moderation_case_open",
        table,
        ["tenant_id", "content_type", "content_id"],
        unique=True,
        postgresql_where=sa.text("closed_at IS NULL AND cause <> 'appeal'"),
    )
    op.drop_index("ix_moderation_case_queue", table)
    for name, columns in (
        ("queue", ["order_at", "id"]),
        ("newest", ["created_at", "id"]),
        ("guess", ["guess", "id"]),
        ("project", ["project_id", "order_at", "id"]),
        ("due", ["due_at"]),
    ):
        op.create_index(f"ix_{table}_{name}", table, ["tenant_id", *columns], postgresql_where=OPEN)
    op.create_index(
        f"ix_{table}_appeals",
        table,
        ["tenant_id", "order_at", "id"],
        postgresql_where=sa.text("closed_at IS NULL AND cause = 'appeal'"),
    )
    _index(table, holder="holder_id", author="author_id id", proposed_by="proposed_by", closed="closed_at id")
    op.create_index(f"ix_{table}_appeal", table, ["tenant_id", "appeal_id"], unique=True)


def _widen_reports() -> None:
    table = "moderation_report"
    _add(
        table,
        _text("path"),
        _text("origin"),
        sa.Column("counts", sa.Boolean, nullable=False, server_default=sa.true()),
        sa.Column("outcome", sa.Text),
        *_numbers("decision_id"),
        *_moments("settled_at"),
    )
    op.create_check_constraint("outcome", table, "outcome IN ('granted', 'refused', 'void')")
    _point(table, "decision_id", "moderation_decision", BY_MEMBER)
    _index(table, decision="decision_id", created="created_at")
    op.create_index(f"ix_{table}_receipt", table, ["tenant_id", "receipt"], unique=True)
    op.create_index(
        f"uq_{table}_origin",
        table,
        ["tenant_id", "case_id", "origin"],
        unique=True,
        postgresql_where=sa.text("origin <> ''"),
    )


def _widen_decisions() -> None:
    table = "moderation_decision"
    _add(
        table,
        *(_text(name) for name in ("rule_key", "public_text", "before", "evidence_hash")),
        sa.Column("rules_version", sa.BigInteger, nullable=False, server_default="0"),
        *_numbers("second_id", "subject_id", "reverses"),
        *_moments("until", "undone_at", "told_at"),
        _json("evidence", "{}"),
    )
    _members(table, "second_id", "subject_id")
    _point(table, "reverses", table, BY_MEMBER)
    op.drop_constraint("ck_moderation_decision_reason", table)
    op.create_check_constraint(
        "reason",
        table,
        "measure IN ('publish', 'keep', 'restore', 'free') OR (btrim(rule) <> '' AND btrim(facts) <> '')",
    )
    _index(table, second="second_id", subject="subject_id id", reverses="reverses", created="created_at")
    _index(table, rule="rule_key id")


def _appeals() -> None:
    table = "moderation_appeal"
    _create(
        table,
        sa.Column("decision_id", sa.BigInteger, nullable=False),
        *_numbers("decision_actor_id", "decision_second_id", "appellant_id", "report_id", "decided_by"),
        sa.Column("side", sa.Text, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("outcome", sa.Text),
        _text("answer"),
        *_moments("decided_at"),
        rls.foreign_key("decision_id", "moderation_decision"),
        rls.foreign_key("report_id", "moderation_report", ondelete="SET NULL (report_id)"),
        sa.CheckConstraint("side IN ('author', 'reporter')", name="side"),
        sa.CheckConstraint("outcome IN ('granted', 'refused', 'void')", name="outcome"),
        sa.CheckConstraint("outcome IS NULL OR outcome = 'void' OR btrim(answer) <> ''", name="answer"),
        sa.CheckConstraint(
            "decided_by IS NULL OR (decided_by IS DISTINCT FROM decision_actor_id "
            "AND decided_by IS DISTINCT FROM decision_second_id AND decided_by IS DISTINCT FROM appellant_id)",
            name="another",
        ),
    )
    _members(table, "decision_actor_id", "decision_second_id", "appellant_id", "decided_by")
    for name, column, where in (
        ("author", "decision_id", "side = 'author'"),
        ("report", "report_id", "report_id IS NOT NULL"),
    ):
        op.create_index(
            f"uq_{table}_{name}", table, ["tenant_id", column], unique=True, postgresql_where=sa.text(where)
        )
    _index(table, decision="decision_id", decision_actor="decision_actor_id")
    _index(table, decision_second="decision_second_id", appellant="appellant_id")
    _index(table, decided_by="decided_by", created="created_at")


def _desk() -> None:
    _create(
        "moderation_note",
        sa.Column("case_id", sa.BigInteger, nullable=False),
        *_numbers("author_id"),
        sa.Column("body", sa.Text, nullable=False),
        rls.foreign_key("case_id", "moderation_case"),
    )
    _members("moderation_note", "author_id")
    _index("moderation_note", case="case_id id", author="author_id")
    _create(
        "moderation_reply",
        sa.Column("title", sa.Text, nullable=False),
        _text("measure"),
        _text("rule_key"),
        _json("texts", "{}"),
    )
    _index("moderation_reply", order="title id")
    op.create_table(
        "moderation_guess",
        *rls.key_columns(),
        sa.Column("trained_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decisions", sa.BigInteger, nullable=False),
        sa.Column("bias", sa.Float, nullable=False),
        _json("weights", "{}"),
        sa.UniqueConstraint("tenant_id"),
    )


def _rules() -> None:
    _create(
        "moderation_ruleset",
        sa.Column("version", sa.BigInteger, nullable=False),
        _text("intro"),
        _text("changes"),
        *_moments("published_at"),
        *_numbers("author_id"),
        sa.UniqueConstraint("tenant_id", "version"),
    )
    _members("moderation_ruleset", "author_id")
    _index("moderation_ruleset", author="author_id")
    op.create_index(
        "uq_moderation_ruleset_draft",
        "moderation_ruleset",
        ["tenant_id"],
        unique=True,
        postgresql_where=sa.text("published_at IS NULL"),
    )
    op.create_table(
        "moderation_rule",
        *rls.key_columns(),
        sa.Column("ruleset_id", sa.BigInteger, nullable=False),
        sa.Column("position", sa.BigInteger, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        _text("body"),
        _text("exempt"),
        rls.foreign_key("ruleset_id", "moderation_ruleset"),
        sa.UniqueConstraint("tenant_id", "ruleset_id", "key"),
        sa.UniqueConstraint("tenant_id", "ruleset_id", "position"),
    )


def _screening() -> None:
    op.create_table(
        "moderation_author",
        *rls.key_columns(),
        sa.Column("member_id", sa.BigInteger, nullable=False),
        sa.Column("published", sa.BigInteger, nullable=False, server_default="0"),
        *_moments("first_at"),
        sa.Column("rules_version", sa.BigInteger, nullable=False, server_default="-1"),
        rls.foreign_key("member_id", "membership"),
    )
    op.create_index(
        "uq_moderation_author_member", "moderation_author", ["tenant_id", "member_id"], unique=True
    )
    table = "moderation_submission"
    _create(
        table,
        *_numbers("author_id", "module_id", "content_id"),
        sa.Column("content_type", sa.Text, nullable=False),
        _text("fingerprint"),
        sa.Column("ruling", sa.Text, nullable=False),
        _text("code"),
        _text("proof"),
        *_moments("seen_at"),
        rls.foreign_key("author_id", "membership"),
    )
    _index(table, author="author_id created_at", print="fingerprint created_at", created="created_at")
    _index(table, content="content_type content_id")
    op.create_index(
        f"uq_{table}_proof",
        table,
        ["tenant_id", "proof"],
        unique=True,
        postgresql_where=sa.text("proof <> ''"),
    )
    table = "moderation_precheck"
    op.create_table(
        table,
        *rls.key_columns(),
        *_numbers("module_id", "phase_id"),
        sa.Column("level", sa.Text, nullable=False, server_default="nobody"),
        sa.CheckConstraint("level IN ('nobody', 'newcomers', 'everybody')", name="level"),
        sa.CheckConstraint("module_id IS NULL OR phase_id IS NULL", name="one"),
        rls.foreign_key("module_id", "module"),
        rls.foreign_key("phase_id", "project_phase"),
    )
    op.create_index(
        f"uq_{table}",
        table,
        ["tenant_id", "module_id", "phase_id"],
        unique=True,
        postgresql_nulls_not_distinct=True,
    )
    _index(table, phase="phase_id")


def _people() -> None:
    table = "moderation_loan"
    _create(
        table,
        sa.Column("email", sa.Text, nullable=False),
        _text("home"),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        *_numbers("invited_by", "member_id"),
        *_moments("ended_at"),
        sa.CheckConstraint("until > created_at", name="until"),
    )
    _members(table, "invited_by", "member_id")
    _index(table, invited_by="invited_by", member="member_id")
    _add("membership", *_moments("moderator_until"), _text("hidden_name"))


def _create(table: str, *parts: sa.schema.SchemaItem) -> None:
    created = sa.Column(
        "created_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()
    )
    op.create_table(table, *rls.key_columns(), created, *parts)


def _add(table: str, *columns: sa.Column) -> None:
    for column in columns:
        op.add_column(table, column)


def _numbers(*names: str) -> list[sa.Column]:
    return [sa.Column(name, sa.BigInteger) for name in names]


def _moments(*names: str) -> list[sa.Column]:
    return [sa.Column(name, sa.DateTime(timezone=True)) for name in names]


def _text(name: str) -> sa.Column:
    return sa.Column(name, sa.Text, nullable=False, server_default="")


def _json(name: str, empty: str) -> sa.Column:
    return sa.Column(name, sa.dialects.postgresql.JSONB, nullable=False, server_default=sa.text(f"'{empty}'"))


def _members(table: str, *columns: str) -> None:
    for column in columns:
        _point(table, column, "membership", BY_MEMBER)


def _point(table: str, column: str, other: str, ondelete: str) -> None:
    op.create_foreign_key(
        None, table, other, ["tenant_id", column], ["tenant_id", "id"], ondelete=f"{ondelete} ({column})"
    )


def _index(table: str, **columns: str) -> None:
    for name, words in columns.items():
        op.create_index(f"ix_{table}_{name}", table, ["tenant_id", *words.split()])


def downgrade() -> None:
    """Refuse: the core is not taken back step by step."""
    raise RuntimeError("the core's migrations go forward only; restore a backup instead")
