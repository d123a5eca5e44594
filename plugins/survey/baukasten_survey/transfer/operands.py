"""What a foreign name stands for here: a question, one of its rows or cells, or one chosen option."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Self

from baukasten_survey.expressions.types import Sort


class Form(StrEnum):
    """What kind of value stands at a place."""

    CHOICE = "choice"
    """One code out of several."""
    FLAG = "flag"
    """Whether one option of several is chosen."""
    TRUTH = "truth"
    NUMBER = "number"
    TEXT = "text"
    DATE = "date"
    TIME = "time"
    SET = "set"
    """All codes that were chosen."""
    FILES = "files"
    PLACE = "place"
    RANK = "rank"
    """What stands at one rank."""
    SILENT = "silent"
    """Nothing is answered here."""


SORTS = {
    Form.CHOICE: Sort.TEXT,
    Form.RANK: Sort.TEXT,
    Form.FLAG: Sort.BOOLEAN,
    Form.TRUTH: Sort.BOOLEAN,
    Form.NUMBER: Sort.NUMBER,
    Form.TEXT: Sort.TEXT,
    Form.DATE: Sort.DATE,
    Form.TIME: Sort.TIME,
    Form.SET: Sort.SET,
    Form.FILES: Sort.SET,
    Form.PLACE: Sort.SET,
}


@dataclass(frozen=True)
class Operand:
    """One place where an answer is found."""

    form: Form
    question: str
    """Code of ours."""
    row: str = ""
    column: str = ""
    """Of a matrix; of a flag, the option."""
    codes: Mapping[str, str] = field(default_factory=dict)
    """Foreign codes of the options and ours."""
    labels: Mapping[str, str] = field(default_factory=dict)
    """Our codes and what the options say in the first language."""
    numbers: Mapping[str, float] = field(default_factory=dict)
    """Our codes and what they count as."""
    other: bool = False
    """The words beside "other"."""
    guard: str = ""
    """When the question is shown, if not always; the other program sees no answer where it is not."""
    shown: bool = False
    """Meant is what the respondent reads, not the code."""
    rank: int = 0
    size: int = 0
    """Of a flag: how many options its question has, "other" included."""

    @property
    def path(self) -> str:
        """How an expression calls the place."""
        if self.form is Form.FLAG:
            return f"{self.question}.{self.row}" if self.row else self.question
        if self.form is Form.RANK:
            return f"at({self.question}, {self.rank})"
        parts = [self.question, self.row, self.column, "other" if self.other else ""]
        return ".".join(part for part in parts if part)

    @property
    def answered(self) -> str:
        """Expression that is true if something was answered, and false otherwise."""
        if self.form is Form.FLAG:
            return f'(answered({self.path}) and "{self.column}" in {self.path})'
        return f"answered({self.path})"

    def having(self, **changes: object) -> Self:
        """Give the same place seen otherwise."""
        return replace(self, **changes)  # type: ignore[arg-type]
