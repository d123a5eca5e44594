"""Who is told what today: one statement for a whole town, from the news and from what everybody chose."""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ARRAY, BigInteger, Date, DateTime, Text, bindparam, text

from baukasten.sdk import Scope
from baukasten_newsletter.digests.days import AHEAD, NEWS
from baukasten_newsletter.keys import UNDONE, Frequency

MOST = 100
"""Items that one person is told of in one mail; the others come with the next."""
MOMENT, DAY = DateTime(timezone=True), dt.timedelta(days=1)
SUPERSEDED = "superseded"
UNDONE_STATES = ", ".join(f"'{state}'" for state in UNDONE)

# A person who has one on its way gets no second one: what is new comes with the next.
DUE = f"""
    SELECT who.tenant_id, who.id, who.member_id, who.frequency FROM newsletter_subscriber who
    WHERE who.state = 'active' AND who.frequency = ANY(:frequencies)
        AND (who.paused_until IS NULL OR who.paused_until <= :now)
        AND NOT EXISTS (
            SELECT FROM newsletter_delivery sent
            JOIN newsletter_issue ours ON ours.tenant_id = sent.tenant_id AND ours.id = sent.issue_id
            WHERE sent.tenant_id = who.tenant_id AND sent.subscriber_id = who.id
                AND ours.kind = 'digest' AND ours.state = 'sending' AND sent.state IN ({UNDONE_STATES}))
"""  # noqa: S608 - states of our own
TOPICS = text("""
    SELECT topic.id, topic.kind, topic.project_id FROM newsletter_topic topic
    WHERE topic.archived_at IS NULL AND EXISTS (
        SELECT FROM newsletter_subscription chosen
        JOIN newsletter_subscriber who ON who.tenant_id = chosen.tenant_id AND who.id = chosen.subscriber_id
        WHERE chosen.tenant_id = topic.tenant_id AND chosen.topic_id = topic.id AND chosen.state = 'active'
            AND who.state = 'active' AND who.frequency = ANY(:frequencies))
    ORDER BY topic.id
""").bindparams(bindparam("frequencies", type_=ARRAY(Text)))
MEMBERS = text(f"""
    WITH due AS ({DUE})
    SELECT DISTINCT due.member_id FROM due
    JOIN newsletter_subscription chosen ON chosen.tenant_id = due.tenant_id AND chosen.subscriber_id = due.id
    JOIN newsletter_topic topic ON topic.tenant_id = chosen.tenant_id AND topic.id = chosen.topic_id
    WHERE due.member_id IS NOT NULL AND chosen.state = 'active'
        AND topic.kind = 'digest' AND topic.archived_at IS NULL
    ORDER BY due.member_id
""").bindparams(bindparam("frequencies", type_=ARRAY(Text)), bindparam("now", type_=MOMENT))  # noqa: S608 - as above
# What was told is taken away by grouping, not by a join: that stays quick whatever the planner expects of the arrays.
CHOOSE = text(f"""
    WITH due AS ({DUE}),
    span AS (SELECT * FROM unnest(:frequencies, :oldest, :ahead) AS one (frequency, oldest, ahead)),
    news AS (SELECT * FROM unnest(:topics, :keys, :moments, :dues) AS one (topic_id, key, at, due)),
    own AS (SELECT * FROM unnest(:owners, :own_projects, :own_keys, :own_moments)
        AS one (member_id, project_id, key, at)),
    chosen AS (
        SELECT due.id, due.member_id, due.frequency, topic.id AS topic_id, topic.kind, topic.project_id,
            span.ahead, greatest(span.oldest, picked.since) AS oldest
        FROM due
        JOIN span ON span.frequency = due.frequency
        JOIN newsletter_subscription picked ON picked.tenant_id = due.tenant_id AND picked.subscriber_id = due.id
        JOIN newsletter_topic topic ON topic.tenant_id = picked.tenant_id AND topic.id = picked.topic_id
        WHERE picked.state = 'active' AND topic.archived_at IS NULL
            AND (topic.kind = 'digest' OR due.frequency <> 'at_once')
    ), wanted AS (
        SELECT chosen.id, news.key, news.at, news.due FROM chosen JOIN news ON news.topic_id = chosen.topic_id
        WHERE CASE WHEN news.due IS NULL THEN news.at >= chosen.oldest ELSE news.due < chosen.ahead END
        UNION
        SELECT chosen.id, own.key, own.at, CAST(NULL AS timestamptz) FROM chosen
        JOIN own ON own.member_id = chosen.member_id
        WHERE chosen.kind = 'digest' AND own.at >= chosen.oldest
            AND (chosen.project_id IS NULL OR chosen.project_id = own.project_id)
    ), told AS (
        SELECT before.subscriber_id AS id, one.key
        FROM newsletter_digest before
        LEFT JOIN newsletter_delivery sent ON sent.tenant_id = before.tenant_id
            AND sent.issue_id = before.issue_id AND sent.subscriber_id = before.subscriber_id
        CROSS JOIN LATERAL jsonb_array_elements_text(before.keys) AS one (key)
        WHERE before.day >= :told_since AND one.key = ANY(:all_keys)
            AND (sent.state IS NULL OR sent.state NOT IN ('failed', 'skipped'))
    ), new AS (
        SELECT id, key, max(at) AS at, max(due) AS due
        FROM (SELECT id, key, at, due, FALSE AS known FROM wanted
            UNION ALL SELECT id, key, NULL, NULL, TRUE FROM told) AS mixed
        GROUP BY id, key HAVING NOT bool_or(known)
    )
    INSERT INTO newsletter_digest (tenant_id, issue_id, subscriber_id, day, keys)
    SELECT :tenant, :issue, new.id, :day, jsonb_path_query_array(
        jsonb_agg(new.key ORDER BY new.due, new.at DESC, new.key), '$[0 to {MOST - 1}]')
    FROM new
    GROUP BY new.id
""").bindparams(  # noqa: S608 - as above
    *(bindparam(name, type_=ARRAY(Text)) for name in ("frequencies", "keys", "own_keys", "all_keys")),
    *(bindparam(name, type_=ARRAY(MOMENT)) for name in ("oldest", "ahead", "moments", "dues", "own_moments")),
    *(bindparam(name, type_=ARRAY(BigInteger)) for name in ("topics", "owners", "own_projects")),
    bindparam("now", type_=MOMENT),
    bindparam("day", type_=Date),
    bindparam("told_since", type_=Date),
    bindparam("tenant", type_=BigInteger),
    bindparam("issue", type_=BigInteger),
)
# In the turns of the domains, as letters go out, so that no domain waits for a larger one to be done.
DELIVER = text("""
    INSERT INTO newsletter_delivery (tenant_id, issue_id, subscriber_id, domain, language)
    SELECT told.tenant_id, told.issue_id, who.id, who.domain, who.language
    FROM newsletter_digest told
    JOIN newsletter_subscriber who ON who.tenant_id = told.tenant_id AND who.id = told.subscriber_id
    WHERE told.tenant_id = :tenant AND told.issue_id = :issue
    ORDER BY row_number() OVER (PARTITION BY who.domain ORDER BY md5(who.address)), who.domain
""")
# Whoever waits for an older digest gets its items with today's. What a dead worker had on a connection may have
# arrived: it is told again, and the older delivery stays listed as uncertain.
SUPERSEDE = text("""
    UPDATE newsletter_delivery late SET state = 'skipped', reason = :reason, due_at = NULL, lease_until = NULL,
        worker = '', uncertain_at = CASE WHEN late.state = 'sending' THEN coalesce(late.uncertain_at, :now)
            ELSE late.uncertain_at END
    FROM newsletter_issue ours
    WHERE late.tenant_id = ours.tenant_id AND late.issue_id = ours.id AND late.tenant_id = :tenant
        AND ours.kind = 'digest' AND ours.day < :day AND ours.state IN ('sending', 'paused', 'cancelled')
        AND (late.state IN ('pending', 'deferred')
            OR (late.state IN ('claimed', 'sending') AND late.lease_until < :now))
""").bindparams(bindparam("day", type_=Date), bindparam("now", type_=MOMENT))
CLOSE = text("""
    UPDATE newsletter_issue SET state = 'cancelled', finished_at = :now
    WHERE tenant_id = :tenant AND kind = 'digest' AND day < :day AND state = 'paused'
""").bindparams(bindparam("day", type_=Date), bindparam("now", type_=MOMENT))


