"""The mixer: opens a batch, writes its answers down in an order that nobody knows, and destroys its key. A job."""

import datetime as dt
import secrets
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Any, cast

from sqlalchemy import ColumnElement, delete, func, insert, or_, select, update
from sqlalchemy.orm import Session

from baukasten.plugin import Job
from baukasten.sdk import Scope, clock, enqueue, strongroom
from baukasten_survey.keys import BatchState, SurveyState
from baukasten_survey.mixing import clearing, sealing
from baukasten_survey.mixing.batches import SMALLEST, key_name, open_next
from baukasten_survey.models import Batch, Response, Sealed, Survey

UNSYNCED = {"synchronize_session": False}
AT_ONCE = 100
"""Rows read or written in one statement."""
GRACE = dt.timedelta(minutes=2)
"""After the close, until nobody can still be between being let in and being stored."""
MIX = "survey.mix"


@dataclass(frozen=True, slots=True)
class Pending:
    """One batch as the mixer weighs it."""

    id: int
    survey_id: int
    version: int
    state: str
    public_key: bytes = field(repr=False)
    answers: int
    over: bool
    """Nothing more can come: its survey is closed."""


def mix(session: Session) -> None:
    """Mix what may be mixed in the session's town, a transaction for each mixing; all of it is safe to repeat."""
    scope = cast("Scope", session)
    clearing.look_again(scope)
    for batches in groups(_batches(scope)):
        if not batches[-1].over and batches[-1].answers >= SMALLEST:
            _next(scope, batches[-1])
        if chosen := ripe(batches):
            _flush(scope, chosen)
    clearing.sweep(scope)


def groups(batches: Sequence[Pending]) -> list[list[Pending]]:
    """Give the batches that are weighed together: those of a version, and once it is over all of a survey.

    Its last version may be left with a handful. Mixed in one transaction with all others that wait, nothing but the
    version itself sets them apart.
    """
    found = groupby(batches, key=lambda one: (one.survey_id, None if one.over else one.version))
    return [list(group) for _, group in found]


def soon(session: Scope, at: dt.datetime) -> None:
    """Mix what is left of a survey as soon after its close as nothing more can come."""
    enqueue(session, MIX, schedule_at=at + GRACE + dt.timedelta(seconds=1))


def ripe(batches: Sequence[Pending]) -> list[Pending]:
    """Choose, of batches that are weighed together in their order, those to be mixed now, as one.

    While answers come, a batch waits until as many as make one wait behind it: so what is left at the close is
    never a handful. At the close everything is mixed as one.
    """
    if batches[-1].over:
        return list(batches)
    for at in range(len(batches) - 1, 0, -1):
        chosen, behind = batches[:at], batches[at:]
        many = sum(one.answers for one in behind) >= SMALLEST
        if many and sum(one.answers for one in chosen) >= SMALLEST:
            return list(chosen)
    return []


def _batches(session: Scope) -> list[Pending]:
    """Give the batches whose keys are here, with what lies in them; those of one version follow one another."""
    answers = (
        select(func.count())
        .where(Sealed.tenant_id == Batch.tenant_id, Sealed.batch_id == Batch.id)
        .scalar_subquery()
    )
    columns = (Batch.id, Batch.survey_id, Batch.version, Batch.state, Batch.public_key)
    query = (
        select(*columns, answers.label("answers"), func.coalesce(_over(), False).label("over"))
        .join(Survey, (Survey.tenant_id == Batch.tenant_id) & (Survey.id == Batch.survey_id))
        .where(Batch.state.in_((BatchState.OPEN, BatchState.FULL)))
        .order_by(Batch.survey_id, Batch.version, Batch.id)
    )
    found = [Pending(**row) for row in session.execute(query).mappings()]
    session.commit()
    return found


def _over() -> ColumnElement[bool]:
    late = clock.now() - GRACE
    closed = (Survey.state == SurveyState.CLOSED) & (func.coalesce(Survey.closed_at, late) <= late)
    return or_(closed, Survey.closes_at <= late)


