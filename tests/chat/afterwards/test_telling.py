"""Calling people by their numbers takes time by how much was said, not by that and how many said it."""

import time

from baukasten_chat.afterwards import telling


def named(number):
    """So many lines that call people, and the people by their names."""
    people = {f"Leserin <{one}> & Co": one for one in range(1, number + 1)}
    return [f"Moin, <mark>@Leserin &lt;{one}&gt; &amp; Co</mark>!" for one in people.values()], people


def test_the_longest_name_is_meant():
    people = {"Anna": 1, "Anna Torf": 2}
    assert telling.nameless("@Anna Torf und @Anna", people) == "@Person 2 und @Person 1"


def test_a_large_evening_is_told_in_a_moment():
    lines, people = named(1_000)
    begun = time.thread_time()
    told = [telling.nameless(line, people) for line in lines]
    assert time.thread_time() - begun < 1.5
    assert told == [f"Moin, <mark>@Person {one}</mark>!" for one in people.values()]
