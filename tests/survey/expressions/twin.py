"""Runs the browser's evaluator in Node.js, and tells values in a form that both sides can compare."""

import datetime as dt
import json
import subprocess
from pathlib import Path

import baukasten_survey
from baukasten.web.assets.build import node_command

TODAY = dt.date(2026, 11, 22)
SCRIPT = Path(baukasten_survey.__file__).parent / "static" / "expressions.js"


def told(value):
    """A value as twin.mjs tells it."""
    if type(value) is dt.date:
        return {"date": value.toordinal()}
    if type(value) is dt.time:
        return {"time": value.hour * 3600 + value.minute * 60 + value.second}
    return {"codes": list(value)} if type(value) is tuple else value


def same(left, right):
    """Equal, and of one kind: JSON knows no difference between 1 and 1.0, but one between 1 and true."""
    return left == right and isinstance(left, bool) is isinstance(right, bool)


def in_browser(cases):
    """What the browser's evaluator gives for each case, in one process."""
    done = subprocess.run(
        [node_command(), str(Path(__file__).with_name("twin.mjs")), str(SCRIPT)],
        input=json.dumps(cases),
        capture_output=True,
        check=True,
        text=True,
        encoding="utf-8",
    )
    # JavaScript writes large doubles as whole numbers, rounded to what tells them apart.
    return json.loads(done.stdout, parse_int=float)
