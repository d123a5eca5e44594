"""One demo, one browser and one walk through all pages for the tests of this folder."""

import contextlib
import fcntl
import os
import pickle
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from baukasten.db import embedded
from tests.journeys import (
    brought,
    built,
    dispatched,
    exhibition,
    happenings,
    livehours,
    liveroom,
    objecting,
    polled,
    readers,
    returned,
    surveyed,
    townhall,
    written,
)
from tests.journeys.browsing import chromium_path, launched
from tests.journeys.exhibition import Exhibition
from tests.journeys.tour import Tour, groups, together, walk


@pytest.fixture(scope="package")
def shown(server: embedded.Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Exhibition]:
    """The demo's towns, served."""
    with exhibition.opened(server, tmp_path_factory.mktemp("demo")) as opened:
        happenings.take_haste_for_granted(opened)
        happenings.publish_keys(opened)
        happenings.found_town(opened)
        happenings.write_letters(opened)
        happenings.write_in_forum(opened)
        happenings.sort_forum(opened)
        happenings.plan_forum(opened)
        happenings.propose_measure(opened)
        happenings.ask_for_help(opened)
        opened.said.update(townhall.speak(opened))
        opened.said.update(objecting.decide(opened))
        opened.said.update(liveroom.talk(opened))
        opened.said.update(livehours.open_rooms(opened))
        opened.said.update(liveroom.ask(opened))
        opened.said.update(written.begin(opened))
        opened.said.update(readers.subscribe(opened))
        opened.said.update(returned.come_back(opened))
        opened.said.update(dispatched.send(opened))
        opened.said.update(brought.bring(opened))
        opened.said.update(surveyed.ask(opened))
        opened.said.update(polled.poll(opened))
        opened.said.update(built.build(opened))
        yield opened


# For this folder alone: while the driver lives, its event loop occupies the thread.
@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    chromium_path()
    expect.set_options(timeout=60_000)
    with sync_playwright() as playwright:
        opened = launched(playwright)
        yield opened
        opened.close()


@pytest.fixture(scope="package")
def tour(browser: Browser, shown: Exhibition, tmp_path_factory: pytest.TempPathFactory) -> Tour:
    """What a walk through all pages showed; the workers of a run share the ways and read each other's notes."""
    base = tmp_path_factory.getbasetemp()
    alone = "PYTEST_XDIST_WORKER" not in os.environ
    notes = (base if alone else base.parent) / "tour"
    notes.mkdir(exist_ok=True)
    proven: set[str] = set()
    # First what nobody has begun; then what others walk, or gave up.
    for how in (fcntl.LOCK_EX | fcntl.LOCK_NB, fcntl.LOCK_EX):
        for number, group in enumerate(groups()):
            with (
                contextlib.suppress(BlockingIOError),
                (notes / f"{number}.lock").open("w", encoding="ascii") as lock,
            ):
                fcntl.flock(lock, how)
                note = notes / f"{number}.pickle"
                if not note.exists():
                    note.write_bytes(pickle.dumps(walk(browser, shown, group, proven)))
    # This very run wrote them.
    return together(pickle.loads((notes / f"{n}.pickle").read_bytes()) for n in range(len(groups())))  # noqa: S301
