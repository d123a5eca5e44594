"""Words as squares that a camera reads (QR, ISO/IEC 18004)."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

import segno

QUIET = 2
"""Light squares around a drawing; on white pages cameras manage with less than the four of the standard."""


@dataclass(frozen=True, slots=True)
class QrCode:
    """The dark squares of a code, as runs from left to right: column, row and how many there are side by side."""

    side: int
    """Squares in each direction."""
    runs: Sequence[tuple[int, int, int]]

    @property
    def size(self) -> int:
        """Give the side of a drawing in squares, with its quiet edge."""
        return self.side + 2 * QUIET

    @property
    def path(self) -> str:
        """Give the dark squares as the path of an SVG whose view box is as large as ``size``."""
        return "".join(f"M{x + QUIET} {y + QUIET}h{wide}v1h-{wide}z" for x, y, wide in self.runs)


def qr_code(words: str) -> QrCode:
    """Draw words, of which a sixth may be smudged (level M); raises ValueError beyond about 2,000 signs."""
    matrix = segno.make(words, error="m", micro=False).matrix
    runs = []
    for y, row in enumerate(matrix):
        x = 0
        for dark, squares in groupby(row):
            wide = len(list(squares))
            if dark:
                runs.append((x, y, wide))
            x += wide
    return QrCode(len(matrix), runs)
