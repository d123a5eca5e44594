"""Random answers to every kind of question, some of them missing."""

import random

SHARE = 0.85
"""Of people who answer a question."""


def drawn(draw: random.Random):
    """Give the answers of one person to the survey of every kind."""
    makers = {
        "single": lambda: draw.choice(["a1", "a1", "a2", "_other", "_none"]),
        "multiple": lambda: _many(draw, ["m1", "m2", "m3", "_none"]),
        "dropdown": lambda: draw.choice(["d1", "d2"]),
        "image": lambda: draw.choice(["i1", "i2"]),
        "images": lambda: _many(draw, ["i1", "i2"]),
        "yes": lambda: draw.random() < 0.3,
        "likert": lambda: draw.choice(["l1", "l2", "l3"]),
        "nps": lambda: draw.choice([*range(11), "_none"]),
        "diff": lambda: {row: draw.randint(1, 5) for row in ("r1", "r2") if draw.random() < SHARE} or None,
        "rank": lambda: draw.sample(["k1", "k2", "k3"], draw.randint(1, 3)),
        "long": lambda: "Wort " * draw.randint(1, 5),
        "number": lambda: round(draw.gauss(40, 15), 2),
        "slider": lambda: draw.randint(0, 10),
        "day": lambda: f"2026-{draw.randint(1, 12):02}-{draw.randint(1, 28):02}",
        "time": lambda: f"{draw.randint(6, 18):02}:{draw.randint(0, 59):02}",
        "ms": lambda: {row: draw.choice(["c1", "c2", "_none"]) for row in ("r1", "r2")},
        "mm": lambda: (
            {row: draw.choice([["c1"], ["c1", "c2"]]) for row in ("r1", "r2") if draw.random() < 0.6} or None
        ),
        "mn": lambda: {"r1": {"c1": draw.randint(0, 9), "c2": draw.randint(0, 9)}},
        "mt": lambda: {"r1": {"c1": "Wort"}},
        "map": lambda: {
            "shapes": [{"type": "Point", "coordinates": [1, 2]}] * draw.randint(0, 3),
            "text": "hier",
        },
        "agree": lambda: True,
        "half": lambda: draw.randint(0, 20) / 2,
        "from": lambda: "plakat",
    }
    found = {code: make() for code, make in makers.items() if draw.random() < SHARE}
    return {code: value for code, value in found.items() if value is not None}


def _many(draw, names):
    """Choose some, or say that one does not want to."""
    if draw.random() < 0.1 and "_none" in names:
        return "_none"
    plain = [name for name in names if name != "_none"]
    return [name for name in plain if draw.random() < 0.5] or [plain[0]]
