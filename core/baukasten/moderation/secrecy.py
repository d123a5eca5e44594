"""Pages whose address is a secret: kept by no cache, found by no search, told to no other site."""

from typing import TypeVar

from werkzeug.wrappers import Response

AnswerT = TypeVar("AnswerT", bound=Response)


def secret(answer: AnswerT) -> AnswerT:
    """Mark the answer of a page that opens for whoever knows its address."""
    answer.headers["Cache-Control"], answer.headers["X-Robots-Tag"] = "no-store", "noindex"
    # Not "no-referrer": with that browsers send a form of ours as if it came from nowhere (Fetch, section 3.2).
    answer.headers["Referrer-Policy"] = "same-origin"
    return answer
