"""The doors through which a person's data is found in all towns and leaves the installation."""

from alembic import op

from baukasten.db import rls

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

OWN_MEMBERSHIPS = """
    SELECT m.tenant_id, m.id FROM public.membership m
    WHERE m.account_id = platform.current_account() ORDER BY m.tenant_id
"""
# Only an account that was closed, and only once no town knows it any more.
FORGET = """
    DELETE FROM platform.account a
    WHERE a.id = gone AND a.closed_at IS NOT NULL
      AND NOT EXISTS (SELECT FROM public.membership m WHERE m.account_id = gone);
    SELECT NOT EXISTS (SELECT FROM platform.account a WHERE a.id = gone);
"""


def upgrade() -> None:
    """Make the functions."""
    statements = [
        *rls.definer(
            "platform.own_memberships", "", "TABLE (tenant_id bigint, member_id bigint)", OWN_MEMBERSHIPS
        ),
        *rls.definer("platform.forget_account", "gone bigint", "boolean", FORGET),
    ]
    for statement in statements:
        op.execute(statement)


def downgrade() -> None:
    """Refuse: the core is not taken back step by step."""
    raise RuntimeError("the core's migrations go forward only; restore a backup instead")
