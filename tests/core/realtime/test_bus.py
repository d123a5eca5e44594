"""The bus reaches all processes in one order, blocks nobody, and comes back by itself."""

import dataclasses
import shutil
import socket
import subprocess
import threading
import time
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import create_engine, make_url, text

from baukasten.config import Config, ConfigError
from baukasten.realtime import carrier, exchange
from baukasten.realtime.bus import Follower, LocalBus
from baukasten.realtime.postgres_bus import PostgresBus
from bench.load import free_port

PATIENCE = 60.0
CUT = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE application_name = 'baukasten live' AND datname = current_database()
"""


class Ear:
    """Remembers what it hears, and waits until it has heard enough."""

    def __init__(self):
        self.news, self.misses = [], 0
        self._told = threading.Condition()
        self.follower = Follower(self.hear, self.miss)

    def hear(self, news):
        with self._told:
            self.news.append(news)
            self._told.notify_all()

    def miss(self):
        with self._told:
            self.misses += 1
            self._told.notify_all()

    def until(self, enough):
        with self._told:
            return self._told.wait_for(lambda: enough(self), PATIENCE)


def listen(*buses, topic="ring"):
    """Follow a topic, and give the ears once they certainly hear."""
    ears = [Ear() for _ in buses]
    for bus, ear in zip(buses, ears, strict=True):
        bus.follow(topic, ear.follower)

    def all_hear():
        buses[0].publish(topic, "?")
        return all(ear.news for ear in ears)

    assert until(all_hear)
    buses[0].publish(topic, "!")
    assert all(ear.until(lambda one: one.news[-1] == "!") for ear in ears)
    for ear in ears:
        ear.news.clear()
    return ears


def until(true):
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if true():
            return True
        time.sleep(0.02)
    return False


@pytest.fixture
def redis_port(tmp_path):
    """Run a Redis of the test's own."""
    binary = shutil.which("redis-server") or pytest.skip("no redis-server on this machine")
    pytest.importorskip("redis")
    port = free_port()
    running = []

    def start():
        command = [binary, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(tmp_path)]
        running.append(subprocess.Popen(command, stdout=subprocess.DEVNULL))
        assert until(lambda: not _is_closed(port))

    def stop():
        while running:
            process = running.pop()
            process.kill()
            process.wait()

    start()
    yield port, start, stop
    stop()


def _is_closed(port):
    with socket.socket() as door:
        return door.connect_ex(("127.0.0.1", port)) != 0


@pytest.fixture(params=["postgresql", "redis"])
def make(request, database_urls):
    """Give what makes the share of a process in the bus, and what cuts all connections."""
    made = []
    if request.param == "redis":
        port, start, stop = request.getfixturevalue("redis_port")
        found = pytest.importorskip("baukasten.realtime.redis_bus")

        def build() -> Any:
            return found.RedisBus(f"redis://127.0.0.1:{port}/0", "baukasten:test:")

        def cut():
            stop()
            start()
    else:

        def build() -> Any:
            return PostgresBus(make_url(database_urls.app))

        def cut():
            database = create_engine(database_urls.app)
            with database.connect() as connection:
                connection.execute(text(CUT))
            database.dispose()

    def new():
        made.append(build())
        return made[-1]

    yield SimpleNamespace(new=new, cut=cut)
    for bus in made:
        bus.close()


def test_all_processes_hear_everything_in_one_order(make):
    first, second, speaker = make.new(), make.new(), make.new()
    ears = listen(first, second)
    for number in range(250):
        (speaker if number % 2 else first).publish("ring", f"{number} äöü")
    assert all(ear.until(lambda one: len(one.news) == 250) for ear in ears)
    assert ears[0].news == ears[1].news
    for own in (0, 1):
        said = [news for news in ears[0].news if int(news.split()[0]) % 2 == own]
        assert said == [f"{number} äöü" for number in range(own, 250, 2)]
    assert [ear.misses for ear in ears] == [0, 0]


def test_topics_are_apart_and_may_be_left(make):
    bus = make.new()
    [ring], [people] = listen(bus), listen(bus, topic="people")
    bus.publish("people", "7")
    assert people.until(lambda one: one.news == ["7"])
    assert ring.news == []
    bus.leave("people", people.follower)
    bus.publish("people", "8")
    bus.publish("ring", "9")
    assert ring.until(lambda one: one.news == ["9"])
    assert people.news == ["7"]


