"""Chained rows for logs of plugins, and the mail addresses that no town of the installation writes to."""

import sqlalchemy as sa
from alembic import op

from baukasten.db import rls

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

BOTH = f"{rls.APP_ROLE}, {rls.OPERATOR_ROLE}"
# The head's row is the lock: who writes next waits until the one before has committed or gone. The names come from
# the trigger, and only the owner can make one. The same row prints the same way always: time zone and bytes are set.
LINK = """
CREATE FUNCTION platform.link_row() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = platform, public, pg_temp SET timezone = 'UTC' SET bytea_output = 'hex' AS $$
DECLARE
    head text := TG_TABLE_NAME || '_head';
BEGIN
    EXECUTE format(
        'INSERT INTO %I.%I (tenant_id, number, hash) VALUES ($1, 0, '''') ON CONFLICT DO NOTHING', TG_TABLE_SCHEMA, head
    ) USING NEW.tenant_id;
    EXECUTE format('SELECT number + 1, hash FROM %I.%I WHERE tenant_id = $1 FOR UPDATE', TG_TABLE_SCHEMA, head)
        USING NEW.tenant_id INTO NEW.number, NEW.previous;
    NEW.hash := platform.row_hash(to_jsonb(NEW));
    EXECUTE format('UPDATE %I.%I SET number = $1, hash = $2 WHERE tenant_id = $3', TG_TABLE_SCHEMA, head)
        USING NEW.number, NEW.hash, NEW.tenant_id;
    RETURN NEW;
END $$
"""
# An empty column is left out, so that one that is added later changes no hash of before.
HASH = """
CREATE FUNCTION platform.row_hash(printed jsonb) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT encode(sha256(convert_to((jsonb_strip_nulls(printed) - 'id' - 'hash')::text, 'UTF8')), 'hex')
$$
"""
# A row as the trigger printed it, whoever asks.
PRINT = """
CREATE FUNCTION platform.print_row(one anyelement) RETURNS jsonb LANGUAGE sql STABLE
SET timezone = 'UTC' SET bytea_output = 'hex' AS $$ SELECT to_jsonb(one) $$
"""
# What is computed anew must equal what is stored, each row must name the one before, and the last must be the head.
BROKEN = """
CREATE FUNCTION platform.first_broken(logged text) RETURNS bigint LANGUAGE plpgsql STABLE
SET timezone = 'UTC' SET bytea_output = 'hex' AS $$
DECLARE
    found bigint;
BEGIN
    EXECUTE format($q$
        WITH chain AS (
            SELECT row_number() OVER (ORDER BY number) AS place, number, previous, hash,
                   lag(hash, 1, '') OVER (ORDER BY number) AS expected, platform.row_hash(to_jsonb(one)) AS computed
            FROM public.%1$I AS one
        )
        SELECT min(place) FROM (
            SELECT place FROM chain WHERE number <> place OR previous <> expected OR hash <> computed
            UNION ALL
            SELECT e.number + 1 FROM (SELECT coalesce(max(number), 0) AS number FROM chain) e
            LEFT JOIN public.%2$I h ON true LEFT JOIN chain last ON last.number = e.number
            WHERE coalesce(h.number, 0) <> e.number OR coalesce(h.hash, '') <> coalesce(last.hash, '')
        ) AS broken
    $q$, logged, logged || '_head') INTO found;
    RETURN found;
END $$
"""
# Bound to those who serve, whatever they are granted: moving and deleting a town are the owner's business.
KEEP = f"""
CREATE FUNCTION platform.keep_rows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF current_user IN ('{rls.APP_ROLE}', '{rls.OPERATOR_ROLE}') THEN
        RAISE EXCEPTION 'rows of % are added and read, and never changed', TG_TABLE_NAME
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$
"""
ADD = """
    INSERT INTO platform.mail_suppression (fingerprint, at) VALUES (wanted, moment)
        ON CONFLICT (fingerprint) DO NOTHING
"""
REMOVE = "DELETE FROM platform.mail_suppression WHERE fingerprint = wanted"
ASK = "SELECT fingerprint FROM platform.mail_suppression WHERE fingerprint = ANY (asked)"
# Of one row at a time, for statements that claim rows; the plan of such a function is kept, unlike that of one in SQL.
IS = """
CREATE FUNCTION platform.is_mail_suppressed(asked bytea) RETURNS boolean LANGUAGE plpgsql STABLE STRICT SECURITY DEFINER
SET search_path = platform, public, pg_temp AS $$
BEGIN
    RETURN EXISTS (SELECT FROM platform.mail_suppression s WHERE s.fingerprint = asked);
END $$
"""


def upgrade() -> None:
    """Make the functions of chains, then the list and its doors."""
    op.create_table(
        "mail_suppression",
        sa.Column("fingerprint", sa.LargeBinary, primary_key=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("octet_length(fingerprint) = 32", name="fingerprint"),
        schema="platform",
    )
    for statement in (
        HASH,
        PRINT,
        LINK,
        BROKEN,
        KEEP,
        IS,
        f"GRANT EXECUTE ON FUNCTION platform.row_hash, platform.print_row, platform.first_broken TO {BOTH}",
        "REVOKE ALL ON FUNCTION platform.link_row, platform.is_mail_suppressed FROM PUBLIC",
        f"GRANT EXECUTE ON FUNCTION platform.is_mail_suppressed TO {rls.APP_ROLE}",
        *rls.lock_platform("mail_suppression", "false"),
        *rls.definer("platform.suppress_mail", "wanted bytea, moment timestamptz", "void", ADD),
        *rls.definer("platform.allow_mail", "wanted bytea", "void", REMOVE),
        *rls.definer("platform.mail_suppressed", "asked bytea[]", "SETOF bytea", ASK),
    ):
        op.execute(statement)


def downgrade() -> None:
    """Refuse: the core is not taken back step by step."""
    raise RuntimeError("the core's migrations go forward only; restore a backup instead")
