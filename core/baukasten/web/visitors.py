"""Who asks for a page, as far as the request itself says: a person at a browser, or a crawler."""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from flask import request

SESSION_COOKIE = "__Host-session"
OVERLONG = 400
"""Characters; browsers name themselves in under 250."""
DEEP = 2
"""Parameters of a query from which only somebody who follows every link asks for it."""

# "CUBOT" is a telephone, and people hold it.
CRAWLERS = re.compile(
    r"(?<!cu)bots?(?![a-z])|crawl|spider|slurp|scrap|archiver|fetcher|externalhit|externalagent|bytedance|feedly"
    r"|^(?:python|java|ruby|perl|php|okhttp|axios|node-fetch|go-http-client|apache-httpclient|libwww|curl|wget)\b",
    re.IGNORECASE,
)


def carries_session() -> bool:
    """Tell whether the request brings the cookie of a session, over or not: by it an account is found; views only."""
    return SESSION_COOKIE in request.cookies


@lru_cache(maxsize=4096)
def _is_named_crawler(agent: str) -> bool:
    return CRAWLERS.search(agent) is not None


def is_crawler(agent: str) -> bool:
    """Tell whether a user agent (RFC 9110, section 10.1.5) calls itself a crawler or a program's library."""
    # Cut, so that made-up names of any length fill no memory.
    return _is_named_crawler(agent[:OVERLONG])


def is_view(environ: Mapping[str, Any]) -> bool:
    """Tell whether a request counts as somebody seeing the page: no question for the head, no guess ahead."""
    return (
        environ["REQUEST_METHOD"] == "GET"
        and "prefetch" not in environ.get("HTTP_SEC_PURPOSE", "")
        and not is_crawler(environ.get("HTTP_USER_AGENT", ""))
    )


def can_wait(environ: Mapping[str, Any]) -> bool:
    """Tell whether a request may be turned away while the process is busy; never for people.

    Whoever carries a session or sends something is a person. Of the others, those wait who call themselves
    crawlers, and those who do not say who they are (no name, or an overlong one), come without any cookie and
    ask for what lies deep.
    """
    cookies = environ.get("HTTP_COOKIE", "")
    if environ["REQUEST_METHOD"] not in ("GET", "HEAD") or SESSION_COOKIE in cookies:
        return False
    agent = environ.get("HTTP_USER_AGENT", "")
    if is_crawler(agent):
        return True
    unnamed = not agent or len(agent) > OVERLONG
    return unnamed and not cookies and environ.get("QUERY_STRING", "").count("&") >= DEEP - 1
