"""Spans of time in words."""

import math

from baukasten.sdk import dngettext

MINUTE, HOUR = 60, 3_600


def text(seconds: float) -> str:
    """Write a span, rounded up: seconds below two minutes, minutes below two hours."""
    if seconds < 2 * MINUTE:
        return dngettext("chat", "%(num)s second", "%(num)s seconds", max(1, math.ceil(seconds)))
    if seconds < 2 * HOUR:
        return dngettext("chat", "%(num)s minute", "%(num)s minutes", math.ceil(seconds / MINUTE))
    return dngettext("chat", "%(num)s hour", "%(num)s hours", math.ceil(seconds / HOUR))
