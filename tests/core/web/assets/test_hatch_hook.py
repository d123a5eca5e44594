"""A wheel carries its assets and catalogues, and is refused without them."""

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from baukasten.web.assets.catalogues import CHECKOUT

HERE = Path("core/baukasten/web/assets")
BUILD = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", "out", "."]


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A small checkout: the real build settings, hook and scripts, and just enough beside them."""
    for name in ("pyproject.toml", "README.md", "LICENSE", ".gitignore"):
        shutil.copy(CHECKOUT / name, tmp_path)
    skip = shutil.ignore_patterns("node_modules", "__pycache__")
    shutil.copytree(CHECKOUT / HERE, tmp_path / HERE, ignore=skip)
    shutil.copytree(CHECKOUT / "themes/klar", tmp_path / "themes/klar")
    catalogue = "core/baukasten/translations/de/LC_MESSAGES"
    (tmp_path / catalogue).mkdir(parents=True)
    shutil.copy(CHECKOUT / catalogue / "core.po", tmp_path / catalogue)
    (tmp_path / "plugins/forum/baukasten_forum").mkdir(parents=True)
    for package in ("core/baukasten", "plugins/forum/baukasten_forum"):
        (tmp_path / package / "__init__.py").write_text('"""Empty."""\n', encoding="utf-8")
    (tmp_path / "core/baukasten/static").mkdir()
    return tmp_path


def wheel(checkout: Path, npm: str) -> subprocess.CompletedProcess[str]:
    tools = checkout / "tools"
    tools.mkdir()
    (tools / "npm").write_text(npm, encoding="utf-8")
    (tools / "npm").chmod(0o755)
    path = f"{tools}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(
        BUILD, cwd=checkout, env={**os.environ, "PATH": path}, capture_output=True, text=True, check=False
    )


def test_wheel_is_refused_without_assets(checkout: Path) -> None:
    done = wheel(checkout, "#!/bin/sh\nexit 5\n")
    assert done.returncode != 0
    assert "No wheel without its assets and catalogues: build.py failed" in done.stdout + done.stderr
    assert not list(checkout.glob("out/*.whl"))


def test_wheel_carries_what_git_ignores(checkout: Path) -> None:
    # The state of a finished build: the hook finds it current and asks npm for nothing.
    vendor = checkout / "core/baukasten/static/vendor"
    for name in ("fonts/fonts.css", "socket.io/socket.io.min.js"):
        (vendor / name).parent.mkdir(parents=True)
        (vendor / name).write_text("part", encoding="utf-8")
    (checkout / HERE / "build.py").write_text('"""Nothing to build."""\n', encoding="utf-8")
    done = wheel(checkout, "#!/bin/sh\nexit 5\n")
    assert done.returncode == 0, done.stderr
    with zipfile.ZipFile(next(checkout.glob("out/*.whl"))) as archive:
        names = set(archive.namelist())
    assert {
        "baukasten/static/vendor/fonts/fonts.css",
        "baukasten/static/vendor/socket.io/socket.io.min.js",
        "baukasten/translations/de/LC_MESSAGES/core.mo",
        "baukasten/themes/klar/tokens.css",
    } - names == set()
