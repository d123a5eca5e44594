"""What members have written so far: counted when a contribution first comes into view, and once only."""

from sqlalchemy import text

from baukasten import clock
from baukasten.db.session import Scope
from baukasten.plugin.refs import ContentRef, MemberRef, Visibility

# Everything of one submission in one statement: each contribution of a lively town pays for it.
KEEP = text("""
    WITH counted AS (
        INSERT INTO moderation_author (tenant_id, member_id, published, first_at)
        SELECT :town, CAST(:author AS bigint), 1, :now WHERE :seen AND :author IS NOT NULL
        ON CONFLICT (tenant_id, member_id) DO UPDATE SET
            published = moderation_author.published + 1,
            first_at = coalesce(moderation_author.first_at, excluded.first_at)
    )
    INSERT INTO moderation_submission (
        tenant_id, author_id, module_id, content_type, content_id, fingerprint, ruling, code, proof, created_at, seen_at
    ) VALUES (
        :town, CAST(:author AS bigint), CAST(:module AS bigint), :type, :id, :fingerprint, :ruling, :code, :proof, :now,
        CASE WHEN :seen THEN CAST(:now AS timestamptz) END
    )
""")
SEEN = text("""
    WITH seen AS (
        UPDATE moderation_submission SET seen_at = :now
        WHERE tenant_id = :town AND content_type = :type AND content_id = :id AND seen_at IS NULL
        RETURNING author_id
    )
    INSERT INTO moderation_author (tenant_id, member_id, published, first_at)
    SELECT :town, author_id, count(*), :now FROM seen WHERE author_id IS NOT NULL GROUP BY author_id
    ON CONFLICT (tenant_id, member_id) DO UPDATE SET
        published = moderation_author.published + excluded.published,
        first_at = coalesce(moderation_author.first_at, excluded.first_at)
""")
UNSEEN = text("""
    WITH unseen AS (
        UPDATE moderation_submission SET seen_at = NULL
        WHERE tenant_id = :town AND content_type = :type AND content_id = :id AND seen_at IS NOT NULL
        RETURNING author_id
    )
    UPDATE moderation_author SET published = published - 1
    FROM unseen WHERE moderation_author.tenant_id = :town AND moderation_author.member_id = unseen.author_id
""")
WITHDRAWN = text("""
    UPDATE moderation_submission SET fingerprint = ''
    WHERE tenant_id = :town AND content_type = :type AND content_id = :id
""")


def changed(session: Scope, ref: ContentRef, before: Visibility, after: Visibility) -> None:
    """Count a contribution for its author when it first comes into view, and no longer when that is taken back."""
    in_view = (Visibility.PUBLISHED, Visibility.FOLDED)
    if after in in_view and before not in in_view:
        session.execute(SEEN, {"now": clock.now(), **_of(session, ref)})
    elif after is Visibility.HELD and before in in_view:
        session.execute(UNSEEN, _of(session, ref))


def withdrawn(session: Scope, ref: ContentRef) -> None:
    """Let its author write again what was taken back, say in a better place."""
    session.execute(WITHDRAWN, _of(session, ref))


def keep(
    session: Scope,
    ref: ContentRef,
    author: MemberRef | None,
    module_id: int | None,
    *,
    seen: bool,
    **told: str,
) -> None:
    """Keep what came in for counting and comparing; ``told``: fingerprint, ruling, code, proof."""
    values = {"author": author.id if author else None, "module": module_id, "now": clock.now(), "seen": seen}
    session.execute(KEEP, {**values, **told, **_of(session, ref)})


def _of(session: Scope, ref: ContentRef) -> dict[str, object]:
    return {"town": session.tenant_id, "type": ref.type, "id": ref.id}
