"""Files under a post: thumbnails that do not make the page jump, papers with kind and size."""

import dataclasses

import pytest

from baukasten.plugin import MediaRef
from baukasten_forum.attaching import shown
from baukasten_forum.attaching.basket import Basket

PHOTO = MediaRef(7, "picture", "Kai.webp", "image/webp", 90_000, 2000, 1500, "Die Treppe", "/gross", "/klein")
PAPER = MediaRef(8, "paper", "Plan.pdf", "application/pdf", 1_240_000, None, None, None, "/datei", "/datei")


@pytest.mark.parametrize(
    ("sides", "small"),
    [
        ((2000, 1500), (480, 360)),
        ((1500, 2000), (360, 480)),
        ((100, 50), (100, 50)),
        ((2000, 100), (480, 24)),
    ],
)
def test_thumbnails_have_their_true_size(sides, small):
    made = shown.picture(dataclasses.replace(PHOTO, width=sides[0], height=sides[1]))
    assert (made.width, made.height) == small


@pytest.mark.parametrize(
    ("media_type", "size", "said"),
    [
        ("application/pdf", 1_240_000, "PDF, 1.2 MB"),
        ("text/csv; charset=utf-8", 400, "CSV, 1 KB"),
        ("text/plain; charset=utf-8", 12_400, "TXT, 12 KB"),
    ],
)
def test_papers_say_kind_and_size(media_type, size, said):
    assert shown.facts(dataclasses.replace(PAPER, media_type=media_type, bytes=size)) == said


def test_pictures_and_papers_are_told_apart():
    found = shown.files([PAPER, PHOTO])
    assert [one.alt for one in found.pictures] == ["Die Treppe"]
    assert [one.name for one in found.papers] == ["Plan.pdf"]


def test_the_form_asks_for_words_when_it_is_time():
    basket = Basket([dataclasses.replace(PHOTO, alt=None), PAPER])
    assert [one.problem for one in shown.carried(basket, asked=False)] == ["", ""]
    first, second = shown.carried(basket, asked=True)
    assert "what the picture shows" in first.problem
    assert second.problem == ""
    assert shown.carried(Basket([dataclasses.replace(PHOTO, alt="")]), asked=True)[0].plain
