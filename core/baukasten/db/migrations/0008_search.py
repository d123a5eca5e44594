"""The private table of the search, and the functions that are its only doors."""

import sqlalchemy as sa
from alembic import op

from baukasten.db import rls

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

# Exact forms weigh more than stems: the German stemmer maps Bürgerinnen to burg, which meets every castle.
PUT = """
    INSERT INTO search_document
        (tenant_id, content_type, content_id, module_id, title, excerpt, path, published_at, words)
    SELECT current_tenant(), put_type, put_id, put_module, put_title, left(put_body, 300), put_path, put_at,
        setweight(to_tsvector('simple', unaccent(put_title)), 'A')
        || setweight(to_tsvector('german', put_title), 'B')
        || setweight(to_tsvector('simple', unaccent(put_body)), 'C')
        || setweight(to_tsvector('german', put_body), 'D')
    WHERE current_tenant() IS NOT NULL
    ON CONFLICT (tenant_id, content_type, content_id) DO UPDATE SET
        module_id = excluded.module_id, title = excluded.title, excerpt = excluded.excerpt,
        path = excluded.path, published_at = excluded.published_at, words = excluded.words
"""
PUT_ARGUMENTS = (
    "put_type text, put_id bigint, put_module bigint, put_title text, put_body text, put_path text, "
    "put_at timestamptz"
)
REMOVE = """
    DELETE FROM search_document
    WHERE tenant_id = current_tenant() AND content_type = old_type AND content_id = old_id
"""
CLEAR = "DELETE FROM search_document WHERE tenant_id = current_tenant() AND content_type = old_type"
# The functions run as the owner, so each has the tenant's condition of its own; words first, then likeness,
# which finds the parts of compounds and misspelt titles. What stands in a hidden module or a draft is not found.
FIND = """
    WITH asked AS (
        SELECT websearch_to_tsquery('simple', unaccent(asked_words)) || websearch_to_tsquery('german', asked_words) AS q
    ), shown AS (
        SELECT m.id FROM module m
        LEFT JOIN project p ON p.tenant_id = m.tenant_id AND p.id = m.project_id
        WHERE m.tenant_id = current_tenant() AND m.visible AND (p.id IS NULL OR p.state <> 'draft')
    ), found AS (
        SELECT d.*, ts_rank(ARRAY[0.05, 0.2, 0.4, 1.0]::real[], d.words, a.q) AS rank
        FROM search_document d, asked a
        WHERE d.tenant_id = current_tenant() AND d.words @@ a.q
            AND (asked_module IS NULL OR d.module_id = asked_module)
        UNION ALL
        SELECT d.*, similarity(d.title, asked_words) * 0.01 AS rank
        FROM search_document d, asked a
        WHERE d.tenant_id = current_tenant() AND d.title % asked_words AND NOT d.words @@ a.q
            AND (asked_module IS NULL OR d.module_id = asked_module)
    )
    SELECT f.content_type, f.content_id, f.module_id, f.title, f.excerpt, f.path, f.published_at, f.rank
    FROM found f
    WHERE f.content_type = ANY (asked_types) AND (f.module_id IS NULL OR f.module_id IN (SELECT id FROM shown))
        AND (after_rank IS NULL OR (f.rank, f.content_type, f.content_id) < (after_rank, after_type, after_id))
    ORDER BY f.rank DESC, f.content_type DESC, f.content_id DESC
    LIMIT at_most
"""
FIND_ARGUMENTS = (
    "asked_words text, asked_types text[], asked_module bigint, at_most integer, "
    "after_rank real, after_type text, after_id bigint"
)
FIND_RETURNS = (
    "TABLE (content_type text, content_id bigint, module_id bigint, title text, excerpt text, path text, "
    "published_at timestamptz, rank real)"
)


def upgrade() -> None:
    """Make the table without any right for the serving roles, then its doors."""
    for extension in ("unaccent", "pg_trgm", "btree_gin"):
        op.execute(f"CREATE EXTENSION IF NOT EXISTS {extension}")
    op.create_table(
        "search_document",
        *rls.key_columns(),
        sa.Column("content_type", sa.Text, nullable=False),
        sa.Column("content_id", sa.BigInteger, nullable=False),
        sa.Column("module_id", sa.BigInteger),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("excerpt", sa.Text, nullable=False),
        sa.Column("path", sa.Text, nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True)),
        sa.Column("words", sa.dialects.postgresql.TSVECTOR, nullable=False),
        sa.UniqueConstraint("tenant_id", "content_type", "content_id"),
    )
    op.create_index(
        "ix_search_document_words", "search_document", ["tenant_id", "words"], postgresql_using="gin"
    )
    op.execute(
        "CREATE INDEX ix_search_document_title ON search_document USING gin (tenant_id, title gin_trgm_ops)"
    )
    statements = [
        *rls.protect("search_document", app=""),
        *rls.definer("platform.search_put", PUT_ARGUMENTS, "void", PUT),
        *rls.definer("platform.search_remove", "old_type text, old_id bigint", "void", REMOVE),
        *rls.definer("platform.search_clear", "old_type text", "void", CLEAR),
        *rls.definer("platform.search_find", FIND_ARGUMENTS, FIND_RETURNS, FIND),
    ]
    for statement in statements:
        op.execute(statement)


def downgrade() -> None:
    """Refuse: the core is not taken back step by step."""
    raise RuntimeError("the core's migrations go forward only; restore a backup instead")
