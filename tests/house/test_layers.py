"""Rooms import downwards, plugins through two doors, nothing in a circle; and each contract catches its fault."""

import ast
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.tree import ROOT, functions, parsed, project

FIRST_PARTY = re.compile(r"baukasten(_\w+)?(\.|$)")
FLASK_CONTEXT = {"request", "g", "current_app", "session"}
# What rooms hand to the gate: here, and nowhere else below the views, a request becomes values.
CHECKS = {"access/enforce.py", "identity/entrance.py", "projects/locate.py", "tenants/resolve.py"}
CONTRACTS = {contract["name"] for contract in project()["tool"]["importlinter"]["contracts"]}


def verdicts(checkout: Path) -> dict[str, str]:
    """Run import-linter over a checkout and return each contract's name with KEPT or BROKEN."""
    roots = [checkout / folder for folder in project(checkout)["tool"]["hatch"]["build"]["dev-mode-dirs"]]
    report = subprocess.run(
        [
            sys.executable,
            "-c",
            "from importlinter.cli import lint_imports_command; lint_imports_command()",
            "--no-cache",
        ],
        cwd=checkout,
        # Ahead of the installed checkout, so that a copy is what gets read.
        env=os.environ | {"PYTHONPATH": os.pathsep.join(map(str, roots)), "COLUMNS": "200", "NO_COLOR": "1"},
        capture_output=True,
        check=False,
        text=True,
    )
    found = dict(re.findall(r"^(.+?) (KEPT|BROKEN)\b.*$", report.stdout, re.MULTILINE))
    assert found, report.stdout + report.stderr
    return found


def hidden_imports(root: Path) -> list[str]:
    """Name the functions that import one of our own modules, which is how circles get plastered over."""
    return [
        f"{name}:{statement.lineno}"
        for name, tree in parsed(root)
        for function in functions(tree)
        for statement in ast.walk(function)
        if (
            isinstance(statement, ast.Import)
            and any(FIRST_PARTY.match(alias.name) for alias in statement.names)
        )
        or (isinstance(statement, ast.ImportFrom) and FIRST_PARTY.match(statement.module or ""))
    ]


def context_below_the_views(root: Path) -> list[str]:
    """Name the modules that reach for Flask's context although they should be handed values."""
    return [
        name
        for name, tree in parsed(root)
        if name.removeprefix("core/baukasten/") not in CHECKS
        and not re.search(r"/(web|realtime)/|/(views|forms)(_\w+)?\.py$|/(views|forms)/", name)
        for statement in ast.walk(tree)
        if isinstance(statement, ast.ImportFrom)
        and statement.module == "flask"
        and FLASK_CONTEXT & {alias.name for alias in statement.names}
    ]


@pytest.fixture
def copy(tmp_path):
    """A copy of the sources, to plant faults in."""
    for top in ("core", "plugins"):
        shutil.copytree(
            ROOT / top,
            tmp_path / top,
            ignore=shutil.ignore_patterns("__pycache__", "static", "templates", "node_modules"),
        )
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_the_house_keeps_its_contracts():
    assert verdicts(ROOT) == dict.fromkeys(CONTRACTS, "KEPT")


def test_every_contract_catches_its_fault(copy):
    (copy / "core/baukasten/clock.py").write_text("import baukasten.db\n")
    (copy / "core/baukasten/plugin/blind.py").write_text("import baukasten_forum\n")
    (copy / "core/baukasten/plugin/egg.py").write_text("import baukasten.plugin.hen\n")
    (copy / "core/baukasten/plugin/hen.py").write_text("import baukasten.plugin.egg\n")
    (copy / "plugins/forum/baukasten_forum/window.py").write_text("import baukasten.db\n")
    second = copy / "plugins/forum/baukasten_second"
    second.mkdir()
    (second / "__init__.py").write_text("import baukasten_forum\n")
    settings = copy / "pyproject.toml"
    settings.write_text(
        settings.read_text()
        .replace('root_packages = ["baukasten",', 'root_packages = ["baukasten", "baukasten_second",')
        .replace('modules = ["baukasten_chat"', 'modules = ["baukasten_second", "baukasten_chat"')
    )
    assert verdicts(copy) == dict.fromkeys(CONTRACTS, "BROKEN")


def test_a_room_without_a_floor_is_refused(copy):
    room = copy / "core/baukasten/attic"
    room.mkdir()
    (room / "__init__.py").touch()
    broken = [name for name, verdict in verdicts(copy).items() if verdict == "BROKEN"]
    assert broken == ["A room imports from lower floors only"]


def test_no_function_imports_our_own_modules():
    assert hidden_imports(ROOT) == []


def test_services_get_values_not_the_request():
    assert context_below_the_views(ROOT) == []


def test_planted_imports_are_found(tmp_path):
    room = tmp_path / "core/baukasten/room"
    room.mkdir(parents=True)
    (room / "service.py").write_text(
        "from flask import g\n\ndef verb():\n    from baukasten.db import base\n"
    )
    (room / "views.py").write_text("from flask import request\n\ndef view():\n    import json\n")
    assert hidden_imports(tmp_path) == ["core/baukasten/room/service.py:4"]
    assert context_below_the_views(tmp_path) == ["core/baukasten/room/service.py"]
