"""Access marks: every view says who may come; a view that says nothing stops the start."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar, overload

from baukasten.errors import BaukastenError

PUBLIC, SIGNED_IN, REQUIRES = "public", "signed_in", "requires"
ATTRIBUTE = "__access__"

ViewT = TypeVar("ViewT", bound=Callable[..., Any])


class UnmarkedRouteError(BaukastenError):
    """A route without an access mark; closed by default."""


@dataclass(frozen=True, slots=True)
class Mark:
    """Who may come through a route."""

    kind: str
    permission: str = ""
    cached: bool = False
    """Whether the page looks the same for all guests and may be kept until the town's generation changes."""
    secret_address: bool = False
    """Whether the address holds a secret of its own, so that a request that knows it needs no token of a form."""

    def __str__(self) -> str:
        """Give the entry of the permission matrix."""
        return self.permission if self.kind == REQUIRES else self.kind


@overload
def public(view: ViewT) -> ViewT: ...
@overload
def public(*, cached: bool = ..., secret_address: bool = ...) -> Callable[[ViewT], ViewT]: ...
def public(
    view: ViewT | None = None, *, cached: bool = False, secret_address: bool = False
) -> ViewT | Callable[[ViewT], ViewT]:
    """Let everybody in; ``cached=True`` for pages that are equal for all guests.

    ``secret_address=True`` for what only the reader of a letter can ask for, such as ending its mails (RFC 8058).
    """
    if view is not None:
        return _marked(view, Mark(PUBLIC))
    return lambda inner: _marked(inner, Mark(PUBLIC, cached=cached, secret_address=secret_address))


def signed_in(view: ViewT) -> ViewT:
    """Let in whoever is signed in."""
    return _marked(view, Mark(SIGNED_IN))


def requires(permission: str, *, cached: bool = False) -> Callable[[ViewT], ViewT]:
    """Let in who holds a permission, in the standing, project and phase that it needs."""
    return lambda view: _marked(view, Mark(REQUIRES, permission, cached))


def mark_of(view: Callable[..., Any], name: str = "") -> Mark:
    """Give a view's mark; raises UnmarkedRouteError that names the view."""
    mark = getattr(view, ATTRIBUTE, None)
    if not isinstance(mark, Mark):
        raise UnmarkedRouteError(
            f"the route {name or view.__qualname__} has no access mark: add @public, @signed_in or @requires"
        )
    return mark


def _marked(view: ViewT, mark: Mark) -> ViewT:
    setattr(view, ATTRIBUTE, mark)
    return view