def test_a_cut_connection_comes_back_and_says_that_something_was_missed(make):
    bus, speaker = make.new(), make.new()
    [ear] = listen(bus)
    make.cut()
    assert ear.until(lambda one: one.misses >= 1)
    speaker.publish("ring", "after")
    assert ear.until(lambda one: "after" in one.news)


def test_a_followers_accident_does_not_make_the_others_deaf(make, caplog):
    bus = make.new()

    def fail(news):
        raise ValueError("a broken ear")

    bus.follow("ring", Follower(fail, lambda: None))
    [ear] = listen(bus)
    bus.publish("ring", "1")
    assert ear.until(lambda one: one.news == ["1"])
    assert "a broken ear" in caplog.text


def test_the_longest_news_pass(make):
    bus = make.new()
    [ear] = listen(bus)
    bus.publish("ring", "ü" * 3_950)
    assert ear.until(lambda one: one.news == ["ü" * 3_950])


def test_closing_sends_what_waits(make):
    [ear], speaker = listen(make.new()), make.new()
    for number in range(20):
        speaker.publish("ring", str(number))
    speaker.close()
    assert ear.until(lambda one: len(one.news) == 20)
    speaker.publish("ring", "again")
    assert ear.until(lambda one: one.news[-1] == "again")


@pytest.fixture
def nowhere():
    """Give a bus whose service is away."""
    port = free_port()
    bus = PostgresBus(make_url(f"postgresql+psycopg://nobody@127.0.0.1:{port}/nothing"))
    yield bus
    bus.close()


def test_whoever_publishes_waits_for_nobody(nowhere):
    nowhere.follow("ring", Ear().follower)
    took = []
    for number in range(2 * carrier.MOST_WAITING):
        begun = time.perf_counter()
        nowhere.publish("ring", str(number))
        took.append(time.perf_counter() - begun)
    assert sorted(took)[len(took) * 99 // 100] < 0.005
    assert len(nowhere._waiting) <= carrier.MOST_WAITING
    assert nowhere._lost == {"ring"}


def test_after_too_much_was_dropped_all_are_told_to_look(make, monkeypatch):
    [ear], speaker = listen(make.new()), make.new()
    monkeypatch.setattr(speaker, "_begin", lambda: None)
    for number in range(carrier.MOST_WAITING + 5):
        speaker.publish("ring", str(number))
    monkeypatch.undo()
    speaker.publish("ring", "last")
    assert ear.until(lambda one: one.news and one.news[-1] == "last")
    assert ear.misses == 1
    assert ear.news[0] == "6"


def test_a_single_process_hears_at_once():
    bus, ear = LocalBus(), Ear()
    bus.follow("ring", ear.follower)
    bus.publish("ring", "1")
    bus.publish("people", "2")
    bus.leave("ring", ear.follower)
    bus.publish("ring", "3")
    assert ear.news == ["1"]


def test_pages_and_jobs_of_a_process_share_one(database, base_config):
    opened = dataclasses.replace(database, tools={})
    assert exchange.install(opened, base_config) is exchange.install(opened, base_config)


@pytest.mark.parametrize("url", ["http://a", "postgresql://a/b", "nats://x", "yes"])
def test_an_address_that_makes_no_sense_stops_the_start(database, base_config, url):
    opened = dataclasses.replace(database, tools={})
    wrong = dataclasses.replace(base_config, live_url=url)
    with pytest.raises(ConfigError, match="BAUKASTEN_LIVE_URL"):
        exchange.install(opened, wrong)


def test_two_installations_on_one_redis_do_not_hear_each_other(database, base_config: Config):
    pytest.importorskip("redis")
    prefixes = set()
    for secret in ("one", "other"):
        config = dataclasses.replace(base_config, secret_key=secret, live_url="redis://127.0.0.1:1/0")
        bus: Any = exchange.install(dataclasses.replace(database, tools={}), config).bus
        assert secret not in bus._prefix
        prefixes.add(bus._prefix)
    assert len(prefixes) == 2
