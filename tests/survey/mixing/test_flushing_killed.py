"""Killed with -9 before any step of mixing or answering: nothing is lost, nothing is there twice, no key stays."""

import json
import subprocess
import sys

import pytest

from baukasten_survey.mixing import batches, sealing
from tests.house.tree import ROOT
from tests.survey.conftest import NOW
from tests.survey.mixing.mill import Mill, mill

B = batches.SMALLEST
MOST = 200
"""No run has as many steps; a test that counts so far is broken."""


@pytest.fixture
def mixing(database, town, morning) -> Mill:
    return mill(database, town)


class Miller:
    """The process whose children are killed."""

    def __init__(self, contract, database_urls) -> None:
        given = {
            "data": str(contract.data_dir),
            "app": database_urls.app,
            "operator": database_urls.operator,
            "now": NOW.isoformat(),
        }
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.survey.mixing.miller", json.dumps(given)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        assert self.process.stdout.readline() == "ready\n"

    def __call__(self, mixing: Mill, do: str, die_at: int, **order) -> tuple[bool, list[int]]:
        """Give whether the child was killed, and which answers it acknowledged."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(
            json.dumps({"do": do, "die_at": die_at, "town": mixing.town.id, **order}) + "\n"
        )
        self.process.stdin.flush()
        told = json.loads(self.process.stdout.readline())
        return told["killed"], told["told"]

    def end(self) -> None:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.close()
        self.process.wait(60)
        self.process.stdout.close()


@pytest.fixture(scope="module")
def miller(contract, database_urls):
    made = Miller(contract, database_urls)
    yield made
    made.end()


def _feed(mixing: Mill, *numbers: int) -> None:
    """Put many in at once, which is quicker than one after the other."""
    with mixing.database.session(mixing.town.id) as session:
        for number in numbers:
            payload = sealing.encode({"q1": number})
            batches.put(session, mixing.survey_id, 1, payload, 4096)
        session.commit()


def _mixings(database, town, miller, every: int) -> int:
    """Let a mixing with all its parts be killed before its n-th step, each time with a survey of its own."""
    die_at, killed = 1, True
    while killed:
        mixing = mill(database, town, slug=f"umfrage-{die_at}")
        _feed(mixing, *range(B))
        mixing.mix()
        _feed(mixing, *range(B, 2 * B))
        killed, _ = miller(mixing, "mix", die_at)
        out, inside = mixing.answers(), sum(count for _, count in mixing.batches())
        assert (len(out), len(set(out)), len(out) + inside) in {(0, 0, 2 * B), (B, B, 2 * B)}, die_at
        mixing.mix()
        assert sorted(mixing.answers()) == list(range(B)), die_at
        mixing.close()
        mixing.mix()
        assert sorted(mixing.answers()) == list(range(2 * B)), die_at
        assert ({state for state, _ in mixing.batches()}, mixing.keys()) == ({"flushed"}, 0), die_at
        die_at += every
        assert die_at < MOST
    return die_at


def test_a_mixing_is_killed_before_every_seventh_step(database, town, morning, miller):
    assert _mixings(database, town, miller, every=7) > 20


@pytest.mark.soak
def test_a_mixing_is_killed_before_each_step(database, town, morning, miller):
    assert _mixings(database, town, miller, every=1) > 20


def test_answering_is_killed_before_each_step(mixing, miller):
    """Four answers in a row; the very first one opens the batch."""
    acknowledged, die_at, killed = [], 1, True
    while killed:
        killed, told = miller(
            mixing, "put", die_at, numbers=[10 * die_at + at for at in range(4)], survey=mixing.survey_id
        )
        acknowledged += told
        die_at += 1
        assert die_at < MOST
    waiting = sum(count for _, count in mixing.batches())
    # An answer may have been stored whose sender was killed before saying so.
    assert len(acknowledged) <= waiting <= len(acknowledged) + die_at
    mixing.close()
    mixing.mix()
    out = mixing.answers()
    assert (len(out), len(set(out)), set(acknowledged) <= set(out), mixing.keys()) == (
        waiting,
        waiting,
        True,
        0,
    )
    assert (len(acknowledged) > 10, die_at > 15) == (True, True)
