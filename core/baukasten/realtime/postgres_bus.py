"""The bus over PostgreSQL: LISTEN and NOTIFY, each on a connection of its own that is in no transaction."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, ClassVar

import psycopg
from psycopg import sql
from sqlalchemy import URL

from baukasten.realtime.carrier import POLL_SECONDS, Carrier, Said, Send, Topics

PREFIX = "baukasten_"
TELL = "SELECT pg_notify(topic, news) FROM unnest(%s::text[], %s::text[]) AS said (topic, news)"
# A server that vanished without a word is noticed after half a minute, not after the system's two hours.
ALIVE: Mapping[str, Any] = {
    "connect_timeout": 5,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
}


class PostgresBus(Carrier):
    """News through the database that is there anyway; a database is one bus."""

    away: ClassVar[tuple[type[Exception], ...]] = (psycopg.Error, OSError)

    def __init__(self, url: URL) -> None:
        """Take the app's address; LISTEN needs a server, or a pooler that keeps a session's connection."""
        super().__init__()
        self._url = url.set(drivername="postgresql").render_as_string(hide_password=False)

    @contextmanager
    def sending(self) -> Iterator[Send]:
        """Connect for sending."""
        with self._connect() as connection:

            def send(batch: Sequence[Said]) -> None:
                topics, news = zip(*batch, strict=True) if batch else ((), ())
                connection.execute(TELL, ([PREFIX + topic for topic in topics], list(news)))

            yield send

    @contextmanager
    def listening(self, topics: Topics) -> Iterator[Iterator[Said | None]]:
        """Connect for listening."""
        with self._connect() as connection:
            yield self._hear(connection, topics)

    def _hear(self, connection: psycopg.Connection[Any], topics: Topics) -> Iterator[Said | None]:
        known: set[str] = set()
        while True:
            for topic in set(topics()) - known:
                connection.execute(sql.SQL("LISTEN {}").format(sql.Identifier(PREFIX + topic)))
                known.add(topic)
            for bell in connection.notifies(timeout=POLL_SECONDS):
                yield bell.channel.removeprefix(PREFIX), bell.payload
            yield None

    def _connect(self) -> psycopg.Connection[Any]:
        return psycopg.connect(
            self._url, autocommit=True, prepare_threshold=None, application_name="baukasten live", **ALIVE
        )
