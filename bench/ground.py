"""What page benchmarks stand on: a database of their own with towns, forums and a signed-in citizen."""

import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any

from sqlalchemy import create_engine, text

from baukasten import clock, house
from baukasten.access import members
from baukasten.config import Config, DatabaseUrls
from baukasten.content.markdown import render
from baukasten.db import embedded
from baukasten.db.rls import APP_ROLE, OPERATOR_ROLE, OWNER_ROLE
from baukasten.db.session import Database, Scope
from baukasten.identity import passwords, sessions
from baukasten.identity import service as identity
from baukasten.projects import placing, publishing, schedule
from baukasten.projects import service as projects
from baukasten.tenants import plugins, settings
from baukasten.tenants import service as tenants

SECRET = "bench"  # noqa: S105 - guards nothing: the database is gone after the run
REPLIES = 50
TEXT = """Der Weg am Kanal ist **zu schmal**, wenn Räder und Kinderwagen sich begegnen.

> Bitte nicht nur Farbe auf den Asphalt.

Mein Vorschlag: eine Ausweichstelle alle hundert Meter, dazu Bänke mit Blick aufs Wasser."""

# Straight into the tables: a million topics through the services would take a night.
TOPICS = text(
    "INSERT INTO forum_topic (tenant_id, module_id, title, slug, author_id, next_number, last_number, last_post_at, "
    "created_at) "
    "SELECT :tenant, :module, 'Vorschlag ' || n, 'vorschlag-' || n, :author, 2, 1, "
    "now() - n * interval '1 minute', now() - n * interval '1 hour' FROM generate_series(1, :count) AS n"
)
FIRST_POSTS = text(
    "INSERT INTO forum_post (tenant_id, topic_id, number, author_id, body, body_html, sanitiser_version) "
    "SELECT t.tenant_id, t.id, 1, t.author_id, :body, :html, 1 FROM forum_topic t WHERE t.tenant_id = :tenant"
)
REPLY_POSTS = text(
    "INSERT INTO forum_post (tenant_id, topic_id, number, author_id, body, body_html, sanitiser_version) "
    "SELECT :tenant, :topic, n + 1, :author, :body, :html, 1 FROM generate_series(1, :count) AS n"
)
COUNTED = text(
    "UPDATE forum_topic SET replies = :count, next_number = :count + 2, last_number = :count + 1 "
    "WHERE tenant_id = :tenant AND id = :topic"
)


@dataclass(frozen=True, slots=True)
class Town:
    """A town with one forum, and the paths that are measured."""

    id: int
    host: str
    list_path: str
    topic_path: str
    topic_id: int
    module_id: int


@dataclass(frozen=True, slots=True)
class Ground:
    """A running database and what is in it."""

    config: Config
    urls: DatabaseUrls
    database: Database


@contextmanager
def ground() -> Iterator[Ground]:
    """Run a fresh database in a temporary folder; gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="baukasten-bench-"))
    try:
        with embedded.running(folder / "postgres") as server:
            urls = DatabaseUrls(server.url(OWNER_ROLE), server.url(APP_ROLE), server.url(OPERATOR_ROLE))
            config = Config(data_dir=folder, secret_key=SECRET, database=urls)
            contract = house.load_contract(config)
            house.upgrade(urls, house.lineages(contract))
            database = house.open_database(urls, contract)
            yield Ground(config, urls, database)
            database.close()
    finally:
        embedded.remove(folder / "postgres")
        shutil.rmtree(folder, ignore_errors=True)


@dataclass(frozen=True, slots=True)
class Place:
    """A town with one empty forum."""

    id: int
    host: str
    path: str
    module_id: int


def open_town(base: Ground, number: int, *, topics: int) -> Town:
    """Open a town with a project, a forum of ``topics`` topics, and one topic with fifty replies."""
    place = open_place(base, number)
    topic_id = _fill(base, place.id, place.module_id, topics)
    return Town(
        place.id, place.host, place.path, f"{place.path}{topic_id}-vorschlag-1", topic_id, place.module_id
    )


def open_place(
    base: Ground,
    number: int,
    kind: str = "forum",
    features: tuple[str, ...] = ("forum.discuss",),
    wishes: Mapping[str, Any] = MappingProxyType({}),
    fill: Callable[[Scope, int], None] | None = None,
) -> Place:
    """Open a town with a project and an empty forum in it, or another kind of module; ``fill`` gets its number."""
    slug, now = f"bench-{number}", clock.now()
    with base.database.operator_session() as session:
        town = tenants.create(session, slug=slug, name=f"Messstadt {number}", hosts=[f"{slug}.test"])
        plugins.grant(session, town.id, kind)
        session.commit()
    with base.database.session(town.id) as session:
        plugins.switch_on(session, town, kind)
        settings.write(session, "site.legal", {"imprint": "Messstadt"})
        draft = projects.ProjectDraft(
            "Der Kanal", slug="kanal", question="Was soll am Kanal entstehen?", contact="-"
        )
        project = projects.create_project(session, None, draft)
        stretch = schedule.PhaseDraft(
            "Ideen sammeln", now - timedelta(days=9), now + timedelta(days=90), features=features
        )
        schedule.set_phases(session, None, project.id, [stretch])
        module = placing.place_module(
            session,
            None,
            kind,
            title=kind.title(),
            slug=kind,
            project_id=project.id,
            settings=dict(wishes),
        )
        if fill is not None:
            fill(session, module.id)
        publishing.publish(session, None, project.id)
        session.commit()
    return Place(town.id, town.host, f"/beteiligung/kanal/{module.slug}/", module.id)


def sign_in(base: Ground, town: Town | Place) -> str:
    """Give the cookie of a fresh citizen of the town."""
    with base.database.session(town.id) as session:
        address = f"buergerin-{town.id}@bench.example"
        account = identity.create_account(
            session, address, passwords.digest("bench-bench-bench"), "Buergerin"
        )
        members.join(session, account, "Buergerin")
        secret = sessions.start(session, account)
        session.commit()
    return secret


def _fill(base: Ground, tenant: int, module: int, count: int) -> int:
    html = str(render(TEXT))
    engine = create_engine(base.urls.owner)
    with engine.begin() as connection:
        author = connection.scalar(
            text(
                "INSERT INTO membership (tenant_id, display_name) VALUES (:t, 'Deichläuferin') RETURNING id"
            ),
            {"t": tenant},
        )
        values = {"tenant": tenant, "module": module, "author": author, "body": TEXT, "html": html}
        connection.execute(TOPICS, {**values, "count": count})
        connection.execute(FIRST_POSTS, values)
        topic = connection.scalar(
            text("SELECT id FROM forum_topic WHERE tenant_id = :t ORDER BY last_post_at DESC LIMIT 1"),
            {"t": tenant},
        )
        connection.execute(REPLY_POSTS, {**values, "topic": topic, "count": REPLIES})
        connection.execute(COUNTED, {**values, "topic": topic, "count": REPLIES})
    engine.dispose()
    return int(topic or 0)


def analyse(base: Ground) -> None:
    """Let the planner know what was filled in, as autovacuum would soon."""
    engine = create_engine(base.urls.owner, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql("ANALYZE")
    engine.dispose()


def say(text_: str) -> None:
    """Tell how far the preparation is."""
    print(text_, file=sys.stderr, flush=True)
