"""Documents of the search by their paths, for those who point to a page from elsewhere."""

from alembic import op

from baukasten.db import rls

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

# Like the search itself: what stands in a hidden module or a draft is not found.
FIND = """
    SELECT d.content_type, d.content_id, d.title, d.excerpt, d.path, d.published_at
    FROM search_document d
    LEFT JOIN module m ON m.tenant_id = d.tenant_id AND m.id = d.module_id
    LEFT JOIN project p ON p.tenant_id = m.tenant_id AND p.id = m.project_id
    WHERE d.tenant_id = current_tenant() AND d.path = ANY (asked_paths) AND d.content_type = ANY (asked_types)
        AND (d.module_id IS NULL OR (m.visible AND (p.id IS NULL OR p.state <> 'draft')))
    ORDER BY d.path, d.content_type, d.content_id
"""
ARGUMENTS = "asked_paths text[], asked_types text[]"
RETURNS = "TABLE (content_type text, content_id bigint, title text, excerpt text, path text, published_at timestamptz)"


def upgrade() -> None:
    """Make the function, and the index that it reads."""
    op.create_index("ix_search_document_path", "search_document", ["tenant_id", "path"])
    for statement in rls.definer("platform.search_at", ARGUMENTS, RETURNS, FIND):
        op.execute(statement)


def downgrade() -> None:
    """Remove them."""
    op.execute("DROP FUNCTION platform.search_at(text[], text[])")
    op.drop_index("ix_search_document_path", "search_document")
