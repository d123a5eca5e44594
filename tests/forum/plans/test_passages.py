"""Texts become passages, and passages find their way into the next wording."""

import pytest

from baukasten_forum.plans.passages import moved, passages, quote

TEXT = """# Ziele

Der Hafen wird **offen** für alle.

- Wege
- Wege am Wasser

---

## Wege

Drei Meter breit.

> Zitat
>
> über zwei Absätze
"""


def test_blocks_become_passages_with_their_headings():
    found = passages(TEXT)
    assert [quote(one) for one in found] == [
        "Ziele Der Hafen wird offen für alle.",
        "Wege Wege am Wasser",
        "Wege Drei Meter breit.",
        "Zitat über zwei Absätze",
    ]
    assert found[0].startswith("<h2>Ziele</h2>")
    assert found[3].count("<p>") == 2


@pytest.mark.parametrize(("text", "count"), [("# Nur Titel", 1), ("", 0), ("---", 0), ("a\n\nb", 2)])
def test_odd_texts(text, count):
    assert len(passages(text)) == count


def test_headings_begin_below_the_pages_own_without_gaps():
    found = passages("### Eins\n\na\n\n##### Zwei\n\nb\n\n### Drei\n\nc")
    assert [one[:13] for one in found] == ["<h2>Eins</h2>", "<h3>Zwei</h3>", "<h2>Drei</h2>"]


def test_hostile_texts_stay_safe():
    found = passages("<script>alert(1)</script>\n\n[x](javascript:alert(1))\n\n<b>offen")
    assert [one.count("<p>") for one in found] == [1, 1, 1]
    assert not any("<script" in one or "javascript:" in one.split(">")[0] for one in found)


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        ("abc", "abc", {1: 1, 2: 2, 3: 3}),
        ("abc", "xabc", {1: 2, 2: 3, 3: 4}),
        ("abc", "aXc", {1: 1, 2: 2, 3: 3}),
        ("abc", "ac", {1: 1, 3: 2}),
        ("abc", "aXYc", {1: 1, 3: 4}),
        ("abc", "", {}),
    ],
)
def test_remarks_find_their_passage_again(before, after, found):
    assert moved(list(before), list(after)) == found
