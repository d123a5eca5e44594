"""Words of a text as the guess counts them: the same in learning and in guessing."""

import math
import re
import unicodedata
from collections.abc import Collection, Mapping

WORD = re.compile(r"[^\W\d_]{3,30}")
MOST = 2_000
"""Words of one text; whoever writes more says no more by it."""


def words(text: str) -> list[str]:
    """Give the different words of a text in small letters, in the order of the alphabet."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return sorted(set(WORD.findall(folded)[:MOST]))


def likelihood(bias: float, weights: Mapping[str, float], found: Collection[str]) -> float:
    """Give the chance of a measure between 0 and 1, never exactly either: logistic regression over words."""
    total = bias + sum(weights.get(word, 0.0) for word in found)
    chance = 1 / (1 + math.exp(-max(-30.0, min(30.0, total))))
    return min(max(chance, 1e-6), 1 - 1e-6)


def telling(weights: Mapping[str, float], found: Collection[str], most: int = 3) -> list[str]:
    """Give the words that speak most for a measure, strongest first."""
    speaking = [(weights[word], word) for word in found if weights.get(word, 0.0) > 0]
    return [word for _weight, word in sorted(speaking, key=lambda pair: (-pair[0], pair[1]))[:most]]
