"""A part of DNS that a test writes itself."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from baukasten.mail.zones import Kind, NoAnswerError


@dataclass
class Zone:
    """Answers from its records, by name and kind; what a test calls silent never answers."""

    records: Mapping[tuple[str, str], Sequence[str]] = field(default_factory=dict)
    silent: frozenset[str] = frozenset()
    asked: list[tuple[str, str]] = field(default_factory=list)

    def ask(self, name: str, kind: Kind) -> tuple[str, ...]:
        """Look the records up."""
        self.asked.append((name, str(kind)))
        if name in self.silent:
            raise NoAnswerError
        return tuple(self.records.get((name, str(kind)), ()))
