"""Colours that can be read: contrast after WCAG 2.2, for both modes of a theme."""

import re
from collections.abc import Mapping

ACTION = "--kern-color-action-default"
ON_ACTION = "--kern-color-action-on-default"
PAPER = "--kern-color-layout-background-hued"
SURFACE = "--kern-color-layout-background-default"
TEXT = "--kern-color-layout-text-default"
MUTED = "--kern-color-layout-text-muted"
BORDER = "--kern-color-layout-border"
FOCUS = "--kern-color-action-focus-default"

READ, SEEN = 4.5, 3.0
"""Least contrast of text (1.4.3) and of what one must find (1.4.11)."""
GATE: tuple[tuple[str, str, float], ...] = (
    (ACTION, PAPER, READ),
    (ACTION, SURFACE, READ),
    (ON_ACTION, ACTION, READ),
    (TEXT, PAPER, READ),
    (TEXT, SURFACE, READ),
    (MUTED, PAPER, READ),
    (BORDER, PAPER, SEEN),
    (BORDER, SURFACE, SEEN),
    (FOCUS, PAPER, SEEN),
    ("--bk-accent", PAPER, READ),
    ("--bk-on-accent", "--bk-accent", READ),
    ("--bk-on-deep", "--bk-deep", READ),
    ("--bk-foot-ink", "--bk-foot-bg", READ),
)

_DECLARATION = re.compile(r"(--[a-z0-9-]+)\s*:\s*([^;{}]+)")
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_HEX = re.compile(r"#([0-9a-f]{3}|[0-9a-f]{6})", re.IGNORECASE)
_MODES = re.compile(r"light-dark\(\s*([^,()]+)\s*,\s*([^,()]+)\s*\)")
_REFERENCE = re.compile(r"var\(\s*(--[a-z0-9-]+)\s*\)")


def without_comments(css: str) -> str:
    """Give a sheet without what browsers skip."""
    return _COMMENT.sub("", css)


def tokens_of(css: str) -> dict[str, list[str]]:
    """Give every value that a sheet gives each token, in order; the last one is what new browsers show."""
    found: dict[str, list[str]] = {}
    for name, value in _DECLARATION.findall(without_comments(css)):
        found.setdefault(name, []).append(value.strip())
    return found


def modes_of(css: str) -> dict[str, dict[str, str]]:
    """Give the tokens as seen in light, in dark, and by browsers that lack ``light-dark()``."""
    modes: dict[str, dict[str, str]] = {"light": {}, "dark": {}, "old browsers": {}}
    for name, values in tokens_of(css).items():
        pair = _MODES.fullmatch(values[-1])
        modes["light"][name] = pair[1].strip() if pair else values[-1]
        modes["dark"][name] = pair[2].strip() if pair else values[-1]
        modes["old browsers"][name] = next((one for one in reversed(values) if "light-dark(" not in one), "")
    return modes


def luminance(colour: str) -> float:
    """Give the relative luminance of ``#rgb`` or ``#rrggbb`` (WCAG 2.2); raises ValueError for other forms."""
    found = _HEX.fullmatch(colour)
    if found is None:
        raise ValueError(f"not a colour of the form #rrggbb: {colour}")
    digits = found[1] if len(found[1]) == 6 else "".join(digit * 2 for digit in found[1])
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Give the contrast of two colours, from 1 (the same) to 21 (black on white)."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def check_contrast(css: str) -> list[str]:
    """Name what cannot be read in a theme's whole sheet of tokens; an empty list lets it pass."""
    return [
        problem
        for mode, tokens in modes_of(css).items()
        for front, back, least in GATE
        if (problem := _problem(mode, tokens, front, back, least))
    ]


def _problem(mode: str, tokens: Mapping[str, str], front: str, back: str, least: float) -> str:
    try:
        found = contrast(resolve(tokens, front), resolve(tokens, back))
    except (KeyError, ValueError) as error:
        return f"{mode}: {front} on {back} cannot be judged: {error}"
    return "" if found >= least else f"{mode}: {front} on {back} has {found:.2f}, needs {least}"


def resolve(tokens: Mapping[str, str], name: str) -> str:
    """Give a token's value; raises KeyError. References are followed a few steps, since a circle would never end."""
    value = tokens[name]
    for _step in range(8):
        found = _REFERENCE.fullmatch(value)
        if found is None:
            break
        value = tokens[found[1]]
    return value
