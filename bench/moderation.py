"""The moderators' queue with fifty thousand open cases: its page beside the bare query, a hundred decided at once."""

import sys
import time
from collections.abc import Callable
from functools import partial
from statistics import median

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import bindparam, create_engine, text

from baukasten.access import members
from baukasten.app import create_app, end
from baukasten.identity import passwords, sessions
from baukasten.identity import service as identity
from baukasten.plugin.refs import Role
from baukasten.web.visitors import SESSION_COOKIE
from bench.aims import Aims
from bench.ground import Ground, Town, analyse, ground, open_town, say

CASES, QUICK_CASES = 50_000, 5_000
ROUNDS, QUICK_ROUNDS = 60, 15
VIEW_ROUNDS = 7
BULKS, QUICK_BULKS = 5, 2
TOPICS = 500
MANY, PAGE = 100, 30
QUEUE = "/verwaltung/moderation/"

# Straight into the tables: fifty thousand reports through the service would take an hour. Every fifth is about a post
# in view; reports, claims and lateness are spread so that no filter is empty.
POSTS = """
WITH topics AS (
    SELECT id, row_number() OVER (ORDER BY id) AS place FROM forum_topic WHERE tenant_id = :town
), posts AS (
    SELECT n, t.id AS topic, n % 5 = 0 AS shown FROM generate_series(1, :count) AS n
    JOIN topics t ON t.place = 1 + n % :topics
)
INSERT INTO forum_post (
    tenant_id, topic_id, number, author_id, body, body_html, sanitiser_version, visibility, created_at
)
SELECT :town, topic, CASE WHEN shown THEN 1000 + n END, :author, 'Aussage ' || n,
    '<p>Aussage ' || n || ' zum Kanal</p>', 1, CASE WHEN shown THEN 'published' ELSE 'held' END,
    now() - n * interval '1 second'
FROM posts
"""
FILL = """
INSERT INTO moderation_case (
    tenant_id, cause, content_type, content_id, note, reports, module_id, project_id, author_id, created_at, order_at,
    due_at, holder_id, held_until, guess
)
SELECT :town, CASE WHEN p.visibility = 'held' THEN 'held' ELSE 'reported' END, 'forum.post', p.id, '',
    CASE WHEN p.visibility = 'held' THEN 0 ELSE 1 + p.id % 4 END, :module, m.project_id, p.author_id, p.created_at,
    p.created_at - (p.id % 4) * interval '6 hours', p.created_at + interval '12 hours',
    CASE WHEN p.id % 50 = 0 THEN CAST(:author AS bigint) END, now() + interval '1 hour', (p.id % 97) / 97.0
FROM forum_post p JOIN module m ON m.tenant_id = p.tenant_id AND m.id = :module
WHERE p.tenant_id = :town AND p.body LIKE 'Aussage %'
"""
# What the page shows, in one statement and nothing else: the counts are not in it, nor who asks.
BARE = text("""
SELECT c.*, h.display_name, m.title, j.title, p.body_html, p.visibility, t.title, a.display_name
FROM moderation_case c
LEFT JOIN membership h ON h.tenant_id = c.tenant_id AND h.id = c.holder_id
LEFT JOIN module m ON m.tenant_id = c.tenant_id AND m.id = c.module_id
LEFT JOIN project j ON j.tenant_id = c.tenant_id AND j.id = c.project_id
JOIN forum_post p ON p.tenant_id = c.tenant_id AND p.id = c.content_id
JOIN forum_topic t ON t.tenant_id = p.tenant_id AND t.id = p.topic_id
LEFT JOIN membership a ON a.tenant_id = p.tenant_id AND a.id = p.author_id
WHERE c.closed_at IS NULL AND c.content_type IN ('forum.post') ORDER BY c.order_at, c.id LIMIT :page
""")
FREE = text("""
SELECT id FROM moderation_case
WHERE closed_at IS NULL AND cause = :cause AND holder_id IS NULL ORDER BY order_at DESC, id DESC LIMIT :many
""").bindparams(bindparam("many", MANY))
VIEWS = {
    "open": "", "late": "?stand=ueber-frist", "mine": "?stand=bei-mir", "appeals": "?stand=widerspruch",
    "reported": "?grund=gemeldet", "newest": "?folge=neu", "guess": "?folge=vermutung",
}  # fmt: skip


def main(arguments: list[str]) -> int:
    """Measure; returns 0 when all aims hold."""
    quick = "--quick" in arguments
    aims = Aims()
    with ground() as base:
        say("filling a queue …")
        town = open_town(base, 1, topics=TOPICS)
        cookie = fill(base, town, QUICK_CASES if quick else CASES)
        analyse(base)
        app = create_app(base.config, base.database)
        try:
            client = _browser(app, town, cookie)
            _report_page(aims, base, town, client, QUICK_ROUNDS if quick else ROUNDS)
            _report_bulk(aims, base, town, client, QUICK_BULKS if quick else BULKS)
        finally:
            end(app)
    return aims.exit_code()


