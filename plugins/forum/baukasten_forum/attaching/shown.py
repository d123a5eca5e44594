"""Files as pages show them: under a post for readers, in the form for who writes."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from baukasten.plugin import MediaRef
from baukasten.sdk import Scope, media_of, translator
from baukasten_forum.attaching.basket import NO_WORDS, PICTURE, Basket
from baukasten_forum.keys import POST_TYPE

SMALL = 480
"""Longest edge of a thumbnail in pixels."""
KINDS = {"application/pdf": "PDF", "text/csv": "CSV", "text/plain": "TXT"}
MEGA, KILO = 1_000_000, 1_000


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture under a post."""

    url: str
    small: str
    alt: str
    width: int
    height: int
    """Of the thumbnail, so that the page does not jump when it comes."""


@dataclass(frozen=True, slots=True)
class Paper:
    """An attachment under a post."""

    url: str
    name: str
    facts: str
    """Its kind and size in words, such as ``PDF, 1,2 MB``."""


@dataclass(frozen=True, slots=True)
class Files:
    """All that was added to a post."""

    pictures: Sequence[Picture] = ()
    papers: Sequence[Paper] = ()


NONE = Files()


@dataclass(frozen=True, slots=True)
class Carried:
    """A file in the form, with what is known and what is missing."""

    id: int
    name: str
    facts: str
    picture: Picture | None
    words: str
    plain: bool
    """Whether its uploader said that it is mere decoration."""
    problem: str


def of_posts(session: Scope, ids: Sequence[int]) -> Mapping[int, Files]:
    """Give the files of posts by id, in one statement; ask for those only whose text is shown."""
    return {post_id: files(refs) for post_id, refs in media_of(session, POST_TYPE, ids).items()}


def files(refs: Iterable[MediaRef]) -> Files:
    """Give files as templates show them."""
    every = list(refs)
    return Files(
        [picture(one) for one in every if one.kind == PICTURE],
        [Paper(one.url, one.name, facts(one)) for one in every if one.kind != PICTURE],
    )


def carried(basket: Basket, *, asked: bool) -> list[Carried]:
    """Give the files of a form; ``asked`` says that words are needed now."""
    return [
        Carried(
            id=one.id,
            name=one.name,
            facts=facts(one),
            picture=picture(one) if one.kind == PICTURE else None,
            words=one.alt or "",
            plain=one.alt == "",
            problem=basket.errors.get(one.id, "")
            or (str(NO_WORDS) if asked and basket.is_wordless(one) else ""),
        )
        for one in basket.files
    ]


def picture(ref: MediaRef) -> Picture:
    """Give a picture with the size of its thumbnail."""
    width, height = ref.width or 1, ref.height or 1
    scale = min(1.0, SMALL / max(width, height))
    sides = (max(1, round(width * scale)), max(1, round(height * scale)))
    return Picture(ref.url, ref.url_small, ref.alt or "", *sides)


def facts(ref: MediaRef) -> str:
    """Say what kind of file it is and how large, such as ``PDF, 1,2 MB``."""
    kind = KINDS.get(ref.media_type.partition(";")[0], ref.name.rpartition(".")[2].upper())
    large = ref.bytes >= MEGA
    size = round(ref.bytes / MEGA, 1) if large else max(1, round(ref.bytes / KILO))
    return f"{kind}, {translator().number(size)} {'MB' if large else 'KB'}"
