"""Reads the tree as data: each function takes a root, so that a planted fault can be shown to be found."""

import ast
import functools
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]

Function = ast.FunctionDef | ast.AsyncFunctionDef


def modules(root: Path, *tops: str) -> list[Path]:
    """Return the Python files below the given folders, without what builds leave there."""
    found = (path for top in tops or ("core", "plugins") for path in (root / top).rglob("*.py"))
    return sorted(path for path in found if not {"node_modules", "vendor", "build"} & set(path.parts))


def parsed(root: Path, *tops: str) -> Iterator[tuple[str, ast.Module]]:
    """Yield each module's path below the root with its syntax tree."""
    for path in modules(root, *tops):
        yield path.relative_to(root).as_posix(), tree_of(path, path.stat().st_mtime_ns)


@functools.cache
def tree_of(path: Path, _changed: int) -> ast.Module:
    """Give a file's syntax tree, which many tests look at and none changes."""
    return ast.parse(path.read_text(encoding="utf-8"))


def functions(tree: ast.Module) -> Iterator[Function]:
    """Yield every function and method, nested ones too."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def lines_of(path: Path) -> int:
    """Count the lines of a file."""
    return len(path.read_text(encoding="utf-8").splitlines())


def span(node: Function) -> int:
    """Count the lines from `def` to the end; decorators are not part of the body."""
    return (node.end_lineno or node.lineno) - node.lineno + 1


def tracked(root: Path = ROOT) -> list[Path]:
    """Return the files that git keeps, or would keep at the next commit."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],  # noqa: S607 - git is on the path
        cwd=root,
        capture_output=True,
        check=True,
        text=True,
    )
    paths = (root / name for name in sorted(set(listed.stdout.split("\0"))) if name)
    return [path for path in paths if path.is_file()]


def project(root: Path = ROOT) -> dict[str, Any]:
    """Return pyproject.toml."""
    return tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
