"""Every answer tells the browser to load only from here and to keep nothing private."""

import pytest
from flask import Flask, Response

from baukasten.web.headers import (
    POLICY,
    PRIVATE,
    add_security_headers,
    answer_conditionally,
    as_frame,
    security_headers,
    with_frames,
)


def headers_for(base_url: str) -> dict[str, str]:
    with Flask(__name__).test_request_context(base_url=base_url):
        return dict(add_security_headers(Response("x")).headers)


def test_the_policy_allows_nothing_from_elsewhere_and_nothing_inline() -> None:
    policy = dict(
        part.split(" ", 1)
        for part in dict(security_headers(https=True))["Content-Security-Policy"].split("; ")
    )
    assert policy.pop("default-src") == "'none'"
    assert {name for name, value in policy.items() if value == "'none'"} == {"frame-ancestors", "base-uri"}
    assert set(policy.values()) == {"'self'", "'none'"}


def test_every_answer_carries_them() -> None:
    found = headers_for("https://stadt.example")
    assert dict(security_headers(https=True)).items() <= found.items()
    assert found["Cache-Control"] == PRIVATE


@pytest.mark.parametrize(
    ("base_url", "promised"),
    [
        ("https://stadt.example", True),
        ("http://stadt.example", False),
        ("https://stadt.localhost:8000", False),
        ("https://localhost", False),
        ("https://127.0.0.1:8000", False),
        ("https://notlocalhost", True),
    ],
)
def test_only_real_hosts_promise_https(base_url: str, *, promised: bool) -> None:
    assert ("Strict-Transport-Security" in headers_for(base_url)) is promised


def test_a_view_may_say_otherwise() -> None:
    with Flask(__name__).test_request_context():
        response = Response("x", headers={"Cache-Control": "public, max-age=60"})
        assert add_security_headers(response).headers["Cache-Control"] == "public, max-age=60"


def test_what_the_browser_has_is_not_sent_again() -> None:
    app = Flask(__name__)
    with app.test_request_context():
        first = answer_conditionally(Response("page"))
        etag = first.headers["ETag"]
        assert (first.status_code, first.headers["Cache-Control"]) == (200, "private, no-cache")
    with app.test_request_context(headers={"If-None-Match": etag}):
        assert answer_conditionally(Response("page")).status_code == 304
        assert answer_conditionally(Response("another page")).status_code == 200
        assert answer_conditionally(Response("page", status=404)).status_code == 404
    with app.test_request_context(headers={"If-None-Match": etag}, method="POST"):
        assert answer_conditionally(Response("page")).status_code == 200


def test_a_page_may_show_frames_of_the_site_and_a_frame_can_do_nothing() -> None:
    outer = with_frames(Response("x")).headers["Content-Security-Policy"]
    assert outer == f"{POLICY}; frame-src 'self'"
    inner = as_frame(Response("x"))
    policy = inner.headers["Content-Security-Policy"].split("; ")
    assert {"default-src 'none'", "frame-ancestors 'self'", "sandbox"} <= set(policy)
    assert not any(part.startswith(("script-src", "form-action", "connect-src")) for part in policy)
    assert inner.headers["X-Frame-Options"] == "SAMEORIGIN"
