"""Contributions in German of the length and variety that people write, made of our own sentences."""

import random
import tomllib
from pathlib import Path

WORDS: dict[str, list[str]] = tomllib.loads(
    Path(__file__).with_name("german.toml").read_text(encoding="utf-8")
)


class Writer:
    """Makes texts that differ; the same seed gives the same texts."""

    def __init__(self, seed: int) -> None:
        """Begin with a seed."""
        self._chance = random.Random(seed)  # noqa: S311 - texts, not secrets

    def title(self) -> str:
        """Give a title of a few words."""
        return self._sentence("titles")

    def body(self) -> str:
        """Give a contribution in Markdown: two sentences or a page, now and then with a list or a quotation."""
        chance = self._chance
        paragraphs = [f"{self._sentence('openings')} {self._paragraph()}"]
        paragraphs += [self._paragraph() for _more in range(chance.choice((0, 1, 1, 2, 3)))]
        if chance.random() < 0.2:
            paragraphs.insert(0, f"> {self._sentence('plain')}")
        if chance.random() < 0.15:
            paragraphs.append("\n".join(f"- {self._sentence('dense')}" for _item in range(3)))
        if chance.random() < 0.15:
            paragraphs.append(f"**{self._sentence('dense')}**")
        if chance.random() < 0.3:
            paragraphs.append(self._sentence("endings"))
        return "\n\n".join(paragraphs)

    def _paragraph(self) -> str:
        kinds = self._chance.choices(("dense", "plain"), (3, 1), k=self._chance.randint(2, 5))
        return " ".join(self._sentence(kind) for kind in kinds)

    def _sentence(self, kind: str) -> str:
        said = self._pick(kind).format(
            how=self._pick("how"), place=self._pick("places"), thing=self._pick("things"),
            people=self._pick("people"), time=self._pick("times"), worry=self._pick("worries"),
            he=self._compound("he"), he2=self._compound("he"), she=self._compound("she"), she2=self._compound("she"),
            it=self._compound("it"), it2=self._compound("it"), number=self._chance.randint(12, 480),
            few=self._chance.randint(2, 9), year=self._chance.randint(1950, 1989),
            year2=self._chance.randint(1990, 2025),
        )  # fmt: skip
        return said[0].upper() + said[1:]

    def _compound(self, kind: str) -> str:
        return self._pick("fronts") + self._pick(kind)

    def _pick(self, kind: str) -> str:
        return self._chance.choice(WORDS[kind])
