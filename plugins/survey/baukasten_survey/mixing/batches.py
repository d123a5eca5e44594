"""Batches of sealed answers: the private half of each one's key lies in the strongroom before anything is sealed."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert as insert_or_not

from baukasten.sdk import Scope, Unavailable, strongroom
from baukasten_survey.keys import SEALED, BatchState, SurveyState
from baukasten_survey.mixing import sealing
from baukasten_survey.models import Batch, Response, Sealed, Survey

SMALLEST = 25
"""Answers that are mixed at least; see docs/explanation/survey-anonymity.md."""
PREFIX = "survey-"
"""Of the keys' names in the strongroom."""
TRIES = 8
HOLD = (
    "SELECT id, public_key FROM survey_batch "
    "WHERE survey_id = %s AND version = %s AND state = %s FOR KEY SHARE"
)
PUT = "INSERT INTO survey_sealed (tenant_id, batch_id, blob) VALUES (%s, %s, %s)"
"""Every answer asks these two, so nothing builds them anew; row security keeps them in the town."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many answers of a survey are not among the results yet."""

    answers: int
    """Waiting to be mixed."""
    lost: int
    """Their key is not on this machine: they cannot be opened."""


def put(session: Scope, survey_id: int, version: int, payload: bytes, size: int) -> None:
    """Seal an answer into the open batch, two statements; the caller commits.

    Raises ``sealing.TooLong``, and Unavailable where no batch can be opened.
    """
    batch_id, public_key = _hold(session, survey_id, version)
    blob = sealing.seal(public_key, payload, size)
    session.connection().exec_driver_sql(PUT, (session.tenant_id, batch_id, blob))


def waiting(session: Scope, survey_id: int) -> Waiting:
    """Tell how many answers of a survey wait, and how many are lost; one statement."""
    lost = Batch.state == BatchState.LOST
    query = (
        select(func.count().filter(~lost), func.count().filter(lost))
        .select_from(Batch)
        .join(Sealed, (Sealed.tenant_id == Batch.tenant_id) & (Sealed.batch_id == Batch.id))
        .where(Batch.survey_id == survey_id)
    )
    return Waiting(*session.execute(query).one())


def handfuls(session: Scope, survey_id: int) -> list[tuple[int, int]]:
    """Give versions of a closed, sealed survey that fewer answered than are mixed at least, and how many did.

    However they were mixed, the version stands beside each answer and makes these few a crowd of their own. One
    statement.
    """
    over = (Survey.state == SurveyState.CLOSED) & Survey.anonymity.in_(SEALED)
    of_survey = (Survey.tenant_id == Response.tenant_id) & (Survey.id == Response.survey_id)
    query = (
        select(Response.version, func.count())
        .join(Survey, of_survey)
        .where(Response.survey_id == survey_id, Response.test.is_(False), over)
        .group_by(Response.version)
        .having(func.count() < SMALLEST)
    )
    return [(version, many) for version, many in session.execute(query.order_by(Response.version))]


def open_next(session: Scope, survey_id: int, version: int) -> None:
    """Open a batch unless another is open; its key is on the disk before its row is in the database.

    A transaction that comes to nothing leaves a key without a batch behind, which the mixer clears away.
    """
    private, public = sealing.new_key()
    room, name = strongroom(session), key_name(public)
    room.keep(name, private)
    values = {"survey_id": survey_id, "version": version, "public_key": public}
    new = insert_or_not(Batch).values(tenant_id=session.tenant_id, **values).on_conflict_do_nothing()
    if session.scalar(new.returning(Batch.id)) is None:
        room.destroy(name)


def key_name(public_key: bytes) -> str:
    """Give the name by which a batch's private key lies in the strongroom."""
    return PREFIX + public_key.hex()


def _hold(session: Scope, survey_id: int, version: int) -> tuple[int, bytes]:
    """Give the open batch and keep the mixer away from it until the transaction ends.

    The lock is the foreign key's own, so that everybody takes part at once. It is taken before the row is written:
    the foreign key alone would let an answer into a batch that was mixed, and its key destroyed, a moment ago.
    """
    values = (survey_id, version, BatchState.OPEN)
    for _ in range(TRIES):
        found = session.connection().exec_driver_sql(HOLD, values).one_or_none()
        if found is not None:
            return found.id, found.public_key
        open_next(session, survey_id, version)
    raise Unavailable("no batch could be opened")
