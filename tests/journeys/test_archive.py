"""The signed archive, opened from a folder: no server, no scripts, and readable by everybody."""

import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from baukasten.plugin.work import Work, begin
from baukasten.projects import queries
from baukasten.web import i18n
from baukasten_forum.exporting import archive
from tests.journeys.browsing import NARROW, visiting
from tests.journeys.exhibition import Exhibition
from tests.journeys.pages import TOWN
from tests.journeys.test_valid_html import objections
from tests.journeys.tour import CONTRAST, LIGHT, TARGETS, WIDER

ALONE = {"preload": False}
"""Axe would ask for the style sheet once more, which a browser refuses to pages from a folder."""


@pytest.fixture(scope="module")
def unpacked(shown: Exhibition, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The archive of the demo's liveliest forum, unpacked."""
    folder = tmp_path_factory.mktemp("archive")
    town = shown.town(TOWN)
    with shown.database.session(town.id) as session, (folder / "archive.zip").open("w+b") as out:
        project = queries.find_project(session, "alter-torfhafen")
        assert project is not None
        begin(session, Work(0, 1, town, frozenset({"forum"})))
        with i18n.speaking(i18n.translator("de")):
            archive.build(session, queries.modules(session, project.id)[0], out)
    with zipfile.ZipFile(folder / "archive.zip") as packed:
        packed.extractall(folder)
    return folder


def test_its_pages_are_accessible(browser: Browser, unpacked: Path):
    pages = [
        unpacked / "index.html",
        *sorted((unpacked / "topics").iterdir(), key=lambda one: one.stat().st_size),
    ]
    assert len(pages) > 5
    found: dict[str, list[str]] = {}
    with visiting(browser) as visitor:
        for page in pages:
            visitor.page.goto(page.as_uri())
            light = visitor.axe(LIGHT | ALONE)
            visitor.page.emulate_media(color_scheme="dark")
            dark = visitor.axe(CONTRAST | ALONE)
            visitor.page.emulate_media(color_scheme="light")
            visitor.page.set_viewport_size(NARROW)  # type: ignore[arg-type]
            found[page.name] = [*light, *dark, *visitor.axe(TARGETS | ALONE), *visitor.page.evaluate(WIDER)]
        assert [finding for one in found.values() for finding in one] == []
        assert visitor.complaints == []
        assert visitor.asked - {""} == set()


def test_its_pages_are_valid(unpacked: Path, tmp_path: Path):
    for number, page in enumerate(unpacked.rglob("*.html")):
        (tmp_path / f"{number}.html").write_bytes(page.read_bytes())
    assert objections(tmp_path) == []
