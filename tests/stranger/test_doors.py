"""A stranger comes in by two doors and needs no other."""

import ast
from pathlib import Path

import pytest

HERE = Path(__file__).parent
PACKAGES = ("baukasten_stranger", "baukasten_twin")
DOORS = {"baukasten.plugin", "baukasten.sdk"}
MODULES = sorted(path for package in PACKAGES for path in (HERE / package).rglob("*.py"))


def imported(path: Path) -> set[str]:
    """Name the modules that a file imports from; `from a import b` may mean the module a.b."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom):
            whole = node.module or ""
            found |= {f"{whole}.{name.name}" for name in node.names} if whole == "baukasten" else {whole}
    return found


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(HERE).as_posix())
def test_only_the_two_doors_are_used(path: Path) -> None:
    ours = {name for name in imported(path) if name.split(".")[0] == "baukasten"}
    assert ours - DOORS == set()


def test_the_stranger_does_use_both() -> None:
    assert set().union(*(imported(path) for path in MODULES)) >= DOORS
