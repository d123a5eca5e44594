"""Files of other programs that wait for a job: kept in pieces in the town's own rows, seen by nobody."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from tempfile import TemporaryFile
from typing import IO, Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from baukasten.plugin import MemberRef, ModuleRef, lazy
from baukasten.sdk import Conflict, Invalid, NotFound, Scope, clock, enqueue, record, require
from baukasten_survey.bringing import taking
from baukasten_survey.bringing.models import ImportState, SurveyImport, SurveyImportPiece
from baukasten_survey.building import drafts
from baukasten_survey.keys import BUILD, RUN
from baukasten_survey.surveys import lookup
from baukasten_survey.transfer.importing import LARGEST

_ = lazy("survey")

JOB = "survey.import"
PIECE = 256 * 1024
LONGEST_NAME = 120
SHOWN = 10
UNSYNCED = {"synchronize_session": False}
TOO_LARGE = _("This file is too large; up to %(most)s megabytes can be read.")
WAITS = _("A file is being read for this survey already.")


def send(
    session: Scope,
    actor: MemberRef,
    module: ModuleRef,
    revision: int,
    file: tuple[str, IO[bytes]],
    *,
    responses: bool,
) -> int:
    """Keep a file and queue its reading; ``file`` is its name and a stream. Gives the import's number.

    Raises Denied, Conflict where one is read already or the survey cannot take it, Invalid under ``file``.
    """
    require(session, actor, RUN if responses else BUILD, module)
    name, stream = file
    size = stream.seek(0, 2)
    if size > LARGEST:
        raise Invalid({"file": TOO_LARGE % {"most": LARGEST // 1_000_000}})
    place = taking.Place(actor, module, revision, "UTC")
    survey = taking.ready(session, place) if responses else drafts.writable(session, module, revision)
    now = clock.now()
    added = insert(SurveyImport).values(
        tenant_id=session.tenant_id, survey_id=survey.id, created_by=actor.id, created_at=now, changed_at=now,
        file_name=" ".join(name.replace("\0", "").split())[:LONGEST_NAME], bytes=size, revision=revision,
        with_responses=responses, state=ImportState.READING,
    )  # fmt: skip
    try:
        with session.begin_nested():
            import_id = int(session.execute(added.returning(SurveyImport.id)).scalar_one())
    except IntegrityError as error:
        raise Conflict(WAITS) from error
    stream.seek(0)
    number = 0
    while data := stream.read(PIECE):
        values = {"import_id": import_id, "number": number, "data": data}
        session.execute(insert(SurveyImportPiece).values(tenant_id=session.tenant_id, **values))
        number += 1
    record(session, actor, "survey.import.send", f"survey:{survey.id}", bytes=size)
    go_on(session, import_id)
    return import_id


def go_on(session: Scope, import_id: int) -> None:
    """Queue the next part of the work; one that waits already does this one's."""
    enqueue(session, JOB, queueing_lock=f"{JOB} {session.tenant_id} {import_id}", import_id=import_id)


def drop(session: Scope, actor: MemberRef, module: ModuleRef, import_id: int) -> None:
    """Throw a file away before it was read to its end; nothing of it stays. Raises NotFound and Conflict."""
    require(session, actor, BUILD, module)
    row = find(session, module, import_id)
    if not end(session, import_id, ImportState.DROPPED):
        raise Conflict(_("This file is not being read any more."))
    record(session, actor, "survey.import.drop", f"survey:{row.survey_id}")


def end(session: Scope, import_id: int, state: ImportState, problem: str = "") -> bool:
    """Stop reading a file, and delete it with all that was kept of it; False where it was over already."""
    row = locked(session, import_id)
    if row is None or row.state != ImportState.READING:
        return False
    change(session, import_id, state=state, problem=problem)
    forget_file(session, import_id)
    taking.forget(session, row.survey_id)
    return True


def forget_file(session: Scope, import_id: int) -> None:
    """Delete the file itself; the note has no answers and stays."""
    gone = delete(SurveyImportPiece).where(SurveyImportPiece.import_id == import_id)
    session.execute(gone, execution_options=UNSYNCED)


def change(session: Scope, import_id: int, **values: Any) -> None:
    """Write how far a file got."""
    changed = update(SurveyImport).where(SurveyImport.id == import_id)
    session.execute(changed.values(changed_at=clock.now(), **values), execution_options=UNSYNCED)


def locked(session: Scope, import_id: int) -> Any:
    """Give a file's row, which nobody else changes until the session commits; None where there is none."""
    query = select(*SurveyImport.__table__.c).where(SurveyImport.id == import_id).with_for_update()
    return session.execute(query).one_or_none()


def listed(session: Scope, survey_id: int) -> Sequence[Any]:
    """Give the latest files of a survey, without their contents; one statement."""
    query = select(*SurveyImport.__table__.c).where(SurveyImport.survey_id == survey_id)
    return session.execute(query.order_by(SurveyImport.id.desc()).limit(SHOWN)).all()


def find(session: Scope, module: ModuleRef, import_id: int) -> Any:
    """Give one file's row; raises NotFound."""
    survey = lookup.of_module(session, module.id)
    query = select(*SurveyImport.__table__.c).where(SurveyImport.survey_id == survey.id)
    row = session.execute(query.where(SurveyImport.id == import_id)).one_or_none()
    if row is None:
        raise NotFound
    return row


@contextmanager
def opened(session: Scope, import_id: int) -> Iterator[IO[bytes]]:
    """Give a file as it was sent, put together on disk and never in memory; gone with the block."""
    query = select(SurveyImportPiece.data).where(SurveyImportPiece.import_id == import_id)
    with TemporaryFile() as file:
        number = 0
        while (data := session.scalar(query.where(SurveyImportPiece.number == number))) is not None:
            file.write(data)
            number += 1
        file.seek(0)
        yield file
