"""What every answer tells the browser: load only from here, guess nothing, be framed by nobody."""

import hashlib

from flask import Response, request

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
    "media-src 'self'; connect-src 'self'; manifest-src 'self'; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'"
)
"""No nonces: under 304 a browser applies the new policy to the page it has and blocks its scripts."""

BASICS: tuple[tuple[str, str], ...] = (
    ("Content-Security-Policy", POLICY),
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
    ("Referrer-Policy", "same-origin"),
    ("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
)
TRANSPORT = ("Strict-Transport-Security", "max-age=31536000")
PRIVATE = "private, no-store"


def security_headers(*, https: bool) -> list[tuple[str, str]]:
    """Give the headers of every page; with ``https`` also the promise to stay with it for a year."""
    return [*BASICS, TRANSPORT] if https else [*BASICS]


FRAMED = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; frame-ancestors 'self'; sandbox"
"""For a page that shows a letter as it is: its own styles and the site's pictures, no script, no form, no origin."""


def with_frames(response: Response) -> Response:
    """Let a page show other pages of the site in frames."""
    response.headers["Content-Security-Policy"] = f"{POLICY}; frame-src 'self'"
    return response


def as_frame(response: Response) -> Response:
    """Let a page be shown in a frame of the site, where it can do nothing; for letters with styles of their own."""
    response.headers["Content-Security-Policy"] = FRAMED
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    return response


def add_security_headers(response: Response) -> Response:
    """Add the headers that a view did not set; runs after every request.

    A page that says nothing about keeping it is kept by nobody: the default must suit a signed-in person.
    """
    host = request.host.partition(":")[0]
    # A promise for localhost would bind every other service on the same machine.
    local = host == "localhost" or host.endswith(".localhost") or host.startswith("127.")
    given = {name.lower() for name, _value in response.headers}
    for name, value in (*security_headers(https=request.is_secure and not local), ("Cache-Control", PRIVATE)):
        if name.lower() not in given:
            response.headers.add(name, value)
    return response


def answer_conditionally(response: Response) -> Response:
    """Give the answer an ETag of its content, or 304 without content when the browser has it already."""
    if response.status_code != 200 or response.is_streamed or request.method not in ("GET", "HEAD"):
        return response
    if not response.headers.get("ETag"):
        response.set_etag(hashlib.blake2b(response.get_data(), digest_size=12).hexdigest())
    if response.headers.get("Cache-Control", PRIVATE) == PRIVATE:
        response.headers["Cache-Control"] = "private, no-cache"
    response.make_conditional(request)
    return response
