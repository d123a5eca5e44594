"""The specs say which family a hook is of and what fits as an answer."""

from collections import Counter

import pytest
from markupsafe import Markup

from baukasten.plugin import Event, ProjectPublished, Stat, lazy
from baukasten.plugin.manager import PluginManager

SPECS = PluginManager().specs


def test_every_hook_is_of_a_family() -> None:
    assert Counter(spec.family for spec in SPECS.values()) == {
        "declaration": 22,
        "contribution": 4,
        "decision": 2,
        "answer": 2,
        "life": 4,
    }
    assert [dict(spec.arguments) for spec in SPECS.values() if spec.family == "declaration"] == [{}] * 22


class Store:
    """Has what a storage needs, without saying so."""

    def write(self, _name: str, _data: bytes) -> None: ...

    def read(self, _name: str) -> bytes:
        return b""

    def delete(self, _name: str) -> None: ...


@pytest.mark.parametrize(
    ("hook", "value", "misfit"),
    [
        ("fill_outlet", Markup("<p>"), ""),
        ("fill_outlet", "<p>", "str instead of Markup"),
        ("count_stats", [Stat("a", "b", 1)], ""),
        ("count_stats", (), ""),
        ("count_stats", Stat("a", "b", 1), "Stat instead of a list of Stat"),
        ("count_stats", [Stat("a", "b", 1), "rubbish"], "str in a list of Stat"),
        ("count_stats", "rubbish", "str instead of a list of Stat"),
        ("count_stats", iter(()), "tuple_iterator instead of a list of Stat"),
        ("veto_access", lazy("twin")("No."), ""),
        ("veto_access", True, "bool instead of str"),
        ("open_storage", Store(), ""),
        ("open_storage", object(), "object instead of Storage"),
        ("register_events", [ProjectPublished, Event], ""),
        ("register_events", [ProjectPublished(1, 2)], "ProjectPublished in a list of Event"),
        ("register_events", [str], "type in a list of Event"),
    ],
)
def test_an_answer_is_looked_at_roughly(hook: str, value: object, misfit: str) -> None:
    assert SPECS[hook].misfit(value) == misfit
