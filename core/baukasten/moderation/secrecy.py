"""Pages whose address is a secret: kept by no cache, found by no search, told to no other site."""

from typing import TypeVar

from werkzeug.wrappers import Response

AnswerT = TypeVar("AnswerT", bound=Response)


def secret(answer: AnswerT) -> AnswerT:
    """Mark the answer of a page that opens for whoever knows its address."""
    answer.headers["Cache-Control"], answer.headers["X-Robots-Tag"] = "no-store", "noindex"
    answer.headers["Referrer-Policy"] = "no-referrer"
    return answer
