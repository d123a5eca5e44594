"""A manifest is refused for a wrong name, version or core."""

import pytest

from baukasten.plugin import Manifest
from baukasten.plugin.faults import PluginError


def manifest(**changes: str) -> Manifest:
    given = {"name": "forum", "title": "Forum", "version": "1.0", "core": ">=0.1,<1"}
    return Manifest(**(given | changes))


def test_a_fitting_manifest_says_how_its_tables_begin() -> None:
    manifest().check("0.1.0")
    assert manifest().table_prefix == "forum_"


@pytest.mark.parametrize("version", ["0.1.0", "0.9", "0.2.0.dev1"])
def test_a_core_in_range_fits(version: str) -> None:
    manifest().check(version)


@pytest.mark.parametrize("version", ["0.0.9", "1.0", "2"])
def test_a_core_out_of_range_names_plugin_range_and_core(version: str) -> None:
    with pytest.raises(PluginError) as caught:
        manifest(name="beirat").check(version)
    assert str(caught.value) == f"plugin beirat: needs Baukasten >=0.1,<1, this is {version}"


@pytest.mark.parametrize("name", ["Forum", "2fa", "for-um", "forum_", "a__b", "", "core.forum", "x" * 25])
def test_a_name_is_small_letters_digits_and_underscores(name: str) -> None:
    with pytest.raises(PluginError, match=r"a name is at most 24 small letters and digits"):
        manifest(name=name).check("0.1.0")


@pytest.mark.parametrize("name", ["core", "platform", "baukasten"])
def test_the_cores_names_are_taken(name: str) -> None:
    with pytest.raises(PluginError, match=r"this name is the core's own"):
        manifest(name=name).check("0.1.0")


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("title", " ", "the manifest has no title"),
        ("version", "one", "the manifest is wrong: .*one"),
        ("core", "0.1 or so", "the manifest is wrong: .*0.1 or so"),
    ],
)
def test_other_nonsense_is_named(field: str, value: str, message: str) -> None:
    with pytest.raises(PluginError, match=message):
        manifest(**{field: value}).check("0.1.0")
