"""How well files of other programs come over: questions, those with their logic, responses, what is missing by type."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from baukasten_survey.transfer.importing import read_file
from baukasten_survey.transfer.reports import Asked, Imported, Level, Note, Refused

ENDINGS = frozenset({".lss", ".lsa", ".lsg", ".lsq", ".xlsx", ".json", ".txt"})
REFUSED, CRASHED = "refused", "crashed"


@dataclass(frozen=True, slots=True)
class Judged:
    """What became of one file."""

    name: str
    asked: int = 0
    """Questions of the file."""
    mapped: int = 0
    """Those that are questions here too."""
    whole: int = 0
    """Those of which nothing is missing: conditions, checks, filters, texts."""
    responses: int = 0
    strays: int = 0
    """Values of responses that found no place."""
    notes: tuple[Note, ...] = ()
    losses: Counter[str] = field(default_factory=Counter)
    """Types of the questions of which something is missing."""
    outcome: str = ""
    """Empty where the file was read, else that it was refused or crashed."""
    why: str = ""


def files(paths: Iterable[Path]) -> Iterator[Path]:
    """Give files as they are named, and of folders those below that may be surveys, in their order."""
    for path in paths:
        if path.is_dir():
            below = (one for one in path.rglob("*") if one.is_file() and one.suffix.lower() in ENDINGS)
            yield from sorted(below)
        else:
            yield path


def judge(path: Path) -> Judged:
    """Read one file to its last response and count; whatever happens is an outcome."""
    try:
        with path.open("rb") as file:
            return _counted(path.name, read_file(path.name, file))
    except Refused as refused:
        return Judged(path.name, outcome=REFUSED, why=str(refused.message))
    except Exception as error:  # noqa: BLE001 - an operator with a thousand files wants to know all that crash
        return Judged(path.name, outcome=CRASHED, why=f"{type(error).__name__}: {error}")


def _counted(name: str, found: Imported) -> Judged:
    spoiled = {note.place for note in found.notes if note.level is Level.LOST}
    missing = [one for one in found.asked if not _whole(one, spoiled)]
    responses = strays = 0
    for one in found.responses or ():
        responses, strays = responses + 1, strays + len(one.lost)
    return Judged(
        name,
        asked=len(found.asked),
        mapped=sum(one.mapped for one in found.asked),
        whole=len(found.asked) - len(missing),
        responses=responses,
        strays=strays,
        notes=found.notes,
        losses=Counter(one.type for one in missing),
    )


def _whole(one: Asked, spoiled: set[str]) -> bool:
    return one.mapped and one.place not in spoiled
