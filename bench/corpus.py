"""The corpus that forums are compared on: categories, topics of fifty posts, one of 2,000 and one of 100,000."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, create_engine, text

from baukasten import ids
from baukasten.content.markdown import render
from baukasten.content.sanitize import SANITISER_VERSION
from bench.german import Writer
from bench.ground import Ground, Place

POSTS = 50
"""Of a usual topic; as many as a page has."""
SEED = 7
AUTHORS = [
    f"{bird} {number}" for bird in ("Kiebitz", "Lerche", "Möwe", "Reiher", "Star") for number in range(1, 13)
]
CATEGORIES = (
    "Wege und Plätze", "Verkehr", "Grün und Wasser", "Wohnen", "Kultur", "Sport und Spiel", "Handel", "Schule",
    "Soziales", "Allgemeines",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Size:
    """How much there is of everything."""

    topics: int = 300
    large: int = 2_000
    huge: int = 100_000
    texts: int = 500


QUICK = Size(topics=40, large=200, huge=2_000, texts=60)


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic of the corpus."""

    id: int
    path: str
    posts: int


@dataclass(frozen=True, slots=True)
class Corpus:
    """A filled forum."""

    usual: list[Topic]
    """Topics of one page, the latest first, as the list shows them."""
    large: Topic
    huge: Topic


# Straight into the tables: a hundred thousand replies through the service would take hours.
TEXTS = "CREATE TEMPORARY TABLE words (id bigint PRIMARY KEY, body text, html text) ON COMMIT DROP"
MEMBER = "INSERT INTO membership (tenant_id, display_name) VALUES (:tenant, :name) RETURNING id"
CATEGORY = (
    "INSERT INTO forum_category (tenant_id, module_id, slug, title, position) "
    "VALUES (:tenant, :module, :slug, :title, :position) RETURNING id"
)
TOPIC = (
    "INSERT INTO forum_topic (tenant_id, module_id, category_id, kind, title, slug, author_id, outcome, next_number, "
    "created_at, last_post_at) VALUES (:tenant, :module, :category, :kind, :title, :slug, :author, :outcome, "
    ":posts + 1, now() - :hours * interval '1 hour', now() - :hours * interval '1 hour') RETURNING id"
)
# Each text comes again after some hundred posts, in another order in each topic; the last post is as old as the topic's
# place in the list says.
POST = """
    INSERT INTO forum_post (tenant_id, topic_id, number, kind, author_id, body, body_html, sanitiser_version,
        department, outcome, created_at)
    SELECT t.tenant_id, t.id, n, CASE WHEN n = 7 AND :answered THEN 'answer' ELSE 'post' END,
        (CAST(:authors AS bigint[]))[1 + (n * 7 + :hours) % cardinality(CAST(:authors AS bigint[]))],
        w.body, w.html, :version,
        CASE WHEN n = 7 AND :answered THEN 'Bauamt' ELSE '' END,
        CASE WHEN n = 7 AND :answered THEN 'examination' END,
        t.created_at + n * (interval '1 hour' * :hours * 0.9 / :posts)
    FROM forum_topic t CROSS JOIN generate_series(1, :posts) AS n
    JOIN words w ON w.id = (n * 37 + t.id * 11) % :texts
    WHERE t.tenant_id = :tenant AND t.id = :topic
"""
REPLY = """
    UPDATE forum_post p SET reply_to = q.id FROM forum_post q
    WHERE p.tenant_id = :tenant AND q.tenant_id = :tenant AND q.topic_id = p.topic_id
        AND p.number % 5 = 0 AND q.number = p.number - 2
"""
REACTION = """
    INSERT INTO forum_reaction (tenant_id, post_id, member_id, kind)
    SELECT p.tenant_id, p.id, m.id, CASE WHEN p.number = 1 THEN 'support' ELSE 'thanks' END
    FROM forum_post p CROSS JOIN unnest(CAST(:authors AS bigint[])) AS m(id)
    WHERE p.tenant_id = :tenant AND m.id <> p.author_id
        AND (p.number = 1 AND (m.id + p.topic_id) % 3 > 0 OR p.number % 9 = 4 AND m.id % 11 = 0)
"""
POST_COUNTERS = """
    UPDATE forum_post p SET supports = r.supports, thanks = r.thanks FROM (
        SELECT post_id, count(*) FILTER (WHERE kind = 'support') AS supports,
            count(*) FILTER (WHERE kind = 'thanks') AS thanks
        FROM forum_reaction WHERE tenant_id = :tenant GROUP BY post_id) r
    WHERE p.tenant_id = :tenant AND p.id = r.post_id
"""
TOPIC_COUNTERS = """
    UPDATE forum_topic t SET replies = c.posts - 1, last_number = c.posts, last_post_at = l.created_at,
        last_author_id = l.author_id, supports = f.supports, views = c.posts * 17, answers = c.answers,
        answered_at = c.answered_at
    FROM (SELECT topic_id, count(*) AS posts, count(*) FILTER (WHERE kind = 'answer') AS answers,
              min(created_at) FILTER (WHERE kind = 'answer') AS answered_at
          FROM forum_post WHERE tenant_id = :tenant GROUP BY topic_id) c
    JOIN forum_post l ON l.tenant_id = :tenant AND l.topic_id = c.topic_id AND l.number = c.posts
    JOIN forum_post f ON f.tenant_id = :tenant AND f.topic_id = c.topic_id AND f.number = 1
    WHERE t.tenant_id = :tenant AND t.id = c.topic_id
"""


