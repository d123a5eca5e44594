"""A new plugin starts, is tidy and passes its own tests; a name or folder that cannot be is refused."""

import subprocess
import sys

import pytest

from baukasten.cli import scaffold
from baukasten.errors import Conflict
from baukasten.plugin.faults import PluginError
from baukasten.testing.contract import CHECKS
from tests.author import settle

LONGEST = "a_name_of_twenty_four_ch"


def test_a_new_plugin_is_complete(tmp_path):
    author = settle(tmp_path)
    assert author.run("baukasten plugin new pinboard").splitlines()[0] == (
        "baukasten-pinboard holds the plugin pinboard. Go on with:"
    )
    plugin = author.at("baukasten-pinboard")
    plugin.run("pip install --editable .")
    assert plugin.run("baukasten plugin check pinboard").splitlines() == [
        "Pinboard 0.1.0",
        *(f"ok       {check.key:<24} {check.title}" for check in CHECKS),
    ]
    assert " passed" in plugin.run("python -m pytest -q").splitlines()[-1]


@pytest.mark.parametrize("name", ["ideas", "pin_board", LONGEST])
def test_it_is_tidy_whatever_its_name(tmp_path, name):
    made = scaffold.write(name, tmp_path / "plugin")
    for command in (["check"], ["format", "--check"]):
        done = subprocess.run(
            [sys.executable, "-m", "ruff", *command, "."],
            cwd=made,
            capture_output=True,
            text=True,
            check=False,
        )
        assert (done.returncode, done.stderr) == (0, ""), done.stdout


def test_it_goes_where_it_is_told_and_leaves_no_mark(tmp_path):
    made = scaffold.write("pin_board", tmp_path / "new" / "place")
    assert made == tmp_path / "new" / "place"
    texts = [path.read_text(encoding="utf-8") for path in made.rglob("*") if path.is_file()]
    assert [text for text in texts if "§" in text] == []
    assert 'name = "baukasten-pin-board"' in (made / "pyproject.toml").read_text()
    assert (made / "baukasten_pin_board/templates/pin_board/list.html").is_file()


def test_every_source_has_its_place():
    sources = {path.name.removesuffix(".in") for path in scaffold.SOURCES.iterdir()}
    assert sources == set(scaffold.FILES)


@pytest.mark.parametrize("name", ["Pinboard", "core", "1st", f"{LONGEST}x", "pin-board"])
def test_a_name_that_no_plugin_can_have_is_refused(tmp_path, name):
    with pytest.raises(PluginError):
        scaffold.write(name, tmp_path / "plugin")
    assert not (tmp_path / "plugin").exists()


def test_nothing_is_written_over(tmp_path):
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(Conflict, match="holds something already"):
        scaffold.write("pinboard", tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]
