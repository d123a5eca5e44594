"""A live process that loses its database says so once, and tells everybody where they stand when it is back."""

import logging
import threading
import time

from baukasten.realtime import beat as beats
from tests.core.realtime.murmur import WISHES, enter, received


def test_a_database_that_is_away_is_one_warning_and_the_tick_comes_later(
    connect, put, dispatcher, monkeypatch, caplog
):
    module, client = put(slug="here"), connect()
    enter(client, module.id)
    WISHES.away.add(module.id)
    monkeypatch.setattr(beats, "BEAT_SECONDS", 0.01)
    dispatcher.beat.tick_soon()
    ticks: list[dict[str, object]] = []

    def arrived():
        ticks.extend(received(client, "tick"))
        return ticks

    follower = threading.Thread(target=dispatcher.beat.follow)
    with caplog.at_level(logging.WARNING):
        follower.start()
        try:
            _until(lambda: WISHES.lost[module.id] > 2)
            WISHES.state[module.id] = 7
            WISHES.away.clear()
            _until(arrived)
        finally:
            dispatcher.beat._stop.set()
            follower.join()
            dispatcher.beat._stop.clear()
    assert [(one.levelname, one.exc_info) for one in caplog.records] == [("WARNING", None)]
    assert [one["state"] for one in ticks] == [{"version": 7}]


def _until(true):
    end = time.monotonic() + 60
    while not true():
        assert time.monotonic() < end
        time.sleep(0.01)
