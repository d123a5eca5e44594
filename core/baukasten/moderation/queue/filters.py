"""What of the queue somebody wants to see, and in which order: closed lists, read from an address and written back."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

OptionT = TypeVar("OptionT", bound=StrEnum)
PAGE, LONG_PAGE = 30, 100
NUMBERS = 18
"""Digits of the largest number that an address may carry."""


class State(StrEnum):
    """Which cases; the value stands in the address."""

    OPEN = "offen"
    MINE = "bei-mir"
    LATE = "ueber-frist"
    APPEALS = "widerspruch"
    SECOND = "zu-zweit"
    CLOSED = "erledigt"


class Order(StrEnum):
    """What comes first; the value stands in the address."""

    PRESSING = "dringend"
    NEWEST = "neu"
    GUESS = "vermutung"


class Why(StrEnum):
    """Why a case waits, as an address says it."""

    HELD = "gehalten"
    REPORTED = "gemeldet"


CAUSES = {Why.HELD: "held", Why.REPORTED: "reported"}


@dataclass(frozen=True, slots=True)
class Filters:
    """One view of the queue; unknown values of an address count as not given."""

    state: State = State.OPEN
    order: Order = Order.PRESSING
    why: Why | None = None
    kind: str = ""
    """Key of a content type."""
    project_id: int | None = None
    after: str = ""
    """Where the page begins, as ``Listing.more`` gives it."""
    limit: int = PAGE

    @classmethod
    def read(cls, values: Mapping[str, str]) -> "Filters":
        """Read an address or a form."""
        number = values.get("verfahren", "")
        whole = number.isascii() and number.isdigit() and len(number) <= NUMBERS
        return cls(
            state=_one(State, values.get("stand")) or State.OPEN,
            order=_one(Order, values.get("folge")) or Order.PRESSING,
            why=_one(Why, values.get("grund")),
            kind=values.get("art", "")[:80].replace("\0", ""),
            project_id=int(number) if whole else None,
            after=values.get("nach", "")[:80],
            limit=LONG_PAGE if values.get("zahl") == str(LONG_PAGE) else PAGE,
        )

    def is_filtered(self) -> bool:
        """Tell whether something beside the state is chosen."""
        return bool(self.values(stand=None, nach=None))

    def values(self, **changed: str | int | None) -> dict[str, Any]:
        """Give the address's values without those that are so anyway; a change that is empty leaves its value out."""
        own: dict[str, str | int | None] = {
            "stand": self.state if self.state is not State.OPEN else None,
            "folge": self.order if self.order is not Order.PRESSING else None,
            "grund": self.why,
            "art": self.kind,
            "verfahren": self.project_id,
            "nach": self.after,
            "zahl": self.limit if self.limit != PAGE else None,
        }
        return {key: str(value) for key, value in {**own, **changed}.items() if value}


def _one(options: type[OptionT], value: str | None) -> OptionT | None:
    return next((option for option in options if option.value == value), None)
