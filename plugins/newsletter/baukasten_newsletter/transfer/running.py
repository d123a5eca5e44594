"""Going through a file in a job: a trial that changes nothing, then the run, in chunks that survive any end."""

import time
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import delete, insert, select, update

from baukasten.plugin import LazyText, MemberRef, ModuleRef, lazy
from baukasten.sdk import (
    BaukastenError,
    Conflict,
    Invalid,
    NotFound,
    Scope,
    clock,
    enqueue,
    member_by_id,
    module_by_id,
    record,
    work,
)
from baukasten_newsletter.people import importing, watching
from baukasten_newsletter.transfer import judging, reading
from baukasten_newsletter.transfer.judging import TAKEN, Doubles, Origin, Sieve, Told
from baukasten_newsletter.transfer.models import Import, ImportPiece, ImportReport, ImportState
from baukasten_newsletter.transfer.reading import Entry

_ = lazy("newsletter")

RUN = "newsletter.import.run"
ATTEMPTS = 20
CHUNK = 500
"""Rows of one transaction; so long others wait who subscribe, for the log of consents is one chain."""
SECONDS = 60.0
"""After which another job goes on, so that other towns have their turn."""
UNSYNCED = {"synchronize_session": False}
MOVING = (ImportState.CHECKING, ImportState.TAKING)
GONE = _("Whoever started this has no account here any more. Send the file again.")


def go_on(session: Scope, import_id: int) -> None:
    """Queue the next part of the work; one that waits already does this one's."""
    once = f"{RUN} {session.tenant_id} {import_id}"
    enqueue(session, RUN, queueing_lock=once, import_id=import_id)


def run(session: Scope, *, import_id: int, seconds: float = SECONDS) -> None:
    """Go on with a file where it stopped, for a while; what cannot be done is told on its page."""
    row = _row(session, import_id)
    if row is None or row.state not in MOVING:
        return
    try:
        more = _Run(session, row).work(seconds)
    except BaukastenError as error:
        session.rollback()
        _fail(session, import_id, row.state, _said(error))
        return
    if more:
        go_on(session, import_id)


def forget_file(session: Scope, import_id: int) -> None:
    """Delete the file itself; the report has no addresses and stays."""
    gone = delete(ImportPiece).where(ImportPiece.import_id == import_id)
    session.execute(gone, execution_options=UNSYNCED)


class _Run:
    """One file on its way."""

    def __init__(self, session: Scope, row: Any) -> None:
        self._session, self._id, self._state = session, row.id, row.state
        self._is_trial = row.state == ImportState.CHECKING
        self._done, self._language = row.done_row, row.language
        module = module_by_id(session, row.module_id)
        if module is None:
            raise NotFound
        if row.created_by is None:
            raise Invalid({"file": GONE})
        if watching.is_other_secret(session):
            raise Conflict(watching.OTHER_SECRET)
        self._module: ModuleRef = module
        self._actor: MemberRef = member_by_id(session, row.created_by)
        self._sieve = Sieve(
            Origin(row.agreed, row.agreed_when, row.how), work(session).town.languages, row.topics, Doubles()
        )

    def work(self, seconds: float) -> bool:
        """Go through the rows for about so long; tells whether some are left."""
        until = time.monotonic() + seconds
        chunk: list[Entry] = []
        for entry in reading.entries(self._pieces, reading.shape_of(self._pieces)):
            if entry.row <= self._done:
                self._sieve.pass_over(entry)
                continue
            chunk.append(entry)
            if len(chunk) == CHUNK:
                if not self._deal_with(chunk):
                    return False
                chunk = []
                if time.monotonic() >= until:
                    return True
        if not chunk or self._deal_with(chunk):
            self._finish()
        return False

    def _pieces(self) -> Iterator[bytes]:
        """Give the file piece by piece, one in memory at a time."""
        number = 0
        query = select(ImportPiece.data).where(ImportPiece.import_id == self._id)
        while (data := self._session.scalar(query.where(ImportPiece.number == number))) is not None:
            yield data
            number += 1

    def _deal_with(self, chunk: Sequence[Entry]) -> bool:
        """Deal with some rows in one transaction; not where somebody else went on with the file meanwhile."""
        row = _row(self._session, self._id)
        if row is None or (row.state, row.done_row) != (self._state, self._done):
            self._session.rollback()
            return False
        found = sorted(self._judge(chunk), key=lambda one: one.row)
        last = chunk[-1].row
        told = [[one.row, one.result, one.error] for one in found]
        report = {"import_id": self._id, "number": last, "is_trial": self._is_trial, "rows": told}
        self._session.execute(insert(ImportReport).values(tenant_id=self._session.tenant_id, **report))
        kept = "counts" if self._is_trial else "taken"
        counts = Counter(getattr(row, kept)) + Counter(str(one.result) for one in found)
        changed = update(Import).where(Import.id == self._id).values({kept: dict(counts), "done_row": last})
        self._session.execute(changed, execution_options=UNSYNCED)
        self._session.commit()
        self._done = last
        return True

    def _judge(self, chunk: Sequence[Entry]) -> list[Told]:
        left_out, wanted, never = self._sieve.sort(chunk)
        if self._is_trial:
            return [*left_out, *judging.told(importing.judge(self._session, wanted))]
        nowhere = importing.Origin("")
        found = importing.take(
            self._session, self._actor, self._module, wanted, nowhere, self._language, never
        )
        return [*left_out, *judging.told(found)]

    def _finish(self) -> None:
        row = _row(self._session, self._id)
        if row is None or row.state != self._state:
            return
        state = ImportState.CHECKED if self._is_trial else ImportState.DONE
        _set(self._session, self._id, state=state, changed_at=clock.now())
        if not self._is_trial:
            forget_file(self._session, self._id)
            taken = sum(row.taken.get(result, 0) for result in TAKEN)
            record(self._session, self._actor, "newsletter.import.done", f"import:{self._id}", taken=taken)


def _fail(session: Scope, import_id: int, state: str, problem: str) -> None:
    row = _row(session, import_id)
    if row is None or row.state != state:
        return
    _set(session, import_id, state=ImportState.FAILED, problem=problem, changed_at=clock.now())
    forget_file(session, import_id)


def _said(error: BaukastenError) -> str:
    found: LazyText | str = error.message
    if isinstance(error, Invalid) and error.errors:
        found = next(iter(error.errors.values()))
    return str(found)


def _set(session: Scope, import_id: int, **values: Any) -> None:
    changed = update(Import).where(Import.id == import_id).values(values)
    session.execute(changed, execution_options=UNSYNCED)


def _row(session: Scope, import_id: int) -> Any:
    """Give a file's row, which nobody else changes until the session commits."""
    query = select(*Import.__table__.c).where(Import.id == import_id).with_for_update()
    return session.execute(query).one_or_none()