LOOPS = text("SELECT set_config('enable_nestloop', :allowed, true), set_config('jit', :allowed, true)")


@dataclass(frozen=True, slots=True)
class TopicChoice:
    """A topic that somebody due has chosen."""

    id: int
    kind: str
    project_id: int | None


@dataclass(frozen=True, slots=True)
class Told:
    """An item for those who chose a topic."""

    topic_id: int
    key: str
    at: dt.datetime
    due: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class Own:
    """An item for one member."""

    member_id: int
    project_id: int | None
    key: str
    at: dt.datetime


@dataclass(frozen=True, slots=True)
class Turn:
    """A day's digests: who gets them, and as of when."""

    day: dt.date
    now: dt.datetime
    frequencies: Sequence[Frequency]

    @property
    def oldest(self) -> dt.datetime:
        """Since when something is news to anybody who is due."""
        return self.now - max(NEWS[one] for one in self.frequencies)

    @property
    def ahead(self) -> dt.datetime:
        """Until when something may be due to be told to anybody today."""
        return self.now + max(AHEAD[one] for one in self.frequencies)


def topics(session: Scope, turn: Turn) -> list[TopicChoice]:
    """Give the topics that anybody who is due has chosen."""
    rows = session.execute(TOPICS, {"frequencies": _names(turn)})
    return [TopicChoice(row.id, row.kind, row.project_id) for row in rows]


