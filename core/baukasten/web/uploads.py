"""Which views take files: only their requests may be large, all others stay as small as a text."""

from collections.abc import Callable
from typing import Any, TypeVar

from flask import current_app, request

from baukasten.web.here import Here

ATTRIBUTE = "__takes_files__"
MAX_UPLOAD = 64 * 1024 * 1024
"""Bytes of one request with files; six photos of a phone are half of it."""

ViewT = TypeVar("ViewT", bound=Callable[..., Any])


def takes_files(view: ViewT) -> ViewT:
    """Let a view's forms carry files; the view's own mark still says who may come."""
    setattr(view, ATTRIBUTE, True)
    return view


def let_files_in(place: Here) -> None:
    """Widen the limit for a signed-in person; the gate's check after the mark and before a form is read."""
    view = (
        place.route.view
        if place.route is not None
        else current_app.view_functions.get(request.endpoint or "")
    )
    if place.identity is not None and getattr(view, ATTRIBUTE, False):
        request.max_content_length = MAX_UPLOAD
