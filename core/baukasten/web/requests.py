"""Each request's number, and one structured log line without personal data."""

import json
import logging
import secrets
import time

from flask import Flask, Response, g, request

from baukasten.web.here import Here
from baukasten.web.speech import speak_default

log = logging.getLogger("baukasten.request")
HEADER = "X-Request-Id"


def install(app: Flask) -> None:
    """Number requests and log them: endpoint and town, never address, name, query or text."""
    app.before_request(_begin)
    app.after_request(_end)


def _begin() -> None:
    # A number from outside would let strangers write into our log.
    g.request_id = secrets.token_hex(8)
    g.begun = time.perf_counter()
    speak_default()


def _end(response: Response) -> Response:
    response.headers[HEADER] = g.request_id
    if log.isEnabledFor(logging.INFO):
        place: Here | None = g.get("here")
        log.info(
            "request",
            extra={
                "request_id": g.request_id,
                "tenant": place.site.slug if place and place.site else "",
                "endpoint": request.endpoint or "",
                "method": request.method,
                "status": response.status_code,
                "milliseconds": round((time.perf_counter() - g.begun) * 1000, 1),
            },
        )
    return response


class JsonLines(logging.Formatter):
    """One JSON object a line, with what the caller gave as ``extra``."""

    STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime"}

    def format(self, record: logging.LogRecord) -> str:
        """Give the record as JSON; an accident's traceback is one of its fields."""
        line = {"at": self.formatTime(record), "level": record.levelname, "message": record.getMessage()}
        line |= {key: value for key, value in vars(record).items() if key not in self.STANDARD}
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False, default=str)
