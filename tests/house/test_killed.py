"""Killed with -9 at random moments while people register: what they were told holds, and nothing is there twice."""

import collections
import json
import os
import random
import secrets
import subprocess
import sys
import threading

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from baukasten import house
from baukasten.mail.transport import FileTransport
from baukasten.tenants import service
from baukasten.testing import database as databases
from tests.house.tree import ROOT

ACCOUNTS = text("SELECT email, count(*) FROM platform.account GROUP BY email")
TOKENS = text(
    "SELECT email, count(*), bool_or(used_at IS NOT NULL) AS used FROM platform.token GROUP BY email"
)
LEFT = text("SELECT count(*) FROM jobs.procrastinate_jobs WHERE args ->> 'key' LIKE 'identity.send%'")
PATIENCE = 120
Told = dict[str, set[str]]


@pytest.fixture
def place(server, contract, tmp_path):
    """Give a database of its own with one town, and a function that runs the process on it."""
    with databases.fresh(server, f"killed_{os.getpid()}", house.lineages(contract)) as urls:
        opened = house.open_database(urls, contract)
        with opened.operator_session() as session:
            town = service.create(session, slug="torfhafen", name="Torfhafen", hosts=["torfhafen.test"])
            session.commit()
        opened.close()
        engine = create_engine(urls.owner, poolclass=NullPool)
        yield Place(urls, town, tmp_path, engine)
        engine.dispose()


class Place:
    def __init__(self, urls, town, folder, engine):
        self.urls, self.town, self.folder, self.engine = urls, town, folder, engine
        self.transport = FileTransport(folder / "mail")

    def start(self, mode, run):
        given = {
            "mode": mode,
            "run": run,
            "host": self.town.host,
            "data": str(self.folder),
            "urls": [self.urls.owner, self.urls.app, self.urls.operator],
        }
        return subprocess.Popen(
            [sys.executable, "-m", "tests.house.registering", json.dumps(given)],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )

    def rows(self, question):
        with self.engine.connect() as connection:
            return connection.execute(question).all()


def kill_while_registering(place, run, lines, delay):
    """Kill the process so many lines and seconds after its start; gives what it had said."""
    process = place.start("serve", run)
    watchdog = threading.Timer(PATIENCE, process.kill)
    watchdog.start()
    said = [process.stdout.readline().split() for _ in range(lines)]
    threading.Event().wait(delay)
    assert process.poll() is None, f"it ended before it was killed: {said}"
    process.kill()
    said += [line.split() for line in process.stdout.read().splitlines()]
    process.wait()
    process.stdout.close()
    watchdog.cancel()
    told: Told = collections.defaultdict(set)
    for word, address, *rest in said:
        assert word != "broken", (address, rest)
        told[word].add(address)
    return told


def check(place, told):
    """Hold everything that anybody was ever told against the database."""
    accounts = {row.email: row.count for row in place.rows(ACCOUNTS)}
    tokens = {row.email: row for row in place.rows(TOKENS)}
    assert told["confirmed"] <= accounts.keys()
    assert told["asked"] <= tokens.keys()
    assert set(accounts.values()) <= {1}
    assert all(row.count == 1 for row in tokens.values())
    # What was stored and never acknowledged can only be what was under way at a kill.
    assert accounts.keys() - told["confirmed"] <= told["under way"]
    assert tokens.keys() - told["asked"] <= told["under way"]
    assert {address for address, row in tokens.items() if row.used} == accounts.keys()


def kill_loop(place, kills, seed):
    chance = random.Random(seed)  # noqa: S311 - moments that can be had again, not secrets
    told: Told = collections.defaultdict(set)
    for run in range(kills):
        new = kill_while_registering(place, run, chance.randrange(4, 25), chance.random() * 0.3)
        under_way = new["begun"] - new["confirmed"]
        assert under_way, "nobody was registering when it was killed"
        for word in ("begun", "asked", "confirmed"):
            told[word] |= new[word]
        told["under way"] |= under_way
        check(place, told)
    ended = place.start("finish", kills)
    ended.stdout.read()
    ended.stdout.close()
    assert ended.wait(PATIENCE) == 0
    check(place, told)
    assert place.rows(LEFT) == [(0,)]
    letters = collections.defaultdict(set)
    for mail in place.transport.list(limit=10_000):
        letters[mail.to].add((mail.message_id, mail.text))
    # A copy may come twice when the worker died between sending and noting it, but it is the same letter.
    assert told["asked"] <= letters.keys()
    assert {address: len(found) for address, found in letters.items() if len(found) != 1} == {}
    assert len(told["confirmed"]) >= kills
    return told


def test_three_kills_lose_and_double_nothing(place):
    told = kill_loop(place, kills=3, seed=20260504)
    assert told["confirmed"] <= told["asked"] <= told["begun"]
    assert len(told["under way"]) >= 3


@pytest.mark.soak
def test_ten_kills_at_random_moments_lose_and_double_nothing(place):
    seed = secrets.randbelow(10**9)
    print("seed", seed)  # noqa: T201 - shown when it fails, so that it can be run again
    told = kill_loop(place, kills=10, seed=seed)
    assert told["confirmed"] <= told["asked"] <= told["begun"]
    assert len(told["under way"]) >= 10
