"""Accounts of the whole installation, their sessions, the requests that mails confirm, and counted attempts."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from baukasten.db import rls

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

NOW = sa.func.now()
OWN_ACCOUNT = "(SELECT platform.current_account())"

FOUND_SESSION = (
    "TABLE (session_id bigint, account_id bigint, email text, display_name text, confirmed boolean, "
    "is_operator boolean, last_seen_at timestamptz)"
)
# A session of the operator's host (no tenant) ends with the account's right to be there.
FIND_SESSION = """
    SELECT s.id, a.id, a.email, a.display_name, a.confirmed_at IS NOT NULL, a.is_operator, s.last_seen_at
    FROM platform.session s
    JOIN platform.account a ON a.id = s.account_id
    WHERE s.token_sha256 = asked
      AND s.tenant_id IS NOT DISTINCT FROM tenant
      AND (tenant IS NOT NULL OR a.is_operator)
      AND s.revoked_at IS NULL AND s.expires_at > moment AND s.last_seen_at > idle_since
      AND a.closed_at IS NULL
"""
FOUND_ACCOUNT = "TABLE (id bigint, password_hash text, display_name text, is_operator boolean)"
FIND_ACCOUNT = """
    SELECT id, password_hash, display_name, is_operator FROM platform.account
    WHERE email = address AND closed_at IS NULL
"""
CREATE_ACCOUNT = """
    INSERT INTO platform.account (email, password_hash, display_name, created_at, confirmed_at)
    VALUES (address, hash, name, moment, moment)
    ON CONFLICT (email) DO NOTHING RETURNING id
"""
# Sorted, so that two requests that count the same keys never wait for each other in a circle.
COUNT_HITS = """
    INSERT INTO platform.rate_limit AS r (key, window_start, hits)
    SELECT wanted, start, 1 FROM unnest(keys) AS wanted ORDER BY wanted
    ON CONFLICT (key, window_start) DO UPDATE SET hits = r.hits + 1
    RETURNING r.key, r.hits
"""
# Whoever leaves takes along what was asked for under their address, also before there was an account.
FORGET_REQUESTS = """
    DELETE FROM platform.token t USING platform.account a
    WHERE a.id = platform.current_account() AND (t.account_id = a.id OR t.email = a.email)
"""
TIDY = """
    DELETE FROM platform.rate_limit WHERE window_start < moment - interval '2 days';
    DELETE FROM platform.token WHERE expires_at < moment - interval '7 days';
    DELETE FROM platform.session WHERE expires_at < moment - interval '7 days'
        OR revoked_at < moment - interval '7 days';
    SELECT NULL::void;
"""


def upgrade() -> None:
    """Make the tables, then their locks."""
    _accounts()
    _sessions()
    _requests()
    op.create_table(
        "rate_limit",
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("window_start", sa.DateTime(timezone=True), primary_key=True),
        sa.Column("hits", sa.Integer, nullable=False),
        schema="platform",
    )
    for statement in (*_locks(), *_functions()):
        op.execute(statement)


def _accounts() -> None:
    op.create_table(
        "account",
        sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
        sa.Column("email", sa.Text, nullable=False, unique=True),
        sa.Column("password_hash", sa.Text),
        sa.Column("display_name", sa.Text, nullable=False, server_default=""),
        sa.Column("confirmed_at", sa.DateTime(timezone=True)),
        sa.Column("is_operator", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, server_default=NOW),
        sa.Column("closed_at", sa.DateTime(timezone=True)),
        sa.CheckConstraint("email = lower(email)", name="email_lower"),
        schema="platform",
    )


def _sessions() -> None:
    op.create_table(
        "session",
        sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
        sa.Column("token_sha256", sa.Text, nullable=False, unique=True),
        _account_column(nullable=False),
        _tenant_column(),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, server_default=NOW),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False, server_default=NOW),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True)),
        sa.Column("host", sa.Text, nullable=False, server_default=""),
        sa.Column("user_agent", sa.Text, nullable=False, server_default=""),
        sa.Index("ix_session_account_id", "account_id"),
        schema="platform",
    )


def _requests() -> None:
    op.create_table(
        "token",
        sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
        sa.Column("purpose", sa.Text, nullable=False),
        sa.Column("token_sha256", sa.Text, unique=True),
        _account_column(nullable=True),
        _tenant_column(),
        sa.Column("email", sa.Text, nullable=False),
        sa.Column("data", JSONB, nullable=False, server_default="{}"),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, server_default=NOW),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True)),
        sa.CheckConstraint("purpose IN ('confirm', 'recover', 'change_email')", name="purpose"),
        sa.Index("ix_token_account_id", "account_id"),
        sa.Index("ix_token_expires_at", "expires_at"),
        schema="platform",
    )


def _account_column(*, nullable: bool) -> sa.Column[int]:
    target = sa.ForeignKey("platform.account.id", ondelete="CASCADE")
    return sa.Column("account_id", sa.BigInteger, target, nullable=nullable)


def _tenant_column() -> sa.Column[int]:
    return sa.Column("tenant_id", sa.BigInteger, sa.ForeignKey("platform.tenant.id", ondelete="CASCADE"))


def _locks() -> list[str]:
    mine = f"account_id = {OWN_ACCOUNT}"
    # What an operator needs to appoint the first admin and further operators; addresses are not among it.
    console = (
        "SELECT (id, display_name, is_operator, confirmed_at, created_at, closed_at), UPDATE (is_operator)"
    )
    return [
        *rls.lock_platform(
            "account",
            f"id = {OWN_ACCOUNT}",
            app="SELECT, UPDATE (email, password_hash, display_name, closed_at)",
            operator=console,
        ),
        *rls.lock_platform("session", mine, app="SELECT, INSERT, UPDATE (last_seen_at, revoked_at)"),
        # Registering and recovering happen before anybody is signed in: such a row belongs to the town's scope.
        *rls.lock_platform(
            "token",
            "tenant_id IS NOT DISTINCT FROM (SELECT platform.current_tenant())",
            app="SELECT, INSERT, UPDATE (token_sha256, account_id, data, used_at)",
        ),
        *rls.lock_platform("rate_limit", "false"),
    ]


def _functions() -> list[str]:
    both = f"{rls.APP_ROLE}, {rls.OPERATOR_ROLE}"
    return [
        *rls.definer(
            "platform.find_session",
            "asked text, tenant bigint, moment timestamptz, idle_since timestamptz",
            FOUND_SESSION,
            FIND_SESSION,
        ),
        *rls.definer("platform.find_account", "address text", FOUND_ACCOUNT, FIND_ACCOUNT, roles=both),
        *rls.definer(
            "platform.create_account",
            "address text, hash text, name text, moment timestamptz",
            "bigint",
            CREATE_ACCOUNT,
            roles=both,
        ),
        *rls.definer(
            "platform.count_hits",
            "keys text[], start timestamptz",
            "TABLE (key text, hits integer)",
            COUNT_HITS,
        ),
        *rls.definer("platform.forget_requests", "", "void", FORGET_REQUESTS),
        *rls.definer("platform.tidy_identity", "moment timestamptz", "void", TIDY),
    ]


def downgrade() -> None:
    """Refuse: the core is not taken back step by step."""
    raise RuntimeError("the core's migrations go forward only; restore a backup instead")
