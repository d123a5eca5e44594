"""A puzzle is solved by looking, for one town and one person, in time."""

import dataclasses
import datetime as dt
import secrets

import pytest

from baukasten import clock
from baukasten.web import puzzle
from baukasten.web.puzzle import SECONDS, Solver, hashed

NOW = dt.datetime(2026, 11, 22, 9, tzinfo=dt.UTC)
ANNA = Solver("secret", 1, 7)


@pytest.fixture(autouse=True)
def few(monkeypatch):
    """Few numbers, so that a test finds the one."""
    monkeypatch.setattr(puzzle, "MOST", 50)
    with clock.turned(NOW):
        yield


def solved(made):
    number = next(number for number in range(50) if hashed(made.salt, number) == made.challenge)
    return f"{made.salt}:{number}:{made.signature}"


def test_whoever_found_the_number_has_a_proof_with_a_name():
    made = ANNA.new()
    assert ANNA.proof(solved(made)) == made.salt.partition(".")[0] != ""
    assert ANNA.new().salt != made.salt


@pytest.mark.parametrize(
    "solver", [Solver("secret", 2, 7), Solver("secret", 1, 8), Solver("secret", 1, 0), Solver("other", 1, 7)]
)
def test_it_proves_nothing_elsewhere(solver):
    assert solver.proof(solved(ANNA.new())) == ""


def test_it_ends_in_time():
    solution = solved(ANNA.new())
    with clock.turned(NOW + dt.timedelta(seconds=SECONDS)):
        assert ANNA.proof(solution) != ""
    with clock.turned(NOW + dt.timedelta(seconds=SECONDS + 1)):
        assert ANNA.proof(solution) == ""


def test_nothing_of_it_can_be_changed():
    made = ANNA.new()
    salt, number, signature = solved(made).split(":")
    name, ends = salt.split(".")
    for forged in (
        f"{salt}:{int(number) + 1}:{signature}",
        f"{salt}:{number}:{'0' * 64}",
        f"{name}.{int(ends) + 999}:{number}:{signature}",
        f"x{salt}:{number}:{signature}",
        f"{salt}:{number}",
    ):
        assert ANNA.proof(forged) == ""


@pytest.mark.parametrize(
    "nonsense", ["", ":", "::", "a:1:b", "a.1:1:b", "a.9:" + "9" * 150 + ":b", "ä.1:1:b", "\0", "a.²:1:b"]
)
def test_nonsense_is_no_proof(nonsense):
    assert ANNA.proof(nonsense) == ""


def test_it_costs_no_more_than_it_says(monkeypatch):
    monkeypatch.setattr(secrets, "randbelow", lambda most: most - 1)
    made = dataclasses.replace(ANNA.new())
    assert made.challenge == hashed(made.salt, 49)
    # One block of SHA-256 holds it, as the browser's script relies on.
    assert len(f"{made.salt}.{puzzle.MOST * 100_000}") < 56
