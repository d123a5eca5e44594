"""What a browser keeps of an answer in progress: its secret, afterwards the receipt; one of each for each survey.

The prefix ``__Host-`` (RFC 6265bis, 4.1.3) keeps other hosts of the same domain from planting a secret of their own, by
which they could read what is answered under it. It wants the path ``/``, so the survey stands in the name.
"""

import datetime as dt

from flask import Response, request

from baukasten.plugin import ModuleRef

DRAFT, RECEIPT = "__Host-survey", "__Host-survey-receipt"
SHORT = dt.timedelta(minutes=10)
"""How long a receipt stays where nobody may ever see it beside an account."""


def draft(module: ModuleRef) -> str:
    """Give the secret of the draft as the browser sent it; empty for none."""
    return request.cookies.get(_named(DRAFT, module), "")[:100]


def receipt(module: ModuleRef) -> str:
    """Give the receipt as the browser sent it; empty for none."""
    return request.cookies.get(_named(RECEIPT, module), "")[:40]


def keep(
    response: Response, module: ModuleRef, name: str, value: str, *, life: dt.timedelta | None = None
) -> None:
    """Let the browser keep something until it is closed, or for so long."""
    response.set_cookie(
        _named(name, module), value, max_age=life, path="/", secure=True, httponly=True, samesite="Lax"
    )


def forget(response: Response, module: ModuleRef, name: str) -> None:
    """Let the browser forget something."""
    response.delete_cookie(_named(name, module), path="/", secure=True, httponly=True, samesite="Lax")


def _named(name: str, module: ModuleRef) -> str:
    return f"{name}-{module.id}"
