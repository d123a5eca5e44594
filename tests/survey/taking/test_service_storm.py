"""Killed with -9 while people answer over HTTP: who has a receipt has one answer, and nobody has two."""

import json
import os
import random
import secrets
import signal
import subprocess
import sys
import time
from collections import Counter

import pytest
from sqlalchemy import select

from baukasten.access import members
from baukasten.identity import service as identity
from baukasten.identity import sessions
from baukasten.web.visitors import SESSION_COOKIE
from baukasten_survey.models import Draft, Response
from bench.load import Server, free_port
from tests.house.tree import ROOT
from tests.survey.conftest import definition, page, question
from tests.survey.mixing.mill import mill as open_mill
from tests.survey.taking.crowd import Crowd, Person, numbers

ASKED = definition(page("p1", question("q1", "short", required=True)))
FIRST = 1_000_000
"""Guests are numbered from here, members from 1."""


class Served:
    """The server in front of the survey: started, killed, started again."""

    def __init__(self, base_config, database_urls) -> None:
        given = {
            "data": str(base_config.data_dir),
            "app": database_urls.app,
            "operator": database_urls.operator,
        }
        self.starter = subprocess.Popen(
            [sys.executable, "-m", "tests.survey.taking.house", json.dumps(given)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.running = 0

    def start(self) -> int:
        """Give the port on which it answers."""
        assert self.starter.stdin is not None
        assert self.starter.stdout is not None
        port = free_port()
        self.starter.stdin.write(f"{port}\n")
        self.starter.stdin.flush()
        self.running = int(self.starter.stdout.readline())
        Server(self.starter, port).wait()
        return port

    def kill(self) -> None:
        """End it and its children at once, as a power cut would."""
        os.killpg(self.running, signal.SIGKILL)
        self.running = 0

    def end(self) -> None:
        assert self.starter.stdin is not None
        assert self.starter.stdout is not None
        if self.running:
            self.kill()
        self.starter.stdin.close()
        self.starter.wait(60)
        self.starter.stdout.close()


@pytest.fixture
def served(base_config, database_urls):
    made = Served(base_config, database_urls)
    yield made
    made.end()


def signed_in(database, town, path, count):
    """Make members with a cookie each."""
    with database.session(town.id) as session:
        for number in range(1, count + 1):
            name = f"Person {number}"
            account = identity.create_account(session, f"{town.id}-{number}@storm.example", None, name)
            members.appoint(session, account, name, [])
            secret = sessions.start(session, account, host=town.host, user_agent="tests")
            yield Person(path, number, {SESSION_COOKIE: secret})
        session.commit()


def answers(database, town, survey_id) -> Counter[int]:
    with database.session(town.id) as session:
        query = select(Response.answers["q1"].as_string()).where(Response.survey_id == survey_id)
        return Counter(int(one) for one in session.scalars(query))


def storm(database, town, served, kills, seed, people):
    """Kill the server so often under two crowds; gives each survey with its crowd."""
    chance = random.Random(seed)  # noqa: S311 - moments that can be had again, not secrets
    sealed = open_mill(database, town, slug="geheim", data=ASKED)
    named = open_mill(database, town, slug="offen", data=ASKED, access="registered", anonymity="named")
    known = list(signed_in(database, town, "/offen/", people))
    both = [(sealed, Crowd(town.host, numbers("/geheim/", FIRST))), (named, Crowd(town.host, iter(known)))]
    crowds = [crowd for _mill, crowd in both]
    for crowd in crowds:
        crowd.begin()
    try:
        for run in range(kills + 1):
            port = served.start()
            before = sum(len(crowd.told) for crowd in crowds)
            for crowd in crowds:
                crowd.port = port
            until = time.monotonic() + 60
            while sum(len(crowd.told) for crowd in crowds) < before + 6:
                assert time.monotonic() < until, [crowd.wrong for crowd in crowds]
                time.sleep(0.01)
            if run == kills:
                break
            time.sleep(chance.random() * 0.3)
            served.kill()
            for crowd in crowds:
                crowd.port = 0
            sealed.mix()
    finally:
        for crowd in crowds:
            crowd.end()
    served.kill()
    return both


def check(database, town, both) -> None:
    """Mix, and hold what people were told against what is there."""
    for mill, crowd in both:
        assert crowd.wrong == []
        mill.close()
        mill.mix()
        # Whoever was cut off has tried again until there was a receipt: so all are told, and each counts once.
        assert answers(database, town, mill.survey_id) == Counter(dict.fromkeys(crowd.told, 1))
        receipts = [person.receipt for person in crowd.told.values()]
        assert len(set(receipts)) == len(receipts)
        assert (mill.keys(), {len(one) for one in receipts}) == (0, {12})


def test_two_kills_lose_and_double_nothing(database, town, served):
    both = storm(database, town, served, kills=2, seed=20261122, people=30)
    check(database, town, both)
    with database.session(town.id) as session:
        # A draft that nobody knows of can be left by a beginning that was cut off; it holds no answer.
        assert len(session.scalars(select(Draft.id)).all()) <= 2 * 4


@pytest.mark.soak
def test_twenty_kills_at_random_moments_lose_and_double_nothing(database, town, served):
    seed = secrets.randbelow(10**9)
    print("seed", seed)  # noqa: T201 - shown when it fails, so that it can be run again
    both = storm(database, town, served, kills=20, seed=seed, people=3000)
    check(database, town, both)
    assert sum(crowd.tries for _mill, crowd in both) > 0
