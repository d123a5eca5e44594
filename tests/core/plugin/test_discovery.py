"""Plugins are found by the entry points of installed distributions."""

import sys
from pathlib import Path
from types import ModuleType

import pytest

from baukasten.plugin import Manifest
from baukasten.plugin.discovery import Plugin, discover
from baukasten.plugin.faults import PluginError

SOURCE = """
from baukasten.plugin import Manifest
manifest = Manifest({name!r}, "Sprechstunde", "1.0", ">=0.1,<1", migrations={migrations!r})
"""


def install(place: Path, name: str, target: str, source: str) -> None:
    """Lay a distribution down as an installer does: a package and its metadata."""
    package = place / f"found_{name}"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("")
    (package / "plugin.py").write_text(source)
    info = place / f"dist_{name}-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: dist-{name}\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(f"[test.found]\n{name} = {target}\n")


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.syspath_prepend(str(tmp_path))
    yield tmp_path
    for name in [name for name in sys.modules if name.startswith("found_")]:
        del sys.modules[name]


def test_installed_plugins_are_found_sorted_with_their_origin(place: Path) -> None:
    for name in ("zebra", "adler"):
        install(place, name, f"found_{name}.plugin", SOURCE.format(name=name, migrations=None))
    found = discover("test.found")
    assert [(one.name, one.distribution, one.module.__name__) for one in found] == [
        ("adler", "dist-adler", "found_adler.plugin"),
        ("zebra", "dist-zebra", "found_zebra.plugin"),
    ]
    assert found[0].migrations is None


def test_the_folders_of_the_package_are_found(place: Path) -> None:
    install(place, "adler", "found_adler.plugin", SOURCE.format(name="adler", migrations="migrations"))
    (place / "found_adler" / "migrations").mkdir()
    (place / "found_adler" / "templates").mkdir()
    (adler,) = discover("test.found")
    assert adler.folder == place / "found_adler"
    assert adler.migrations == place / "found_adler" / "migrations"
    assert adler.part("templates") == place / "found_adler" / "templates"
    assert adler.part("static") is None


def test_a_missing_folder_of_migrations_is_an_error(place: Path) -> None:
    install(place, "adler", "found_adler.plugin", SOURCE.format(name="adler", migrations="migrations"))
    (adler,) = discover("test.found")
    with pytest.raises(PluginError, match=r"^plugin adler: the folder migrations is missing"):
        adler.migrations  # noqa: B018 - the property refuses


@pytest.mark.parametrize(
    ("target", "source", "message"),
    [
        ("found_adler.gone", "", "plugin adler: cannot be loaded: ModuleNotFoundError"),
        ("found_adler.plugin", "1 / 0", "plugin adler: cannot be loaded: ZeroDivisionError"),
        ("found_adler.plugin", "", "plugin adler: found_adler.plugin has no manifest"),
        ("found_adler.plugin:here", "here = 1", "plugin adler: the entry point must name a module"),
        (
            "found_adler.plugin",
            SOURCE.format(name="zebra", migrations=None),
            "plugin adler: the manifest says zebra; both names must be the same",
        ),
    ],
)
def test_what_cannot_be_a_plugin_stops_the_start_by_name(
    place: Path, target: str, source: str, message: str
) -> None:
    install(place, "adler", target, source)
    with pytest.raises(PluginError) as caught:
        discover("test.found")
    assert str(caught.value).startswith(message)
    assert caught.value.plugin == "adler"


def test_a_module_can_be_given_without_being_installed() -> None:
    made = ModuleType("made_adler")
    made.manifest = Manifest("adler", "Adler", "1.0", ">=0.1")  # type: ignore[attr-defined]
    adler = Plugin.of(made)
    assert (adler.name, adler.folder, adler.part("static")) == ("adler", None, None)
