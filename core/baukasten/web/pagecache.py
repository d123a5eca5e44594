"""Whole public pages kept in the process and answered before the application is asked."""

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from flask import Response, g, request

from baukasten import clock
from baukasten.web.generation import Generations
from baukasten.web.here import Here
from baukasten.web.tally import Seen, Tallies
from baukasten.web.visitors import SESSION_COOKIE

WSGIApp = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
Key = tuple[str, str, str, str]

FOREVER = datetime.max.replace(tzinfo=UTC)
MAX_BODY = 512 * 1024
OVERHEAD = 4 * 1024
"""Bytes that a page costs beside its text: headers, key, the entry itself."""
CACHE_CONTROL = "no-cache"
"""Browsers keep the page but ask each time; the answer is a 304 of a few bytes."""


@dataclass(frozen=True, slots=True)
class Page:
    """A kept answer and how long it is true."""

    tenant_id: int
    generation: int
    until: datetime
    etag: str
    headers: list[tuple[str, str]]
    body: bytes
    seen: tuple[Seen, ...] = ()
    """What counts as seen each time the page is shown."""


class PageCache:
    """Answers guests from memory; in front of the application as WSGI middleware."""

    def __init__(self, generations: Generations, tallies: Tallies, limit: int = 64 * 1024 * 1024) -> None:
        """Keep pages of at most ``limit`` bytes in all, so that made-up addresses fill no memory."""
        self._generations, self._tallies = generations, tallies
        self._pages: dict[Key, Page] = {}
        self._limit, self._bytes = limit, 0

    def wrap(self, app: WSGIApp) -> WSGIApp:
        """Give the application with the cache in front."""

        def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
            method = environ["REQUEST_METHOD"]
            if method not in ("GET", "HEAD") or SESSION_COOKIE in environ.get("HTTP_COOKIE", ""):
                return app(environ, start_response)
            page = self._pages.get(key_of(environ))
            if page is None or not self._is_true(page):
                return app(environ, start_response)
            if page.seen:
                self._tallies.note(page.tenant_id, page.seen, environ)
            if environ.get("HTTP_IF_NONE_MATCH") == page.etag:
                start_response("304 NOT MODIFIED", [("ETag", page.etag), ("Cache-Control", CACHE_CONTROL)])
                return ()
            start_response("200 OK", page.headers)
            return () if method == "HEAD" else (page.body,)

        return answer

    def keep(self, response: Response) -> Response:
        """Keep a guest's page that its view marked as equal for all; runs after the view."""
        place: Here | None = g.get("here")
        if place is None or not _keepable(place, response):
            return response
        body = response.get_data()
        if place.site is None or place.generation is None or len(body) > MAX_BODY:
            return response
        etag = f'"{hashlib.blake2b(body, digest_size=12).hexdigest()}"'
        response.headers["ETag"] = etag
        response.headers["Cache-Control"] = CACHE_CONTROL
        self._bytes += len(body) + OVERHEAD
        if self._bytes > self._limit:
            # Beginning anew is cheaper than keeping order; what is asked for comes back at once.
            self._pages.clear()
            self._bytes = len(body) + OVERHEAD
        until = g.get("valid_until", FOREVER)
        headers = [*response.headers.items()]
        self._pages[key_of(request.environ)] = Page(
            place.site.id, place.generation, until, etag, headers, body, g.get("seen", ())
        )
        return response

    def _is_true(self, page: Page) -> bool:
        return self._generations.of(page.tenant_id) == page.generation and clock.now() < page.until


def key_of(environ: dict[str, Any]) -> Key:
    """Tell pages apart: host, language prefix, path, query; theme and town follow from the host."""
    return (
        environ.get("HTTP_HOST", ""),
        environ.get("SCRIPT_NAME", ""),
        environ.get("PATH_INFO", ""),
        environ.get("QUERY_STRING", ""),
    )


def valid_until(moment: datetime) -> None:
    """Say when the page that is being made stops being true, such as at the end of a phase."""
    g.valid_until = min(moment, g.get("valid_until", FOREVER))


def _keepable(place: Here, response: Response) -> bool:
    return (
        response.status_code == 200
        and request.method == "GET"
        and place.mark is not None
        and place.mark.cached
        and place.identity is None
        and SESSION_COOKIE not in request.cookies
        and "Set-Cookie" not in response.headers
    )
