"""What screening must know about a draft: the town's wishes, the place, the author so far; two statements."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import text

from baukasten import clock
from baukasten.db.session import Scope
from baukasten.moderation.screening.likeness import fingerprint
from baukasten.moderation.screening.settings import KEY, Limits
from baukasten.plugin.refs import Draft
from baukasten.tenants import settings

TEN_MINUTES, DAY, HOUR = dt.timedelta(minutes=10), dt.timedelta(days=1), dt.timedelta(hours=1)
AFTER_MEASURE = dt.timedelta(days=30)
"""How long somebody counts as new again after a measure."""


class Level(StrEnum):
    """Whose contributions are looked at before they appear."""

    NOBODY = "nobody"
    NEWCOMERS = "newcomers"
    EVERYBODY = "everybody"


# Two contributions of one person wait for each other here, so that limits are exact; what changes a text takes
# no part in that, since it holds the text's own lock already. The most specific wish wins: phase, module, town.
PLACE = text("""
    SELECT (SELECT s.values FROM setting_value s WHERE s.tenant_id = :town AND s.group_key = :group) AS stored,
        (SELECT p.level FROM moderation_precheck p
         LEFT JOIN project_phase f ON f.tenant_id = p.tenant_id AND f.id = p.phase_id
         WHERE p.tenant_id = :town AND (
            (p.phase_id IS NULL AND p.module_id IS NULL) OR p.module_id = :module
            OR (f.project_id = :project AND f.starts_at <= :now AND f.ends_at > :now))
         ORDER BY p.phase_id IS NULL, p.module_id IS NULL LIMIT 1) AS level,
        CASE WHEN :queue <> '' THEN
            (SELECT true FROM pg_advisory_xact_lock(hashtextextended('screening ' || :queue, 0))) END AS waited
""")
SO_FAR = text("""
    WITH own AS (SELECT s.created_at FROM moderation_submission s
        WHERE s.tenant_id = :town AND s.author_id = :author AND s.created_at > :yesterday
        AND s.content_type <> ALL(CAST(:talk AS text[])))
    SELECT coalesce((SELECT a.published FROM moderation_author a
            WHERE a.tenant_id = :town AND a.member_id = :author), 0) AS published,
        EXISTS (SELECT FROM moderation_decision d
            WHERE d.tenant_id = :town AND d.subject_id = :author AND d.created_at > :month AND d.undone_at IS NULL
            AND d.measure IN ('hide', 'remove', 'reject', 'warn', 'mute', 'suspend')
            AND NOT EXISTS (SELECT FROM moderation_decision r
                WHERE r.tenant_id = :town AND r.reverses = d.id AND r.undone_at IS NULL)) AS measured,
        (SELECT max(own.created_at) FROM own) AS newest,
        (SELECT own.created_at FROM own ORDER BY 1 DESC OFFSET :lately - 1 LIMIT 1) AS lately,
        (SELECT own.created_at FROM own ORDER BY 1 DESC OFFSET :busy - 1 LIMIT 1) AS busy,
        (SELECT own.created_at FROM own ORDER BY 1 DESC OFFSET :daily - 1 LIMIT 1) AS daily,
        EXISTS (SELECT FROM moderation_submission s WHERE s.tenant_id = :town AND s.fingerprint = :print
            AND :print <> '' AND s.author_id = :author AND s.created_at > :yesterday) AS duplicate,
        (SELECT count(DISTINCT coalesce(s.author_id, -s.id)) FROM moderation_submission s
            WHERE s.tenant_id = :town AND s.fingerprint = :print AND :print <> '' AND s.created_at > :hour
            AND s.author_id IS DISTINCT FROM :author) AS others,
        EXISTS (SELECT FROM moderation_submission s
            WHERE s.tenant_id = :town AND s.proof = :proof AND :proof <> '') AS used
""")


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known about a draft before it is judged."""

    limits: Limits
    level: Level
    published: int
    measured: bool
    newest: dt.datetime | None
    lately: dt.datetime | None
    """The contribution that must grow older than ten minutes before another one fits."""
    busy: dt.datetime | None
    """The same for half as many: so much is unusual, and allowed."""
    daily: dt.datetime | None
    duplicate: bool
    others: int
    """People who sent the same text within an hour."""
    used: bool
    """Whether the puzzle's solution has served before."""

    @property
    def is_new(self) -> bool:
        """Whether the author is new, or counts as new again."""
        return self.published < self.limits.newcomer_until or (
            self.measured and self.limits.newcomer_until > 0
        )


def gather(session: Scope, draft: Draft, proof: str) -> Facts:
    """Ask for everything; of two drafts of one person the second waits until the first is stored."""
    now, author = clock.now(), draft.author.id if draft.author else None
    project = draft.module.project if draft.module else None
    place: Any = session.execute(
        PLACE,
        {
            "town": session.tenant_id,
            "group": KEY,
            "module": draft.module.id if draft.module else None,
            "project": project.id if project else None,
            "now": now,
            "queue": "" if draft.is_edit else _queue(session, author, proof),
        },
    ).one()
    limits = Limits.of(settings.typed(session, KEY, place.stored or {}))
    row: Any = session.execute(
        SO_FAR,
        {
            "town": session.tenant_id,
            "author": author,
            "print": fingerprint(session.tenant_id or 0, draft.body),
            "proof": proof,
            "talk": [key for key, one in session.contract.registry.content_types.items() if one.value.talk],
            "lately": limits.per_ten_minutes,
            "busy": (limits.per_ten_minutes + 1) // 2,
            "daily": limits.per_day,
            "month": now - AFTER_MEASURE,
            "yesterday": now - DAY,
            "hour": now - HOUR,
        },
    ).one()
    return Facts(limits, Level(place.level or Level.NOBODY), **row._mapping)  # noqa: SLF001 - a row's values, by name


def _queue(session: Scope, author: int | None, proof: str) -> str:
    """Name those who wait for each other: one person's drafts; without a person, uses of one solution."""
    if author is not None:
        return f"{session.tenant_id} {author}"
    return f"{session.tenant_id} {proof}" if proof else ""
