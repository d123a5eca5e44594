"""Every page of the demo is valid HTML, by the validator that the W3C runs."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.journeys.browsing import VNU, need
from tests.journeys.pages import PAGES
from tests.journeys.tour import Tour

pytestmark = pytest.mark.browser

ACCEPTED = {
    "appears to be written in German": "it guesses from what people wrote, which stays as it is on English pages",
}
"""What the validator objects to although it is right: words of its message → why."""


def objections(folder: Path) -> list[tuple[str, str]]:
    """Validate all files of a folder in one run and give file and message of each error and warning."""
    java = shutil.which("java")
    if java is None:
        pytest.skip("java is missing: apt-get install default-jre-headless")
    # Xss: long pages nest deeply in its parser.
    call = [
        java,
        "-Xss4m",
        "-jar",
        str(need(VNU)),
        "--format",
        "json",
        "--exit-zero-always",
        "--stdout",
        str(folder),
    ]
    done = subprocess.run(call, capture_output=True, text=True, check=True)
    found = json.loads(done.stdout)["messages"]
    return [
        (Path(one.get("url", "")).name, f"{one['message']} … {one.get('extract', '')}")
        for one in found
        if one["type"] != "info" or one.get("subType") == "warning"
    ]


def test_every_page_is_valid(tour: Tour, tmp_path):
    for number, page in enumerate(PAGES):
        (tmp_path / f"{number}.html").write_text(tour.sights[str(page)].html, encoding="utf-8")
    found = [
        f"{PAGES[int(Path(name).stem)]}: {message}"
        for name, message in objections(tmp_path)
        if not any(words in message for words in ACCEPTED)
    ]
    assert found == [], "\n".join(found)


def test_an_invalid_page_is_found_out(tmp_path):
    page = '<!doctype html><html lang="de"><title>Kaputt</title><p><ul></ul></p><img src="a.png">'
    (tmp_path / "0.html").write_text(page, encoding="utf-8")
    messages = sorted(message.partition(" … ")[0] for _, message in objections(tmp_path))
    assert [message[:40] for message in messages] == [
        "An “img” element must have an “alt” attr",
        "No “p” element in scope but a “p” end ta",
    ]
