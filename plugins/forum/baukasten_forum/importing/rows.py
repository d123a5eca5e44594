"""What the readers of dumps have in common: a row with its place in the file, and the error that names it."""

from collections.abc import Sequence
from dataclasses import dataclass

from baukasten.sdk import BaukastenError

Value = str | None


class DumpError(BaukastenError):
    """A dump that cannot be read; nothing was stored. Line 0 stands for the file as a whole."""

    def __init__(self, table: str, line: int, reason: str) -> None:
        place = f"table {table}, line {line}: " if table else f"line {line}: " if line else ""
        super().__init__(f"{place}{reason}")


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a dump: numbers and times as they are written, None for SQL's NULL."""

    table: str
    line: int
    columns: Sequence[str]
    values: Sequence[Value]


def decoded(data: bytes, table: str, line: int) -> str:
    """Give bytes as text; raises DumpError where they are no UTF-8."""
    try:
        return data.decode("utf-8").replace("\x00", "")
    except UnicodeDecodeError as error:
        wrong = data[error.start : error.start + 1].hex()
        raise DumpError(
            table, line, f"this is not UTF-8 (byte 0x{wrong}); dump the database as UTF-8"
        ) from error
