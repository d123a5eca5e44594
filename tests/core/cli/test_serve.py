"""What production writes into its log is one JSON object a line, ours alone in detail."""

import json
import logging

import pytest

from baukasten.cli.serve import log_lines


@pytest.fixture
def _quiet_again():
    root, ours = logging.getLogger(), logging.getLogger("baukasten")
    before = (root.level, ours.level, list(root.handlers))
    yield
    root.handlers[:] = before[2]
    root.setLevel(before[0])
    ours.setLevel(before[1])


@pytest.mark.usefixtures("_quiet_again")
def test_lines_are_json_and_others_are_silent_below_warnings(capfd):
    # As in a fresh process; pytest has put its own handlers there.
    logging.getLogger().handlers[:] = []
    log_lines()
    logging.getLogger("baukasten.request").info("request", extra={"status": 200})
    logging.getLogger("procrastinate.worker").info("job with somebody@post.example")
    logging.getLogger("procrastinate.worker").warning("the queue is slow")
    lines = [json.loads(line) for line in capfd.readouterr().err.splitlines()]
    assert [(line["message"], line.get("status")) for line in lines] == [
        ("request", 200),
        ("the queue is slow", None),
    ]
