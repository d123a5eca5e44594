"""What changed between two wordings, and how long it takes to tell."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from baukasten_forum.writing.differences import Change, between

SAME, GONE, NEW = Change.SAME, Change.GONE, Change.NEW


@pytest.mark.parametrize(
    ("old", "new", "stretches"),
    [
        ("", "", []),
        ("Gern.", "Gern.", [(SAME, "Gern.")]),
        ("Breite Stufen", "Schmale Stufen", [(GONE, "Breite"), (NEW, "Schmale"), (SAME, " Stufen")]),
        ("eins zwei drei", "eins drei", [(SAME, "eins "), (GONE, "zwei "), (SAME, "drei")]),
        ("ein Wort", "ein ganz neues Wort", [(SAME, "ein "), (NEW, "ganz neues "), (SAME, "Wort")]),
        ("rot grün", "blau gelb", [(GONE, "rot grün"), (NEW, "blau gelb")]),
        ("eins\n\nzwei", "eins\n\nzwei\n\ndrei", [(SAME, "eins\n\nzwei"), (NEW, "\n\ndrei")]),
        ("Ja.", "Ja!", [(SAME, "Ja"), (GONE, "."), (NEW, "!")]),
    ],
)  # fmt: skip
def test_what_changed(old, new, stretches):
    assert [tuple(one) for one in between(old, new)] == stretches


WORDS = st.lists(st.sampled_from(["a", "b", "c", "Wort", ".", "\n"]), max_size=30).map(" ".join)


@given(WORDS, WORDS)
def test_both_wordings_can_be_read_from_it(old, new):
    found = between(old, new)
    assert "".join(text for change, text in found if change is not NEW) == old
    assert "".join(text for change, text in found if change is not GONE) == new
    assert all(text for _change, text in found)


@pytest.mark.parametrize("count", [2_000, 10_000])
def test_long_changes_are_told_as_a_whole_and_soon(count):
    old, new = ("x " * count).strip(), ("y " * count).strip()
    begun = time.thread_time()
    assert [one.change for one in between(old, new)] == [GONE, NEW]
    assert time.thread_time() - begun < 1
