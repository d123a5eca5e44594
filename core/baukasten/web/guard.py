"""What tells people from machines without asking them anything: a trap, the time that writing takes, a puzzle."""

import hashlib
import hmac
from collections.abc import Callable
from typing import Any, TypeVar

from flask import current_app, request
from markupsafe import Markup

from baukasten import clock
from baukasten.plugin.refs import Signals
from baukasten.web.forgery import SAFE_METHODS
from baukasten.web.here import Here, here
from baukasten.web.puzzle import Solver
from baukasten.web.templating import part

ATTRIBUTE = "__guarded__"
SIGNALS, PROOF = "baukasten.signals", "baukasten.proof"
"""Keys of a session's ``info``: what the form told about who filled it in, and the name of the puzzle it solved."""
TRAP, MARK, SOLUTION = "homepage", "guard_mark", "guard_proof"
"""Names of the fields; the first sounds worth filling in, and no browser fills it in by itself."""
LONGEST = 100

ViewT = TypeVar("ViewT", bound=Callable[..., Any])


def guarded(view: ViewT) -> ViewT:
    """Say that a view's forms carry the guard's fields, so that whoever sends none had no form."""
    setattr(view, ATTRIBUTE, True)
    return view


def guard_fields() -> Markup:
    """Give the hidden fields of a form, with the script that solves the puzzle; never kept for another reader.

    A form that comes back keeps the moment at which it was first shown.
    """
    sent = request.form.get(MARK, "") if request.method not in SAFE_METHODS else ""
    mark = sent if _shown_at(here(), sent) is not None else _mark(here(), int(clock.now().timestamp() * 1000))
    return part("guard.html", mark=mark, trap=TRAP, mark_name=MARK, solution_name=SOLUTION)


def read_signals(place: Here) -> None:
    """Note what the form of an unsafe request tells; the gate's check after those that say who asks."""
    if request.method in SAFE_METHODS or place.site is None or place.mark is None:
        return
    info = place.session.info
    info[PROOF] = solver(place).proof(request.form.get(SOLUTION, ""))
    info[SIGNALS] = Signals(
        trapped=bool(request.form.get(TRAP, "").strip()),
        seconds=_seconds(place),
        proven=bool(info[PROOF]),
    )


def signals_of(place: Here) -> Signals:
    """Give what the request's form told; all unknown where it told nothing."""
    told: Signals = place.session.info.get(SIGNALS, Signals())
    return told


def solver(place: Here) -> Solver:
    """Give who makes and checks the puzzles of whoever asks."""
    member_id = place.member.id if place.member else 0
    return Solver(_secret(), place.tenant.id, member_id)


def _seconds(place: Here) -> float | None:
    """Give the seconds since the form was shown: none at all for a made-up mark, unknown where no form has one."""
    sent = request.form.get(MARK)
    if sent is None and not getattr(_view(place), ATTRIBUTE, False):
        return None
    shown = _shown_at(place, sent or "")
    return 0.0 if shown is None else max(0.0, clock.now().timestamp() - shown)


def _view(place: Here) -> Any:
    if place.route is not None:
        return place.route.view
    return current_app.view_functions.get(request.endpoint or "")


def _mark(place: Here, moment: int) -> str:
    """Write down a moment in milliseconds, signed for the town."""
    said = f"guard:{place.site.id if place.site else 0}:{moment}"
    return f"{moment}-{hmac.new(_secret().encode(), said.encode(), hashlib.sha256).hexdigest()[:32]}"


def _shown_at(place: Here, mark: str) -> float | None:
    moment, _, _signature = mark.partition("-")
    if len(mark) > LONGEST or not (moment.isascii() and moment.isdecimal()):
        return None
    known = hmac.compare_digest(_mark(place, int(moment)).encode(), mark.encode())
    return int(moment) / 1000 if known else None


def _secret() -> str:
    return str(current_app.config["SECRET_KEY"])
