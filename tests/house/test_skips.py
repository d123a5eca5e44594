"""A skip is always shown, and in CI it fails the run unless its reason is an accepted one."""

import os
import subprocess
import sys

import pytest

from tests import skips
from tests.house.tree import ROOT

SKIPPING = """
import pytest

def test_runs():
    assert True

@pytest.mark.skip(reason="no browser here")
def test_browser():
    assert False

@pytest.mark.xfail(reason="known")
def test_known():
    assert False
"""


def run(folder, *, ci):
    (folder / "test_one.py").write_text(SKIPPING)
    (folder / "test_two.py").write_text("import pytest\npytest.skip('no server', allow_module_level=True)\n")
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "tests.skips", "-c", os.devnull, "--rootdir", folder, folder],
        cwd=ROOT,
        env=os.environ | {"CI": ci},
        capture_output=True,
        check=False,
        text=True,
    )


@pytest.mark.parametrize(("ci", "code"), [("true", 1), ("", 0)])
def test_only_ci_fails(tmp_path, ci, code):
    done = run(tmp_path, ci=ci)
    assert done.returncode == code, done.stdout
    shown = [line for line in done.stdout.splitlines() if line.startswith("test_")]
    assert [line.partition(": ")[2] for line in shown if ": " in line] == ["no browser here", "no server"]
    assert ("2 skipped without an accepted reason" in done.stdout) == (ci == "true")
    assert "1 passed, 2 skipped, 1 xfailed" in done.stdout.splitlines()[-1]


def test_an_accepted_reason_passes(monkeypatch):
    monkeypatch.setitem(skips.ACCEPTED, "no server", "the other one is tested")
    assert skips.unaccepted([("a", "no server today"), ("b", "no browser")]) == [("b", "no browser")]
