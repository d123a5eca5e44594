"""Somebody with a superuser's dump, dead rows, the write-ahead log and the access log, who links people to answers.

What was really whose is known to the referee alone (``Case.truth``); the attacker never looks there.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.pool import NullPool

SLOT = "attacker"
TABLES = ("survey_admission", "survey_sealed", "survey_response")
BLOCK = re.compile(r"rel \d+/\d+/(\d+) fork main blk (\d+)")
OFFSET = re.compile(r"\boff: (\d+)")
WAL = text(
    "SELECT start_lsn - '0/0'::pg_lsn AS at, xid::text::bigint AS xid, record_type, description, block_ref "
    "FROM attacker.pg_get_wal_records_info(:since, pg_current_wal_flush_lsn()) "
    "WHERE resource_manager = 'Heap' AND xid::text <> '0' AND block_ref ~ :files"
)
DEAD = text(
    "SELECT page AS block, lp AS row, t_xmin::text::bigint AS xmin, t_xmax::text::bigint AS xmax "
    "FROM generate_series(0, pg_relation_size('survey_sealed') / 8192 - 1) AS page, "
    "LATERAL attacker.heap_page_items(attacker.get_raw_page('survey_sealed', page::int)) WHERE t_xmax::text <> '0'"
)
QUEUE = text(
    "SELECT id, ctid::text AS place, xmin::text::bigint AS xmin, batch_id, octet_length(blob) AS size, blob "
    "FROM survey_sealed WHERE batch_id IN (SELECT id FROM survey_batch WHERE survey_id = :survey)"
)
RIGHTS = text(
    "SELECT id, ctid::text AS place, xmin::text::bigint AS xmin FROM survey_admission "
    "WHERE survey_id = :survey AND spent"
)
RESULTS = text(
    "SELECT id, ctid::text AS place, xmin::text::bigint AS xmin, length(answers::text) AS size "
    "FROM survey_response WHERE survey_id = :survey"
)


@dataclass
class Case:
    """What there is to find out."""

    survey_id: int
    people: Mapping[int, tuple[int, float]]
    """By the id of each right: whose it is, counted in the order of answering, and when the access log says so."""
    truth: dict[int, int] = field(default_factory=dict)
    """Whose each response is."""


@dataclass(frozen=True)
class Thing:
    """A person or a response, with all that is known of it, each trait by its name, to be sorted by."""

    id: int
    traits: Mapping[str, Any]


@dataclass(frozen=True)
class Crowd:
    """People and responses that belong together as far as the attacker can tell: the anonymity set."""

    people: list[Thing]
    responses: list[Thing]


class Attacker:
    """Collects while the survey runs, and links in the end."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.since = connection.scalar(text("SELECT pg_current_wal_insert_lsn()::text"))
        self.queue: dict[int, Any] = {}

    def dump(self, survey_id: int) -> None:
        """Take a dump of the queue; the attacker does so before each mixing."""
        self.queue.update((row.id, row) for row in self.connection.execute(QUEUE, {"survey": survey_id}))

    def spent(self, survey_id: int) -> list[Any]:
        """Give the rights that were spent, and in which transaction each was."""
        return list(self.connection.execute(RIGHTS, {"survey": survey_id}))

    def log(self) -> dict[tuple[str, str, int, int], tuple[int, int]]:
        """Read the write-ahead log: by table, deed, block and row, its position there and its transaction."""
        # A commit that waits for the disk takes all others with it.
        self.connection.execute(text("SET synchronous_commit = on"))
        self.connection.execute(text("SELECT pg_logical_emit_message(true, 'attacker', '')"))
        files = {
            str(self.connection.scalar(text("SELECT pg_relation_filenode(:name)"), {"name": name})): name
            for name in TABLES
        }
        wanted = {"since": self.since, "files": f"/({'|'.join(files)}) fork main"}
        found = {}
        for row in self.connection.execute(WAL, wanted):
            file, block = next(one for one in BLOCK.findall(row.block_ref) if one[0] in files)
            off = OFFSET.search(row.description)
            if off is not None:
                deed = row.record_type.partition("+")[0]
                found[files[file], deed, int(block), int(off[1])] = (row.at, row.xid)
        return found

    def crowds(self, case: Case) -> list[Crowd]:
        """Follow transactions: who spent in which, what it put into the queue, which one took that out again."""
        log = self.log()
        dead = {(row.block, row.row): (row.xmin, row.xmax) for row in self.connection.execute(DEAD)}
        queue = {row.xmin: row for row in self.queue.values()}
        people: dict[int, list[Thing]] = defaultdict(list)
        for right in self.spent(case.survey_id):
            order, seen_at = case.people[right.id]
            traits = {"order": order, "log": seen_at, "right": right.id, "right at": _place(right.place)}
            traits |= {"spent in": right.xmin}
            mixed_in = right.xmin
            if (sealed := queue.get(right.xmin)) is not None:
                block, row = _place(sealed.place)
                deleted, mixed_in = log["survey_sealed", "DELETE", block, row]
                inserted, _ = log["survey_sealed", "INSERT", block, row]
                # Rows that lie there dead until a vacuum say the same as the log.
                assert dead.get((block, row), (right.xmin, mixed_in)) == (right.xmin, mixed_in)
                traits |= {"sealed": sealed.id, "sealed at": (block, row), "sealed size": sealed.size}
                traits |= {"sealed in log": inserted, "unsealed in log": deleted}
            people[mixed_in].append(Thing(order, traits))
        responses: dict[int, list[Thing]] = defaultdict(list)
        for one in self.connection.execute(RESULTS, {"survey": case.survey_id}):
            place = _place(one.place)
            written, _ = log["survey_response", "INSERT", *place]
            traits = {"response": one.id, "at": place, "in log": written, "size": one.size}
            responses[one.xmin].append(Thing(one.id, traits))
        return _matched(people, responses)


