"""Host names: what a town may be called in the address bar."""

import re

from baukasten.errors import Invalid
from baukasten.plugin.text import lazy

_ = lazy("core")
NAME = re.compile(r"(?=.{1,253}\Z)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
"""RFC 1123, section 2.1; lower case, as browsers send it."""


def base_host(host: str) -> tuple[str, str]:
    """Part a Host header into lower-case name and ``:port``; the port is empty where none is given."""
    name, colon, port = host.lower().partition(":")
    return name.rstrip("."), f"{colon}{port}"


def check_host(name: str) -> str:
    """Give the name as it is stored; raises Invalid for what can be no host."""
    cleaned = name.strip().lower().rstrip(".")
    if not NAME.fullmatch(cleaned):
        raise Invalid(
            {"host": _("A host name looks like mitreden.example, without https and without a slash.")}
        )
    return cleaned
