"""Where a contribution belongs, in words."""

from types import SimpleNamespace
from typing import Any

import pytest

from baukasten_forum.places import place_of


@pytest.mark.parametrize(
    ("place", "plan", "passage", "said"),
    [
        ("", None, None, ""),
        ("Kai", None, None, "Kai"),
        ("", "Bebauungsplan", 3, "Bebauungsplan, passage 3"),
        ("Kai", "Bebauungsplan", None, "Kai, Bebauungsplan"),
    ],
)
def test_place_plan_and_passage(place, plan, passage, said):
    topic: Any = SimpleNamespace(place=place, plan=plan, passage=passage)
    assert place_of(topic) == said