def fill(base: Ground, town: Town, count: int) -> str:
    """Put cases into the town, and give the cookie of somebody who moderates there."""
    with base.database.session(town.id) as session:
        account = identity.create_account(
            session, "moderation@bench.example", passwords.digest("bench-bench"), "Mo"
        )
        moderator = members.appoint(session, account, "Mo", [Role.MODERATOR])
        secret = sessions.start(session, account, host=town.host)
        session.commit()
    engine = create_engine(base.urls.owner)
    with engine.begin() as connection:
        author = connection.scalar(
            text("SELECT max(author_id) FROM forum_topic WHERE tenant_id = :town"), {"town": town.id}
        )
        values = {"town": town.id, "module": town.module_id, "count": count, "topics": TOPICS}
        connection.execute(text(POSTS), {**values, "author": author})
        connection.execute(text(FILL), {**values, "author": moderator.id})
    engine.dispose()
    return secret


def _browser(app: Flask, town: Town, secret: str) -> FlaskClient:
    client = app.test_client()
    client.environ_base |= {"wsgi.url_scheme": "https", "HTTP_HOST": town.host}
    client.set_cookie(SESSION_COOKIE, secret, domain=town.host, secure=True)
    return client


def _report_page(aims: Aims, base: Ground, town: Town, client: FlaskClient, rounds: int) -> None:
    """Ask for page and bare query in turn, and give both as CPU and as time."""

    def bare() -> None:
        with base.database.session(town.id) as session:
            if len(session.execute(BARE, {"page": PAGE + 1}).all()) != PAGE + 1:
                raise RuntimeError("the bare query found too little")

    def page() -> None:
        _get(client, town, QUEUE)

    spent: dict[str, list[tuple[float, float]]] = {"bare": [], "page": []}
    for _round in range(rounds):
        for name, run in (("bare", bare), ("page", page)):
            spent[name].append(_cost(run))
    middle = {name: median(one[0] for one in costs) for name, costs in spent.items()}
    slowest = max(one[0] for one in spent["page"])
    cpu = {name: median(one[1] for one in costs) for name, costs in spent.items()}
    print(
        f"queue page {middle['page'] * 1000:.1f} ms (slowest {slowest * 1000:.1f}), CPU {cpu['page'] * 1000:.1f} ms"
    )
    print(f"bare query {middle['bare'] * 1000:.1f} ms, CPU {cpu['bare'] * 1000:.1f} ms")
    for name, query in VIEWS.items():
        ask = partial(_get, client, town, QUEUE + query)
        print(f"view {name}: {median(_cost(ask)[0] for _turn in range(VIEW_ROUNDS)) * 1000:.1f} ms")
    aims.at_most("queue-page", middle["page"] / middle["bare"], 5, " × bare")
    aims.at_most("queue-page-time", middle["page"] * 1000, 100, " ms")


def _report_bulk(aims: Aims, base: Ground, town: Town, client: FlaskClient, times: int) -> None:
    """Let a hundred pass, and take a hundred out of view, by the form as a browser sends it."""
    worst = 0.0
    for cause, way in (("held", "durchlassen"), ("reported", "ausblenden"), ("held", "ausblenden")):
        seconds = []
        for _turn in range(times):
            with base.database.session(town.id) as session:
                chosen = list(session.scalars(FREE, {"cause": cause}))
            token = _token(client, town)
            form = {"_token": token, "vorgang": chosen, "schritt": way, "rule": "spam", "facts": "Werbung"}
            begun = time.perf_counter()
            answer = client.post(f"{QUEUE}entscheiden", data=form, base_url=f"https://{town.host}")
            seconds.append(time.perf_counter() - begun)
            if answer.status_code != 303:
                raise RuntimeError(f"a hundred could not be decided: {answer.status_code}")
        print(f"bulk of {MANY}, {cause}, {way}: {median(seconds):.2f} s (slowest {max(seconds):.2f})")
        worst = max(worst, median(seconds))
    aims.at_most("bulk-100", worst, 2, " s")


def _cost(run: Callable[[], object]) -> tuple[float, float]:
    begun, cpu = time.perf_counter(), time.process_time()
    run()
    return time.perf_counter() - begun, time.process_time() - cpu


def _get(client: FlaskClient, town: Town, path: str) -> str:
    answer = client.get(path, base_url=f"https://{town.host}")
    if answer.status_code != 200:
        raise RuntimeError(f"{path} answered {answer.status_code}")
    return answer.text


def _token(client: FlaskClient, town: Town) -> str:
    return _get(client, town, QUEUE).partition('name="_token" value="')[2].partition('"')[0]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
