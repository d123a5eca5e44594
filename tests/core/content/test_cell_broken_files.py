"""Whatever is broken in a file, the answer is a refusal or a clean file, never an accident."""

import random

import pytest

from baukasten.content import papers, pictures
from baukasten.errors import Invalid
from tests.core.content import traced

SOURCES = {
    one.__name__: one for one in (traced.jpeg, traced.png, traced.webp, traced.gif, traced.heic, traced.pdf)
}
TRIES = 25


def broken(data, dice):
    """The file with bytes changed, lost and added at random places."""
    body = bytearray(data)
    for _ in range(dice.choice([1, 2, 5, 30])):
        at, way = dice.randrange(len(body)), dice.random()
        if way < 0.6:
            body[at] = dice.randrange(256)
        elif way < 0.8 and len(body) > 100:
            del body[at : at + dice.randrange(1, 50)]
        else:
            body[at:at] = dice.randbytes(dice.randrange(1, 20))
    return bytes(body)


@pytest.mark.parametrize("name", SOURCES)
def test_broken_files_are_refused_or_clean(name):
    dice, source = random.Random(4711), SOURCES[name]()  # noqa: S311 - no secret, only damage
    made = []
    for _ in range(TRIES):
        data = broken(source, dice)
        try:
            if name == "pdf":
                made.append(papers.clean(data).data)
            else:
                picture = pictures.rework(data)
                made += [picture.large, picture.small]
        except Invalid as refused:
            assert set(refused.errors) == {"files"}  # noqa: PT017 - most are refused, some are not
    assert [traced.left(data) for data in made] == [[] for _ in made]
