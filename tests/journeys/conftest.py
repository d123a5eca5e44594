"""One demo, one browser and one walk through all pages for the tests of this folder."""

import fcntl
import os
import pickle
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from baukasten.db import embedded
from tests.journeys import exhibition, pages, townhall
from tests.journeys.browsing import chromium_path, launched
from tests.journeys.exhibition import Exhibition
from tests.journeys.tour import Tour, walk


@pytest.fixture(scope="package")
def shown(server: embedded.Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Exhibition]:
    """The demo's towns, served."""
    with exhibition.opened(server, tmp_path_factory.mktemp("demo")) as opened:
        pages.found_town(opened)
        pages.write_letters(opened)
        pages.write_in_forum(opened)
        pages.sort_forum(opened)
        pages.plan_forum(opened)
        opened.said.update(townhall.speak(opened))
        yield opened


# For this folder alone: while the driver lives, its event loop occupies the thread.
@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    chromium_path()
    with sync_playwright() as playwright:
        opened = launched(playwright)
        yield opened
        opened.close()


@pytest.fixture(scope="package")
def tour(browser: Browser, shown: Exhibition, tmp_path_factory: pytest.TempPathFactory) -> Tour:
    """What a walk through all pages showed; of two workers of a run one walks and the other reads its notes."""
    base = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" not in os.environ:
        return walk(browser, shown)
    notes = base.parent / "tour.pickle"
    with (base.parent / "tour.lock").open("w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not notes.exists():
            notes.write_bytes(pickle.dumps(walk(browser, shown)))
        found: Tour = pickle.loads(notes.read_bytes())  # noqa: S301 - this very run wrote it
        return found
