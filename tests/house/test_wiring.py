"""Every first-party plugin stands in all the places that make it part of the distribution."""

import pytest

from tests.house.tree import ROOT, project

PLUGINS = sorted(path.parent.name for path in ROOT.glob("plugins/*/baukasten_*") if path.is_dir())
SETTINGS = project()


def test_there_are_plugins():
    assert "forum" in PLUGINS


def test_a_plugin_folder_holds_one_package_of_its_name():
    packages = sorted(path.relative_to(ROOT).as_posix() for path in ROOT.glob("plugins/*/*/__init__.py"))
    assert packages == [f"plugins/{name}/baukasten_{name}/__init__.py" for name in PLUGINS]


def test_source_roots():
    assert SETTINGS["tool"]["hatch"]["build"]["dev-mode-dirs"] == [
        "core",
        *(f"plugins/{name}" for name in PLUGINS),
    ]


def test_wheel():
    expected = ["core/baukasten", *(f"plugins/{name}/baukasten_{name}" for name in PLUGINS)]
    assert SETTINGS["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"] == expected


def test_entry_points():
    expected = {name: f"baukasten_{name}.plugin" for name in PLUGINS}
    assert SETTINGS["project"]["entry-points"]["baukasten.plugins"] == expected


def test_type_checker():
    assert SETTINGS["tool"]["mypy"]["mypy_path"] == ":".join(
        ["core", *(f"plugins/{name}" for name in PLUGINS), "tests/stranger", "."]
    )


def test_import_contracts():
    rules = SETTINGS["tool"]["importlinter"]
    by_type = {(rule["type"], len(rule.get("ignore_imports", [])) > 0): rule for rule in rules["contracts"]}
    packages = [f"baukasten_{name}" for name in PLUGINS]
    assert rules["root_packages"] == ["baukasten", *packages]
    assert by_type["forbidden", False]["forbidden_modules"] == packages
    assert by_type["forbidden", True]["source_modules"] == packages
    assert by_type["independence", False]["modules"] == packages
    assert by_type["acyclic_siblings", False]["ancestors"] == ["baukasten", *packages]
    doors = ("baukasten.plugin", "baukasten.plugin.**", "baukasten.sdk", "baukasten.sdk.**")
    expected = {f"{package}.** -> {door}" for package in packages for door in doors}
    assert set(by_type["forbidden", True]["ignore_imports"]) == expected


@pytest.mark.parametrize("name", PLUGINS)
def test_a_plugin_brings_what_a_town_reads(name):
    folder = ROOT / "plugins" / name
    assert (folder / "README.md").read_text(encoding="utf-8").startswith("# ")
    assert (folder / "quality.toml").is_file()
    assert (folder / f"baukasten_{name}" / "py.typed").is_file()