def _next(session: Scope, batch: Pending) -> None:
    """Close a batch that holds enough, and open the next in the same moment."""
    full = update(Batch).where(Batch.id == batch.id, Batch.state == BatchState.OPEN)
    session.execute(full.values(state=BatchState.FULL), execution_options=UNSYNCED)
    open_next(session, batch.survey_id, batch.version)
    session.commit()


def _flush(session: Scope, batches: Sequence[Pending]) -> None:
    """Move batches into the results: one transaction, then their keys are destroyed.

    Killed before the commit, nothing has happened; killed after it, the next sweep destroys the keys.
    """
    held = _hold(session, batches)
    keys = _keys(session, held)
    mixed = update(Batch).where(Batch.id.in_(keys)).values(state=BatchState.FLUSHED)
    session.execute(mixed, execution_options=UNSYNCED)
    damaged = _move(session, [one for one in held if one.id in keys], keys)
    for one in damaged:
        clearing.lose(session, one.survey_id, one.id, one.answers, clearing.CHANGED)
    session.commit()
    for one in held:
        if one.id in keys:
            strongroom(session).destroy(key_name(one.public_key))


def _hold(session: Scope, batches: Sequence[Pending]) -> list[Pending]:
    """Wait for whoever is putting something in, and keep others out; gives what nobody mixed meanwhile."""
    query = (
        select(Batch.id)
        .where(Batch.id.in_([one.id for one in batches]), Batch.state.in_((BatchState.OPEN, BatchState.FULL)))
        .order_by(Batch.id)
        .with_for_update()
    )
    here = set(session.scalars(query))
    return [one for one in batches if one.id in here]


def _keys(session: Scope, held: Sequence[Pending]) -> dict[int, bytes]:
    """Read the private keys; batches without one are lost, which is said once and tried no more."""
    room, keys = strongroom(session), {}
    for one in held:
        try:
            keys[one.id] = room.read(key_name(one.public_key))
        except LookupError:
            clearing.lose(session, one.survey_id, one.id, one.answers, clearing.NO_KEY)
    return keys


def _move(session: Scope, held: Sequence[Pending], keys: Mapping[int, bytes]) -> list[Pending]:
    """Write the answers of all batches in one drawn order; gives what stays because it does not open.

    First everything is read, then everything written, then everything deleted: the write-ahead log keeps the order of
    pages and rows, and whatever took turns in it would tell which part of the queue became which part of the results.
    """
    opened, closed = _open(session, held, keys)
    secrets.SystemRandom().shuffle(opened)
    for at in range(0, len(opened), AT_ONCE):
        rows = [_row(session, batch, payload) for batch, payload in opened[at : at + AT_ONCE]]
        session.execute(insert(Response), rows)
    gone = delete(Sealed).where(Sealed.batch_id.in_(keys), Sealed.id.not_in(list(closed)))
    session.execute(gone, execution_options=UNSYNCED)
    damaged = Counter(closed.values())
    return [replace(one, answers=damaged[one.id]) for one in held if one.id in damaged]


def _open(
    session: Scope, held: Sequence[Pending], keys: Mapping[int, bytes]
) -> tuple[list[tuple[Pending, bytes]], dict[int, int]]:
    """Give all answers, and of those that do not open the numbers of row and batch."""
    known, opened, closed = {one.id: one for one in held}, [], {}
    query = select(Sealed.id, Sealed.batch_id, Sealed.blob).where(Sealed.batch_id.in_(keys))
    for row in session.execute(query.execution_options(yield_per=AT_ONCE)):
        try:
            payload = sealing.unseal(keys[row.batch_id], row.blob)
            sealing.decode(payload)
        except (sealing.Unopened, ValueError):
            closed[row.id] = row.batch_id
        else:
            opened.append((known[row.batch_id], payload))
    return opened, closed


def _row(session: Scope, batch: Pending, payload: bytes) -> dict[str, Any]:
    return {
        "tenant_id": session.tenant_id,
        "survey_id": batch.survey_id,
        "version": batch.version,
        "day": clock.now().date(),
        "answers": sealing.decode(payload),
    }


JOBS = [Job(MIX, mix, every="*/5 * * * *", max_attempts=3, even_suspended=True)]
