"""How long a worker holds deliveries, by the one clock that all workers share: the database's."""

import datetime as dt
from typing import Any

from sqlalchemy import Interval, func, literal
from sqlalchemy.sql.elements import ColumnElement

from baukasten.sdk import clock

CLAIM = dt.timedelta(minutes=2)
"""How long a worker may hold what it claimed; it gives the rest back much earlier."""
SENDING = dt.timedelta(minutes=5)
"""How long a mail may be on a connection: longer than a round of mails may take."""


def now(turned: Any = None) -> ColumnElement[dt.datetime]:
    """Give the database's present moment; ``turned`` is how far a test turned the clock, where it comes later."""
    shift = literal(clock.turned_by(), Interval) if turned is None else turned
    return func.statement_timestamp() + shift
