"""A place to sort a dump before anything is stored: a small database in a temporary folder, gone at the end.

Dumps name their tables in any order, and posts come before the people who wrote them.
"""

import sqlite3
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from baukasten_forum.importing.rows import Row, Value

BATCH = 2_000
SHOWN_TROUBLE = 50
NUMBERS = (
    "id", "number", "time", "_type", "status", "visibility", "approved", "position", "count", "setting", "in_message",
)  # fmt: skip
"""How the names of columns end that hold numbers, in either system."""
OWN = """
    CREATE TABLE topic (
        id INTEGER PRIMARY KEY, title TEXT, category INTEGER, created INTEGER, pinned INTEGER, state TEXT
    );
    CREATE TABLE category (id INTEGER PRIMARY KEY, title TEXT, slug TEXT, description TEXT, position INTEGER);
    CREATE TABLE post (
        id INTEGER PRIMARY KEY, topic INTEGER, number INTEGER, created INTEGER, author TEXT, body TEXT, extra TEXT,
        reply_to INTEGER, gone INTEGER DEFAULT 0, old_number INTEGER, place INTEGER
    );
    CREATE TABLE file (post INTEGER, name TEXT, stored TEXT, position INTEGER, note TEXT DEFAULT '');
    CREATE TABLE kept (path TEXT PRIMARY KEY, place TEXT);
    CREATE TABLE old_path (path TEXT PRIMARY KEY, post INTEGER);
"""


@dataclass(slots=True)
class Report:
    """What an import finds: how much of each kind, what is left out and why, and trouble with its source."""

    found: dict[str, int] = field(default_factory=dict)
    left_out: Counter[str] = field(default_factory=Counter)
    trouble: list[str] = field(default_factory=list)
    troubles: int = 0

    def leave(self, reason: str, count: int) -> None:
        """Count what is left out for one reason."""
        if count:
            self.left_out[reason] += count

    def note(self, source: str, reason: str) -> None:
        """Keep the first troubles, and count them all."""
        self.troubles += 1
        if len(self.trouble) < SHOWN_TROUBLE:
            self.trouble.append(f"{source}: {reason}")

    def lines(self) -> Iterator[str]:
        """Give the report as an operator reads it."""
        yield ", ".join(f"{count} {name}" for name, count in self.found.items())
        for reason, count in sorted(self.left_out.items()):
            yield f"left out: {count} {reason}"
        yield from self.trouble
        if self.troubles > len(self.trouble):
            yield f"and {self.troubles - len(self.trouble)} more of this kind"


class Staging:
    """The dump's needed tables as they are, and what the two readers make of them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.db = sqlite3.connect(folder / "dump.sqlite", isolation_level=None)
        self.db.row_factory = sqlite3.Row
        # Nothing here outlives the command, so nothing is worth waiting for the disk.
        self.db.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;" + OWN)
        self.report = Report()
        self._files = 0

    def take(self, rows: Iterable[Row], needed: Mapping[str, Sequence[str]]) -> None:
        """Keep the needed columns of all rows; one that a version does not have is empty."""
        waiting: dict[str, list[list[Value]]] = {}
        places: dict[tuple[str, Sequence[str]], list[int]] = {}
        self.db.execute("BEGIN")
        for row in rows:
            key = (row.table, row.columns)
            if key not in places:
                names = list(row.columns)
                places[key] = [names.index(name) if name in names else -1 for name in needed[row.table]]
            batch = waiting.setdefault(row.table, [])
            batch.append([None if place < 0 else row.values[place] for place in places[key]])
            if len(batch) >= BATCH:
                self._write(row.table, batch)
                batch.clear()
        for table, batch in waiting.items():
            self._write(table, batch)
        self.db.execute("COMMIT")

    def create(self, needed: Mapping[str, Sequence[str]]) -> None:
        """Make the tables that a dump's rows go to; numbers are numbers wherever they can be."""
        for table, columns in needed.items():
            names = ", ".join(f'"{name}" NUMERIC' if _counts(name) else f'"{name}" TEXT' for name in columns)
            self.db.execute(f'CREATE TABLE "old_{table}" ({names})')

    def keep(self, path: str, data: bytes) -> None:
        """Keep a file of the archive under a name of our own."""
        self._files += 1
        place = self.folder / f"file-{self._files}"
        place.write_bytes(data)
        self.db.execute("INSERT OR REPLACE INTO kept VALUES (?, ?)", (path, str(place)))

    def count(self, query: str, *values: object) -> int:
        """Give the number that a query gives."""
        return int(self.db.execute(query, values).fetchone()[0] or 0)

    def _write(self, table: str, rows: list[list[Value]]) -> None:
        if rows:
            marks = ", ".join("?" * len(rows[0]))
            self.db.executemany(f'INSERT INTO "old_{table}" VALUES ({marks})', rows)


def _counts(name: str) -> bool:
    # The mark that phpBB gives its tags is a word, even where it has figures alone.
    return not name.endswith("_uid") and name.endswith(
        (
            "id",
            "number",
            "time",
            "_type",
            "status",
            "visibility",
            "approved",
            "position",
            "count",
            "setting",
            "in_message",
        )
    )


@contextmanager
def staging() -> Iterator[Staging]:
    """Open a place to sort a dump, and take it away at the end."""
    with tempfile.TemporaryDirectory(prefix="forum-import-") as folder:
        made = Staging(Path(folder))
        try:
            yield made
        finally:
            made.db.close()
