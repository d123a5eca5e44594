"""The bus over Redis: for installations whose database stands behind a pooler, or has enough to do."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, ClassVar

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from baukasten.realtime.carrier import POLL_SECONDS, Carrier, Said, Send, Topics


class RedisBus(Carrier):
    """News through PUBLISH and SUBSCRIBE; nothing is stored there."""

    away: ClassVar[tuple[type[Exception], ...]] = (redis.RedisError, OSError)

    def __init__(self, url: str, prefix: str) -> None:
        """Take the address, and what the installation's channels begin with."""
        super().__init__()
        self._url, self._prefix = url, prefix

    @contextmanager
    def sending(self) -> Iterator[Send]:
        """Connect for sending."""
        with self._connect() as connection:

            def send(batch: Sequence[Said]) -> None:
                with connection.pipeline(transaction=False) as pipe:
                    for topic, news in batch:
                        pipe.publish(self._prefix + topic, news)
                    pipe.execute()

            yield send

    @contextmanager
    def listening(self, topics: Topics) -> Iterator[Iterator[Said | None]]:
        """Connect for listening."""
        with self._connect() as connection, connection.pubsub(ignore_subscribe_messages=True) as heard:
            yield self._hear(heard, topics)

    def _hear(self, heard: Any, topics: Topics) -> Iterator[Said | None]:
        known: set[str] = set()
        while True:
            joined = set(topics()) - known
            if joined:
                heard.subscribe(*(self._prefix + topic for topic in joined))
                known |= joined
            if not known:
                time.sleep(POLL_SECONDS)
            message = heard.get_message(timeout=POLL_SECONDS) if known else None
            if message is None:
                yield None
            else:
                yield message["channel"].removeprefix(self._prefix), message["data"]

    def _connect(self) -> redis.Redis:
        # Coming back is the carrier's business, who must know that something was missed.
        return redis.Redis.from_url(
            self._url,
            decode_responses=True,
            socket_timeout=5,
            socket_connect_timeout=5,
            socket_keepalive=True,
            health_check_interval=15,
            retry=Retry(NoBackoff(), 0),
        )
