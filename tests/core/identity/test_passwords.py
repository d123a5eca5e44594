"""Passwords: good enough, stored safely, checked in equal time."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from baukasten.errors import Invalid
from baukasten.identity import passwords

GOOD = "drei rote Tassen"


@pytest.fixture(autouse=True)
def _as_in_production(monkeypatch, costly_hasher):
    """Work as hard as in production, unlike all other tests; the hash that stands in for none is made anew."""
    monkeypatch.setattr(passwords, "HASHER", costly_hasher)
    passwords._dummy.cache_clear()
    yield
    passwords._dummy.cache_clear()


def test_stored_is_argon2id_and_never_twice_the_same():
    first, second = passwords.digest(GOOD), passwords.digest(GOOD)
    assert first.startswith("$argon2id$")
    assert first != second
    assert passwords.matches(first, GOOD)
    assert not passwords.matches(first, GOOD + " ")


def test_two_ways_to_write_an_umlaut_are_one_password():
    assert passwords.matches(passwords.digest("Schöne Grüße 1"), "Scho\u0308ne Gru\u0308ße 1")


@pytest.mark.parametrize("stored", [None, "", "not a hash"])
def test_nothing_matches_nothing(stored):
    assert not passwords.matches(stored, "nobody has this password")
    assert not passwords.matches(stored, "")


def test_the_same_work_is_done_without_an_account(monkeypatch):
    asked = []

    class Counting:
        def verify(self, stored, password):
            asked.append(stored.split("$")[1:4])
            return passwords_verify(stored, password)

    passwords.matches(None, "warm")
    passwords_verify = passwords.HASHER.verify
    stored = passwords.digest(GOOD)
    monkeypatch.setattr(passwords, "HASHER", Counting())
    assert passwords.matches(stored, GOOD)
    assert not passwords.matches(None, GOOD)
    # The same algorithm, version and cost, once each.
    assert asked == [["argon2id", "v=19", "m=65536,t=3,p=4"]] * 2


@pytest.mark.parametrize(
    ("password", "address"),
    [
        ("zu kurz", ""),
        ("1234567890", ""),
        ("Passwort123", ""),
        ("aaaaaaaaaaaa", ""),
        ("abababababab", ""),
        ("martha.klein!", "martha.klein@post.example"),
        ("x" * 201, ""),
    ],
)
def test_what_is_guessed_first_is_refused(password, address):
    with pytest.raises(Invalid) as refused:
        passwords.check(password, address=address)
    assert list(refused.value.errors) == ["password"]


def test_words_are_enough():
    passwords.check(GOOD, address="martha@post.example")


def test_so_many_at_once_and_no_more(monkeypatch):
    at_once, most = [], []

    class Watching:
        def hash(self, password):
            at_once.append(password)
            most.append(len(at_once))
            stored = real.hash(password)
            at_once.pop()
            return stored

    real = passwords.HASHER.__class__(time_cost=1, memory_cost=1_024, parallelism=1)
    monkeypatch.setattr(passwords, "HASHER", Watching())
    with ThreadPoolExecutor(16) as pool:
        list(pool.map(passwords.digest, ["drei rote Tassen"] * 64))
    assert 1 <= max(most) <= 4


def test_a_hash_of_other_settings_is_outdated():
    assert not passwords.is_outdated(passwords.digest(GOOD))
    weak = passwords.HASHER.__class__(time_cost=1, memory_cost=8, parallelism=1).hash(GOOD)
    assert passwords.is_outdated(weak)


def test_the_work_may_be_done_elsewhere():
    asked = []

    def apply(work, values):
        asked.append(values[-1])
        return work(*values)

    passwords.matches(None, "so that the dummy is there")
    passwords.work_in(apply)
    try:
        stored = passwords.digest("drei kurze worte")
        assert passwords.matches(stored, "drei kurze worte")
        assert not passwords.matches(stored, "drei lange worte")
    finally:
        passwords.work_in(None)
    assert asked == ["drei kurze worte", "drei kurze worte", "drei lange worte"]
    assert passwords.matches(stored, "drei kurze worte")
    assert len(asked) == 3
