"""Addresses of what a module shows, with and without a language."""

from baukasten.plugin.refs import ModuleRef, ProjectRef
from baukasten.projects.links import module_path

PLACED = ModuleRef(1, "stall", "stand", "Stand", ProjectRef(1, "hafen", "Hafen"))


def test_a_path_is_built_from_the_place_and_the_kinds_own_rule(contract):
    assert module_path(contract, PLACED, "entry") == "/beteiligung/hafen/stand/"
    assert module_path(contract, PLACED, "note", number=7) == "/beteiligung/hafen/stand/notiz/7/"
    assert (
        module_path(contract, PLACED, "note", number=7, after="a b")
        == "/beteiligung/hafen/stand/notiz/7/?after=a+b"
    )
    assert module_path(contract, ModuleRef(2, "stall", "tafel", "Tafel"), "write") == "/tafel/schreiben"