def members(session: Scope, turn: Turn) -> list[int]:
    """Give the members who are due and want to hear of modules."""
    return [*session.scalars(MEMBERS, {"frequencies": _names(turn), "now": turn.now})]


def supersede(session: Scope, turn: Turn) -> None:
    """Close the digests of earlier days: what did not go out is told with today's."""
    values = {"tenant": session.tenant_id, "day": turn.day, "now": turn.now}
    session.execute(SUPERSEDE, {**values, "reason": SUPERSEDED})
    session.execute(CLOSE, values)


def choose(session: Scope, turn: Turn, issue_id: int, news: Collection[Told], own: Collection[Own]) -> int:
    """Write down what everybody who is due is told, with the deliveries; gives how many people. Four statements.

    Each gets what is new to them since they chose its topic, and nothing that they were told before.
    """
    values: dict[str, Any] = {
        "tenant": session.tenant_id,
        "issue": issue_id,
        "day": turn.day,
        "now": turn.now,
        # Somebody may have heard of it while they wanted mail once a month.
        "told_since": (min(turn.oldest, turn.now - max(AHEAD.values())) - DAY).date(),
        "frequencies": _names(turn),
        "oldest": [turn.now - NEWS[one] for one in turn.frequencies],
        "ahead": [turn.now + AHEAD[one] for one in turn.frequencies],
        **_columns(news, {"topics": "topic_id", "keys": "key", "moments": "at", "dues": "due"}),
        **_columns(
            own, {"owners": "member_id", "own_projects": "project_id", "own_keys": "key", "own_moments": "at"}
        ),
    }
    values["all_keys"] = sorted({*values["keys"], *values["own_keys"]})
    # Everybody is looked at once: going through a table for each of them is never right, whatever statistics say.
    session.execute(LOOPS, {"allowed": "off"})
    session.execute(CHOOSE, values)
    session.execute(LOOPS, {"allowed": "on"})
    written = session.execute(DELIVER, {"tenant": session.tenant_id, "issue": issue_id})
    return int(getattr(written, "rowcount", 0))


def _columns(rows: Iterable[Any], names: Mapping[str, str]) -> dict[str, list[Any]]:
    found = [*rows]
    return {column: [getattr(row, name) for row in found] for column, name in names.items()}


def _names(turn: Turn) -> list[str]:
    return [one.value for one in turn.frequencies]
