"""The asset build copies what is locked, says plainly when it cannot, and never leaves half a state."""

import importlib.util
import json
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from baukasten.web.assets import build as original

SOURCES = ("build.py", "package.json", "package-lock.json", "fonts.css", "fira-sans-OFL.txt")
FAKE_NPM = """#!/bin/sh
[ "$1 $2" = "ci --ignore-scripts" ] || exit 9
fonts=node_modules/@kern-ux/native/dist/fonts/fira-sans
mkdir -p $fonts node_modules/socket.io-client/dist
for cut in Regular Medium SemiBold; do echo $cut > $fonts/FiraSans-$cut.woff2; done
echo script > node_modules/socket.io-client/dist/socket.io.min.js
echo licence > node_modules/socket.io-client/LICENSE
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    here = tmp_path / "baukasten/web/assets"
    here.mkdir(parents=True)
    (tmp_path / "baukasten/static").mkdir()
    for name in SOURCES:
        shutil.copy(original.HERE / name, here)
    return here


def run(folder: Path, npm: str | None, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the script as a bare Python does, without any package and with the given npm alone."""
    tools = folder.parent / "bin"
    tools.mkdir(exist_ok=True)
    if npm is not None:
        (tools / "npm").write_text(npm, encoding="utf-8")
        (tools / "npm").chmod(0o755)
    call = [sys.executable, "-I", "-S", str(folder / "build.py"), *arguments]
    path = f"{tools}:/usr/bin:/bin" if npm is not None else str(tools)
    return subprocess.run(call, env={"PATH": path}, capture_output=True, text=True, check=False)


def load(folder: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("a_copy_of_build", folder / "build.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_build_brings_every_part_with_its_licence_and_is_quick_the_second_time(folder: Path) -> None:
    first = run(folder, FAKE_NPM)
    assert (first.returncode, first.stdout) == (0, "Built 7 assets\n")
    vendor = folder.parents[1] / "static/vendor"
    assert sorted(str(path.relative_to(vendor)) for path in vendor.rglob("*") if path.is_file()) == [
        ".stamp",
        "fonts/OFL.txt",
        "fonts/fira-sans-400.woff2",
        "fonts/fira-sans-500.woff2",
        "fonts/fira-sans-600.woff2",
        "fonts/fonts.css",
        "socket.io/LICENSE",
        "socket.io/socket.io.min.js",
    ]
    # Without fonttools the whole font comes along, as it is.
    assert (vendor / "fonts/fira-sans-600.woff2").read_text() == "SemiBold\n"
    again = run(folder, "#!/bin/sh\nexit 5\n")
    assert (again.returncode, again.stdout) == (0, "Assets are up to date\n")


def test_machine_without_node_is_told_so(folder: Path) -> None:
    alone = run(folder, None)
    assert (alone.returncode, alone.stdout) == (1, "")
    assert alone.stderr == f"{original.NO_NODE}\n{original.FALLBACK}\n"
    assert run(folder, None, "--optional").returncode == 0
    assert not (folder.parents[1] / "static/vendor").exists()


def test_failing_npm_leaves_the_old_state(folder: Path) -> None:
    run(folder, FAKE_NPM)
    (folder / "package.json").write_text("{}", encoding="utf-8")
    failed = run(folder, "#!/bin/sh\nexit 5\n")
    assert failed.returncode == 1
    assert failed.stderr.splitlines()[0] == "npm could not install the packages (it ended with 5)."
    assert (folder.parents[1] / "static/vendor/fonts/fonts.css").is_file()


def test_missing_part_fails_and_leaves_nothing_half_done(folder: Path) -> None:
    failed = run(folder, "#!/bin/sh\nmkdir -p node_modules\n")
    assert failed.returncode == 1
    assert failed.stderr.startswith("A part is missing or broken: ")
    assert not (folder.parents[1] / "static/vendor").exists()


def test_state_is_out_of_date_when_a_file_or_a_source_changes(folder: Path) -> None:
    run(folder, FAKE_NPM)
    build = load(folder)
    (build.VENDOR / ".stamp").write_text(build.fingerprint(), encoding="utf-8")
    assert build.is_current()
    (build.VENDOR / "fonts/OFL.txt").rename(folder / "aside")
    assert not build.is_current()
    (folder / "aside").rename(build.VENDOR / "fonts/OFL.txt")
    assert build.is_current()
    (folder / "package-lock.json").write_text("{}", encoding="utf-8")
    assert not build.is_current()


def test_lock_pins_every_package_and_names_no_host() -> None:
    text = (original.HERE / "package-lock.json").read_text(encoding="utf-8")
    packages = {name: entry for name, entry in json.loads(text)["packages"].items() if name}
    assert "://" not in text
    assert [name for name, entry in packages.items() if not entry.get("integrity")] == []
