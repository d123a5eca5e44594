"""How the mailbox shows mails: the links in a text, and a policy under which a mail's HTML is harmless."""

import re

from markupsafe import escape

POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; sandbox allow-popups allow-popups-to-escape-sandbox; "
    "frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
)
"""Mails carry their styles inline; nothing else is allowed, no script and no load from anywhere."""
ADDRESS = re.compile(r"https?://[^\s<>\"]+[^\s<>\".,;:!?)]")


def links(text: str) -> list[tuple[str, str]]:
    """Give each address in a mail's text once, in order, as label and address."""
    return [(address, address) for address in dict.fromkeys(ADDRESS.findall(text))]


def as_html(text: str) -> str:
    """Give a mail that has no HTML as a page."""
    return f'<!doctype html><html lang="de"><title>Brief</title><pre>{escape(text)}</pre></html>'