def fill(base: Ground, place: Place, size: Size) -> Corpus:
    """Fill a town's empty forum; the same size gives the same texts."""
    engine = create_engine(base.urls.owner)
    with engine.begin() as connection:
        corpus = _Filling(connection, place, size).run()
    engine.dispose()
    return corpus


class _Filling:
    """One forum being filled in one transaction."""

    def __init__(self, connection: Connection, place: Place, size: Size) -> None:
        """Begin with authors, categories and texts."""
        self._connection, self._place, self._size = connection, place, size
        self._writer = Writer(SEED)
        self._authors = [self._one(MEMBER, name=name) for name in AUTHORS]
        self._categories = [
            self._one(CATEGORY, slug=ids.slug(title, fallback="k"), title=title, position=position)
            for position, title in enumerate(CATEGORIES)
        ]
        self._all(TEXTS)
        bodies = [self._writer.body() for _each in range(size.texts)]
        rows = [{"id": id_, "body": body, "html": str(render(body))} for id_, body in enumerate(bodies)]
        connection.execute(text("INSERT INTO words VALUES (:id, :body, :html)"), rows)

    def run(self) -> Corpus:
        """Write topics and posts, then what is counted beside them."""
        size = self._size
        # The big ones are long quiet, so that the first page of the list has usual topics alone.
        huge, large = self._topic(10_000, size.huge), self._topic(9_000, size.large)
        usual = [self._topic(10 * (size.topics - number), POSTS) for number in range(size.topics)]
        for statement in (REPLY, REACTION, POST_COUNTERS, TOPIC_COUNTERS):
            self._all(statement)
        return Corpus(usual[::-1], large, huge)

    def _topic(self, hours: int, posts: int) -> Topic:
        title = self._writer.title()
        slug = ids.slug(title, fallback="beitrag")
        answered = hours % 50 == 0
        id_ = self._one(
            TOPIC,
            category=self._categories[hours // 10 % len(CATEGORIES)], kind="idea" if hours % 20 else "discussion",
            title=title, slug=slug, author=self._authors[(7 + hours) % len(AUTHORS)], posts=posts, hours=hours,
            outcome="examination" if answered else "open",
        )  # fmt: skip
        self._all(POST, topic=id_, posts=posts, hours=hours, answered=answered)
        return Topic(id_, f"{self._place.path}{id_}-{slug}", posts)

    def _one(self, statement: str, **values: Any) -> int:
        return int(self._connection.execute(text(statement), self._values(values)).scalar_one())

    def _all(self, statement: str, **values: Any) -> None:
        self._connection.execute(text(statement), self._values(values))

    def _values(self, values: dict[str, Any]) -> dict[str, Any]:
        ours = {"tenant": self._place.id, "module": self._place.module_id, "texts": self._size.texts}
        return {**ours, "authors": getattr(self, "_authors", []), "version": SANITISER_VERSION, **values}
