"""Forms that look alike for all readers: filled once, with each reader's token put in for the answer."""

from collections.abc import Callable, Mapping
from typing import Any

from markupsafe import Markup

from baukasten.sdk import csrf_field, guard_fields, kept_part

TOKEN = Markup("<!--token-->")
"""Stands for the hidden field of the token; templates call it by the usual name."""
GUARD = Markup("<!--guard-->")
"""Stands for the fields against machines, which know when this reader got the form."""
NONCE = "kept-form-nonce"
"""Stands for the mark against the double click, which each answer needs anew."""


def fill(
    key: tuple[Any, ...], template: str, load: Callable[[], Mapping[str, Any]], nonce: str = ""
) -> Markup:
    """Fill a part with forms once a generation; no token of one reader is ever kept for another."""
    marks = {"csrf_field": lambda: TOKEN, "guard_fields": lambda: GUARD}
    shared = kept_part(key, template, lambda: {**load(), **marks})
    if nonce:
        shared = shared.replace(NONCE, nonce)
    if GUARD in shared:
        shared = shared.replace(GUARD, guard_fields())
    return shared.replace(TOKEN, csrf_field())
