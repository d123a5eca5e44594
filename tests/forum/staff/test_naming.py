"""How staff names posts and topics."""

import pytest

from baukasten.errors import Invalid
from baukasten_forum.staff import naming


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("3", {3}),
        ("3, 5-7", {3, 5, 6, 7}),
        ("#2; #4 – #5", {2, 4, 5}),
        ("2\n3\n", {2, 3}),
        ("7, 7, 6-8", {6, 7, 8}),
    ],
)
def test_posts_are_read(text, numbers):
    assert naming.posts(text) == numbers


@pytest.mark.parametrize(
    "text", ["", " , ", "drei", "5-3", "0", "1-201", "1--3", "9" * 30, "3\x00", "-1", "٣"]
)
def test_other_words_for_posts_are_refused(text):
    with pytest.raises(Invalid):
        naming.posts(text)


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("42", 42),
        (" Nr. 42 ", 42),
        ("#42", 42),
        ("https://stadt.example/beteiligung/hafen/forum/42-treppe", 42),
        ("https://stadt.example/beteiligung/hafen/forum/42-treppe?nach=50#post-77", 42),
        ("https://stadt.example/forum/42/7", 42),
        ("http://stadt.example:8000/en/forum/42", 42),
    ],
)
def test_topics_are_read(text, topic):
    assert naming.topic(text) == topic


@pytest.mark.parametrize(
    "text", ["", "Treppe", "0", "9" * 19, "https://stadt.example/forum/", "4 2", "42\x00", "-3"]
)
def test_other_words_for_topics_are_refused(text):
    with pytest.raises(Invalid):
        naming.topic(text)
