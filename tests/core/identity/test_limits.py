"""Counted attempts: per address, per network, per both; under a turned clock; without raw values."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import create_engine, text

from baukasten import clock
from baukasten.errors import TooMany
from baukasten.identity import limits
from baukasten.identity.limits import Limit, Limiter

START = dt.datetime(2026, 5, 3, 12, 0, tzinfo=dt.UTC)


@pytest.fixture
def limiter(database):
    return Limiter(database, "only-for-tests")


@pytest.fixture
def rows(database_urls):
    engine = create_engine(database_urls.owner)
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM platform.rate_limit"))
    with engine.connect() as connection:
        yield lambda: connection.execute(text("SELECT * FROM platform.rate_limit")).all()
    engine.dispose()


def test_an_address_is_limited_whatever_the_network(limiter):
    limit = Limit("one", 600, address=3, network=100)
    with clock.turned(START):
        for number in range(3):
            limiter.take(limit, address="a@post.example", network=f"192.0.2.{number}")
        with pytest.raises(TooMany):
            limiter.take(limit, address="a@post.example", network="192.0.2.99")
        limiter.take(limit, address="b@post.example", network="192.0.2.99")


def test_a_network_is_limited_whatever_the_address(limiter):
    limit = Limit("two", 600, address=100, network=3)
    with clock.turned(START):
        for number in range(3):
            limiter.take(limit, address=f"{number}@post.example", network="192.0.2.7")
        with pytest.raises(TooMany):
            limiter.take(limit, address="z@post.example", network="192.0.2.7")


def test_a_pair_is_limited_first_so_that_others_cannot_lock_a_person_out(limiter):
    limit = Limit("three", 600, address=100, network=100, pair=2)
    with clock.turned(START):
        for _ in range(2):
            limiter.take(limit, address="a@post.example", network="192.0.2.8")
        with pytest.raises(TooMany):
            limiter.take(limit, address="a@post.example", network="192.0.2.8")
        limiter.take(limit, address="a@post.example", network="192.0.2.9")


def test_the_window_opens_again_when_it_said_so(limiter):
    limit = Limit("four", 600, address=1, network=100)
    with clock.turned(START + dt.timedelta(seconds=90)):
        limiter.take(limit, address="a@post.example")
        with pytest.raises(TooMany) as refused:
            limiter.take(limit, address="a@post.example")
        assert refused.value.retry_after == 510
        clock.forward(dt.timedelta(seconds=509))
        with pytest.raises(TooMany):
            limiter.take(limit, address="a@post.example")
        clock.forward(dt.timedelta(seconds=1))
        limiter.take(limit, address="a@post.example")


def test_neither_address_nor_network_is_stored_and_keys_change_daily(limiter, rows):
    limit = Limit("five", 600, address=9, network=9, pair=9)
    with clock.turned(START):
        limiter.take(limit, address="secret@post.example", network="203.0.113.77")
        clock.forward(dt.timedelta(days=1))
        limiter.take(limit, address="secret@post.example", network="203.0.113.77")
    keys = [row.key for row in rows()]
    assert len(set(keys)) == 6
    assert all(len(key) == 64 and set(key) <= set("0123456789abcdef") for key in keys)


def test_another_secret_gives_other_keys(database, rows):
    limit = Limit("six", 600, address=9, network=9)
    with clock.turned(START):
        Limiter(database, "one").take(limit, address="a@post.example")
        Limiter(database, "two").take(limit, address="a@post.example")
    assert [row.hits for row in rows()] == [1, 1]


def test_fifty_at_once_are_all_counted(limiter, rows):
    limit = Limit("race", 600, address=20, network=1_000, pair=1_000)

    def attempt(_number):
        try:
            limiter.take(limit, address="a@post.example", network="192.0.2.1")
        except TooMany:
            return False
        return True

    with clock.turned(START), ThreadPoolExecutor(10) as pool:
        assert sum(pool.map(attempt, range(50))) == 20
    assert sorted(row.hits for row in rows()) == [50, 50, 50]


@pytest.mark.parametrize(
    ("remote", "home"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::9", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("", "unknown"),
        ("not an address", "unknown"),
    ],
)
def test_the_part_of_an_address_that_a_household_shares(remote, home):
    assert limits.home_of(remote) == home
