"""Blocks: what may be stored, and what is read of it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from baukasten.errors import Invalid
from baukasten_newsletter.keys import Slot
from baukasten_newsletter.letters import blocks
from baukasten_newsletter.letters.blocks import Block, Kind
from tests.newsletter.letters.test_linting import JSON, NEARLY


@pytest.mark.parametrize(
    "raw",
    [
        None, {}, "text", [None], [[]], [{}], [{"kind": 1}], [{"kind": "bomb"}], [{"kind": "text", "text": 1}],
        [{"kind": "text", "text": "x", "more": 1}], [{"kind": "text", "text": "x" * 20_001}],
        [{"kind": "heading", "level": 1}], [{"kind": "heading", "level": True}], [{"kind": "heading", "level": "2"}],
        [{"kind": "image", "media": -1}], [{"kind": "image", "media": 2**63}], [{"kind": "image", "media": True}],
        [{"kind": "image", "decoration": "yes"}], [{"kind": "projects", "slugs": "x"}],
        [{"kind": "projects", "slugs": [1]}], [{"kind": "projects", "slugs": ["x"] * 21}], [{"kind": "divider"}] * 61,
    ],
)  # fmt: skip
def test_whatever_is_not_of_the_form_is_refused(raw):
    with pytest.raises(Invalid) as refused:
        blocks.check(raw)
    assert [*refused.value.errors] == ["blocks"]


def test_each_kind_is_stored_with_its_own_fields_and_read_again():
    for kind in Kind:
        stored = blocks.store([Block(kind)])
        assert set(stored[0]) == {"kind", *blocks.FIELDS[kind]}
        assert blocks.check(stored) == [Block(kind)]


def test_marks_of_slots_and_signs_that_harm_are_taken_out():
    assert blocks.words(f"a {Slot.LEAVE}\n\0b\u202e") == "a leave b"
    (one,) = blocks.check([{"kind": "text", "text": f"{Slot.WHY}\r\n\0"}])
    assert one.text == "why"


@pytest.mark.parametrize(
    ("path", "right"),
    [
        ("/regeln", True), ("/", True), ("//x.example", False), ("/\\x", False), ("/a b", False), ("", False),
        ("https://a.example/x?y=1#z", True), ("http://a.example", True), ("https://", False),
        ("https://a@b.example", False),
        ("javascript:alert(1)", False), ("data:text/html,x", False), ("mailto:rat@a.example", True), ("mailto:", False),
        ("https://[", False), ("a.example", False), ('https://a.example/"x', False),
    ],
)  # fmt: skip
def test_links_lead_to_the_site_or_the_web(path, right):
    assert blocks.is_address(path) == right


@pytest.mark.parametrize(
    ("text", "right"), [("2035-04-01T18:00", True), ("2035-04-01", True), ("", False), ("morgen", False),
                        ("2035-04-01T18:00+02:00", False), ("0001-01-01T00:00", False), ("9999-12-31T23:59", False)]
)  # fmt: skip
def test_a_date_has_a_day_in_our_time(text, right):
    assert (blocks.moment_of(text) is not None) == right


@given(st.lists(NEARLY | JSON, max_size=5) | JSON)
def test_nothing_posted_or_stored_raises_anything_but_invalid(raw):
    kept = blocks.read(raw)
    try:
        assert blocks.check(raw) == kept
    except Invalid:
        assert not isinstance(raw, list) or len(kept) <= len(raw)
