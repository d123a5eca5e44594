"""The stranger's distribution, installed as an operator does it, is found by its entry points."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
FIND = """
import json
from baukasten.plugin.discovery import discover
from baukasten.plugin.manager import PluginManager
found = {one.name: one for one in discover() if one.distribution == "baukasten-stranger"}
PluginManager(found.values())
print(json.dumps({
    name: [
        one.manifest.version, one.distribution, one.migrations and one.migrations.name,
        [part for part in ("templates", "static", "translations") if one.part(part)],
    ] for name, one in found.items()
}))
"""


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install into a folder of its own, not into the environment of the tests."""
    target = tmp_path_factory.mktemp("installed")
    options = ["--no-deps", "--no-build-isolation", "--no-index", "--quiet", "--disable-pip-version-check"]
    subprocess.run(
        [sys.executable, "-m", "pip", "install", "--target", str(target), *options, str(HERE)],
        check=True,
        capture_output=True,
    )
    return target


def test_both_plugins_are_found_with_all_their_folders(installed: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(installed)}
    done = subprocess.run(
        [sys.executable, "-c", FIND], check=True, capture_output=True, env=environment, cwd=installed
    )
    assert json.loads(done.stdout) == {
        "stranger": ["1.2.0", "baukasten-stranger", "migrations", ["templates", "static", "translations"]],
        "twin": ["1.2.0", "baukasten-stranger", None, []],
    }


def test_without_installation_they_are_not_there() -> None:
    done = subprocess.run([sys.executable, "-c", FIND], check=True, capture_output=True, cwd=HERE.parent)
    assert json.loads(done.stdout) == {}
