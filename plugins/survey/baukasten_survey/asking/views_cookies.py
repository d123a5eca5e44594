"""What a browser keeps of an answer in progress: its secret, afterwards the receipt; for this survey's pages only."""

from flask import Response, request

from baukasten.plugin import ModuleRef
from baukasten.sdk import here

DRAFT, RECEIPT = "__Secure-survey", "__Secure-survey-receipt"


def draft() -> str:
    """Give the secret of the draft as the browser sent it; empty for none."""
    return request.cookies.get(DRAFT, "")[:100]


def receipt() -> str:
    """Give the receipt as the browser sent it; empty for none."""
    return request.cookies.get(RECEIPT, "")[:40]


def keep(response: Response, module: ModuleRef, name: str, value: str) -> None:
    """Let the browser keep something until it is closed."""
    for path in _paths(module):
        response.set_cookie(name, value, path=path, secure=True, httponly=True, samesite="Lax")


def forget(response: Response, module: ModuleRef, name: str) -> None:
    """Let the browser forget something."""
    for path in _paths(module):
        response.delete_cookie(name, path=path, secure=True, httponly=True, samesite="Lax")


def _paths(module: ModuleRef) -> list[str]:
    """Give the survey's path in each language of the site, so that switching it loses nothing."""
    town = here().tenant
    codes = [code for code in town.languages if code != town.language]
    return [module.path, *(f"/{code}{module.path}" for code in codes)]