def _matched(people: Mapping[int, list[Thing]], responses: Mapping[int, list[Thing]]) -> list[Crowd]:
    """Put together what shares a transaction; whoever shares none with any answer is one crowd, and so are the rest."""
    shared = [xid for xid in sorted(people) if len(people[xid]) == len(responses.get(xid, []))]
    alone = [thing for xid in people if xid not in shared for thing in people[xid]]
    rest = [thing for xid in responses if xid not in shared for thing in responses[xid]]
    crowds = [Crowd(people[xid], responses[xid]) for xid in shared]
    return [*crowds, Crowd(alone, rest)] if alone else crowds


def links(crowds: list[Crowd]) -> Iterator[tuple[str, list[list[tuple[int, int]]]]]:
    """Give every way of linking by sorting: its name, and for each crowd the pairs of person and response."""
    mine, theirs = crowds[0].people[0].traits, crowds[0].responses[0].traits
    for one in mine:
        for other in theirs:
            for backwards in (False, True):
                pairs = [_sorted_together(crowd, one, other, backwards=backwards) for crowd in crowds]
                yield f"{one} ~ {other}" + " backwards" * backwards, pairs


def _sorted_together(crowd: Crowd, one: str, other: str, *, backwards: bool) -> list[tuple[int, int]]:
    people = sorted(crowd.people, key=lambda thing: (thing.traits[one], thing.id))
    responses = sorted(crowd.responses, key=lambda thing: (thing.traits[other], thing.id), reverse=backwards)
    return [(person.id, response.id) for person, response in zip(people, responses, strict=True)]


def _place(ctid: str) -> tuple[int, int]:
    block, row = ctid.strip("()").split(",")
    return int(block), int(row)


@contextmanager
def attacking(superuser: str) -> Iterator[Attacker]:
    """Let an attacker in as a superuser; a slot keeps the write-ahead log until the end."""
    engine: Engine = create_engine(superuser, poolclass=NullPool, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text("CREATE SCHEMA attacker"))
        try:
            for extension in ("pg_walinspect", "pageinspect"):
                connection.execute(text(f"CREATE EXTENSION {extension} SCHEMA attacker"))
            slot = text("SELECT pg_create_physical_replication_slot(:name, true, true)")
            name = connection.scalar(text("SELECT :name || pg_backend_pid()"), {"name": SLOT})
            connection.execute(slot, {"name": name})
            yield Attacker(connection)
        finally:
            connection.execute(text("DROP SCHEMA attacker CASCADE"))
    engine.dispose()
