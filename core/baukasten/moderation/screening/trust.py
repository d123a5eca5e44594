"""What members have written so far: counted when a contribution first comes into view, and once only."""

from collections.abc import Iterable

from sqlalchemy import BigInteger, Text, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY

from baukasten import clock
from baukasten.db.session import Scope
from baukasten.plugin.refs import ContentRef, MemberRef, Visibility

Move = tuple[ContentRef, Visibility, Visibility]
"""A contribution, its state before, and its state now."""
IN_VIEW = frozenset({Visibility.PUBLISHED, Visibility.FOLDED})
TYPES, IDS = bindparam("types", type_=ARRAY(Text)), bindparam("ids", type_=ARRAY(BigInteger))
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
        :town, CAST(:author AS bigint), CAST(:module AS bigint), :type, :id, :fingerprint, :ruling, :code,
        -- A solution that served before is no proof, but no reason to lose a text either.
        CASE WHEN EXISTS (SELECT FROM moderation_submission s WHERE s.tenant_id = :town AND s.proof = :proof)
            THEN '' ELSE :proof END,
        :now,
        CASE WHEN :seen THEN CAST(:now AS timestamptz) END
    )
""")
SEEN = text("""
    WITH seen AS (
        UPDATE moderation_submission s SET seen_at = :now FROM unnest(:types, :ids) AS moved (type, id)
        WHERE s.tenant_id = :town AND s.content_type = moved.type AND s.content_id = moved.id AND s.seen_at IS NULL
        RETURNING s.author_id
    )
    INSERT INTO moderation_author (tenant_id, member_id, published, first_at)
    SELECT :town, author_id, count(*), :now FROM seen WHERE author_id IS NOT NULL GROUP BY author_id ORDER BY author_id
    ON CONFLICT (tenant_id, member_id) DO UPDATE SET
        published = moderation_author.published + excluded.published,
        first_at = coalesce(moderation_author.first_at, excluded.first_at)
""").bindparams(TYPES, IDS)
UNSEEN = text("""
    WITH unseen AS (
        UPDATE moderation_submission s SET seen_at = NULL FROM unnest(:types, :ids) AS moved (type, id)
        WHERE s.tenant_id = :town AND s.content_type = moved.type AND s.content_id = moved.id AND s.seen_at IS NOT NULL
        RETURNING s.author_id
    )
    UPDATE moderation_author a SET published = a.published - gone.number
    FROM (SELECT author_id, count(*) AS number FROM unseen GROUP BY author_id) AS gone
    WHERE a.tenant_id = :town AND a.member_id = gone.author_id
""").bindparams(TYPES, IDS)
WITHDRAWN = text("""
    UPDATE moderation_submission SET fingerprint = ''
    WHERE tenant_id = :town AND content_type = :type AND content_id = :id
""")


def changed(session: Scope, moved: Iterable[Move]) -> None:
    """Count contributions for their authors when they first come into view, and no longer when that is taken back."""
    steps = list(moved)
    seen = [ref for ref, before, after in steps if after in IN_VIEW and before not in IN_VIEW]
    held_again = [ref for ref, before, after in steps if after is Visibility.HELD and before in IN_VIEW]
    for statement, refs in ((SEEN, seen), (UNSEEN, held_again)):
        if refs:
            which = {"types": [ref.type for ref in refs], "ids": [ref.id for ref in refs]}
            session.execute(statement, {"now": clock.now(), "town": session.tenant_id, **which})


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
