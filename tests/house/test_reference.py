"""The reference says what runs: no page is stale, every hook has a user, every permission opens something."""

import ast
from pathlib import Path

import pytest

from baukasten.cli import reference
from baukasten.cli.main import CORE_COMMANDS
from baukasten.plugin import hookspecs
from baukasten.testing.contract_code import asked_in_code
from tests.house.tree import ROOT, parsed

FOLDER = ROOT / "docs/reference"
# Kinds of declaration that the registry keeps under another name than the hook's.
KEPT_AS = {"blueprints": "mounts", "module_kinds": "kinds"}
# The platform needs neither: mail goes by SMTP, and nothing stores files.
WITHOUT_IMPLEMENTER = {"open_storage", "send_message"}


@pytest.fixture(scope="module")
def pages(contract):
    return reference.pages(contract, CORE_COMMANDS)


def stranger_hooks() -> set[str]:
    """Name the hooks that the stranger implements, without loading its tables into this process."""
    tree = ast.parse((ROOT / "tests/stranger/baukasten_stranger/plugin.py").read_text(encoding="utf-8"))
    return {
        node.name
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef)
        and any(isinstance(mark, ast.Name) and mark.id == "hookimpl" for mark in node.decorator_list)
    }


def words_of(root: Path) -> set[str]:
    """Collect every attribute that the core's modules name, the plugin room and the commands' pages apart."""
    own = {"core/baukasten/plugin", "core/baukasten/testing"}
    return {
        node.attr
        for name, tree in parsed(root, "core")
        if name != "core/baukasten/cli/reference.py" and str(Path(name).parent) not in own
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
    }


def test_no_page_is_stale(pages):
    written = {path.stem: path.read_text(encoding="utf-8") for path in FOLDER.glob("*.md")}
    stale = sorted(name for name in pages.keys() | written.keys() if pages.get(name) != written.get(name))
    assert stale == [], "run `make docs`"


def test_every_hook_is_described(contract, pages):
    headings = [line[4:] for line in pages["hooks"].splitlines() if line.startswith("### ")]
    assert sorted(headings) == sorted(contract.manager.specs)


def test_every_hook_has_a_user_in_core_forum_or_stranger(contract):
    unused = {
        name
        for name in contract.manager.specs
        if not contract.manager.implementers(getattr(hookspecs, name)) and name not in stranger_hooks()
    }
    assert unused == WITHOUT_IMPLEMENTER


def test_every_hook_is_asked_but_those_that_the_page_names(contract):
    words = words_of(ROOT) | {"on_startup"}  # the manager itself starts the plugins
    waiting = set()
    for name in contract.manager.specs:
        kept = name.removeprefix("register_")
        if not words & {
            name,
            KEPT_AS.get(kept, kept),
            f"{kept}_of",
            *(["links"] if kept == "navigation" else []),
        }:
            waiting.add(name)
    assert waiting == reference.NOT_ASKED


def test_settings_permissions_events_jobs_and_data_are_described(contract, pages):
    registry = contract.registry
    for page, keys in {
        "permissions": registry.permissions,
        "events": registry.events,
        "jobs": registry.jobs,
    }.items():
        named = [line.split("`")[1] for line in pages[page].splitlines() if line.startswith("| `")]
        assert named == list(keys), page
    for page, keys in {"settings": registry.settings, "personal-data": registry.personal_data}.items():
        headings = [line[3:].partition(":")[0] for line in pages[page].splitlines() if line[:3] == "## "]
        assert [name for name in headings if name in keys] == list(keys), page


def test_every_route_of_the_app_is_described(app, pages):
    ours = {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if not rule.endpoint.startswith(("demo.", "static"))
    }
    assert sorted(name for name in ours if f"`{name}` |" not in pages["routes"]) == []


def test_every_permission_opens_something(contract, app):
    registry = contract.registry
    asked = {str(mark) for mark in app.extensions["baukasten.matrix"].values()}
    asked |= {
        feature
        for kind in registry.kinds.values()
        for one in kind.value.features
        for feature in one.permissions
    }
    asked |= {item.value.permission for item in registry.navigation}
    asked |= {export.value.permission for export in registry.exports.values()}
    asked |= asked_in_code(dict(parsed(ROOT)))
    assert sorted(registry.permissions.keys() - asked) == []


def test_every_name_of_the_toolkit_is_explained(pages):
    rows = [line.split(" | ") for line in pages["sdk"].splitlines() if line.startswith("| `")]
    assert [row[0] for row in rows if row[1].removesuffix(" |").strip() == ""] == []


def test_stale_pages_are_written_and_fresh_ones_left_alone(contract, tmp_path):
    first = reference.write(contract, CORE_COMMANDS, tmp_path)
    assert sorted(path.name for path in first) == sorted(path.name for path in FOLDER.glob("*.md"))
    (tmp_path / "hooks.md").write_text("old")
    assert reference.write(contract, CORE_COMMANDS, tmp_path) == [tmp_path / "hooks.md"]
