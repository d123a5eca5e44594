"""A table on its way into a file, and what its cells look like to people and to programs."""

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from baukasten.plugin.text import lazy

_ = lazy("core")

FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""What a spreadsheet takes for the beginning of a formula, in full width too (OWASP, CSV injection)."""
NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML 1.0 cannot hold (section 2.2), such as a stray bell."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table with what stands around it."""

    title: str
    town: str
    keys: Sequence[str]
    headings: Sequence[str]
    rows: Iterable[Sequence[Any]]
    language: str
    zone: ZoneInfo
    made_at: dt.datetime

    @property
    def subtitle(self) -> str:
        """Whose table it is and from when."""
        moment = self.made_at.astimezone(self.zone)
        return str(_("%(town)s, as of %(moment)s")) % {
            "town": self.town,
            "moment": moment.strftime("%d.%m.%Y, %H:%M"),
        }


def local(sheet: Sheet, moment: dt.datetime) -> dt.datetime:
    """Give a moment as the town's clocks show it, to the second and without a zone, as spreadsheets want it."""
    return moment.astimezone(sheet.zone).replace(tzinfo=None, microsecond=0)


def written(sheet: Sheet, value: Any) -> str:
    """Write a cell for people: days and moments so that a German spreadsheet knows them, yes and no as words."""
    if value is None or isinstance(value, bool):
        return "" if value is None else str(_("yes") if value else _("no"))
    if isinstance(value, dt.date):
        return local(sheet, value).isoformat(" ") if isinstance(value, dt.datetime) else value.isoformat()
    if isinstance(value, float | Decimal) and sheet.language == "de":
        return str(value).replace(".", ",")
    if isinstance(value, list | tuple | set | frozenset):
        return ", ".join(written(sheet, one) for one in value)
    return str(value)


def harmless(text: str) -> str:
    """Take from a text the power to be a formula: an apostrophe before it, as spreadsheets themselves write it."""
    return f"'{text}" if text.startswith(FORMULA_SIGNS) else text


def for_xml(text: str) -> str:
    """Put a sign for what XML cannot hold."""
    return NO_XML.sub("\ufffd", text)


def for_json(value: Any) -> Any:
    """Give a cell as JSON has it: moments in ISO 8601 with their zone, whatever else as text."""
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, list | tuple | set | frozenset):
        return [for_json(one) for one in value]
    return str(value)
