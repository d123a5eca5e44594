"""One question about everybody who has a socket open, whatever their town."""

from alembic import op

from baukasten.db import rls

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

FOUND = "TABLE (token text, tenant_id bigint, account_id bigint, facts jsonb)"
# Asked by the hashes of secrets, so that it tells nothing about a session of which one does not hold the secret.
FIND = """
    SELECT s.token_sha256, s.tenant_id, s.account_id, jsonb_build_object(
        'id', m.id, 'name', m.display_name, 'roles', m.roles, 'moderator_until', m.moderator_until,
        'standing', m.standing, 'standing_until', m.standing_until, 'limits', m.limits)
    FROM platform.session s
    JOIN platform.account a ON a.id = s.account_id
    JOIN public.membership m ON m.tenant_id = s.tenant_id AND m.account_id = s.account_id
    WHERE s.token_sha256 = ANY (asked)
      AND s.revoked_at IS NULL AND s.expires_at > moment AND s.last_seen_at > idle_since
      AND a.closed_at IS NULL
"""


def upgrade() -> None:
    """Make the function."""
    arguments = "asked text[], moment timestamptz, idle_since timestamptz"
    for statement in rls.definer("platform.live_people", arguments, FOUND, FIND):
        op.execute(statement)


def downgrade() -> None:
    """Remove it."""
    op.execute("DROP FUNCTION platform.live_people(text[], timestamptz, timestamptz)")
