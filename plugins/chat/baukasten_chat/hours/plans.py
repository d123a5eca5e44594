"""What the town enters for an opening."""

import datetime as dt
from dataclasses import dataclass

OVERRUN = 15
"""Minutes that one press adds."""
MAX_TITLE = 120


@dataclass(frozen=True, slots=True)
class Plan:
    """What the town enters: day and times as clocks on its walls show them."""

    day: dt.date
    begins: dt.time
    ends: dt.time
    """Before the begin, it is on the next day."""
    title: str = ""
    lobby_days: int | None = None
    """So many days before the begin questions are taken; from now on without a number."""
    until: dt.date | None = None
    """The last day of a weekly series; nothing for a single opening."""
