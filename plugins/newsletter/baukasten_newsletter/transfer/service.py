"""Files of people, as staff handles them: send one, read what would happen, let it happen or throw it away."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import IO, Any

from sqlalchemy import insert, select, update

from baukasten.plugin import MemberRef, ModuleRef, lazy
from baukasten.sdk import Conflict, Invalid, NotFound, Scope, clock, record, require
from baukasten_newsletter.keys import PEOPLE
from baukasten_newsletter.people import topics
from baukasten_newsletter.transfer import reading, running
from baukasten_newsletter.transfer.headers import Column
from baukasten_newsletter.transfer.judging import MOST_AGREED, MOST_HOW, MOST_WHEN, one_line
from baukasten_newsletter.transfer.models import Import, ImportPiece, ImportReport, ImportState
from baukasten_newsletter.transfer.reading import FileError

_ = lazy("newsletter")

PIECE = 256 * 1024
MOST_FILES = 5
"""Of one list that lie here at the same time."""
SHOWN = 20
LONGEST_FILE_NAME = 120
WAITING = (ImportState.CHECKING, ImportState.CHECKED, ImportState.TAKING)
DROPPABLE = (ImportState.CHECKING, ImportState.CHECKED)
UNSYNCED = {"synchronize_session": False}


@dataclass(frozen=True, slots=True)
class Wishes:
    """What staff says about a file."""

    topics: Sequence[int]
    language: str
    agreed: str = ""
    when: str = ""
    how: str = ""


def send(
    session: Scope, actor: MemberRef, module: ModuleRef, file: tuple[str, IO[bytes]], wishes: Wishes
) -> int:
    """Keep a file and queue its trial; ``file`` is its name and a stream that can be read twice.

    Raises Denied, Conflict where too many wait, and Invalid: under ``file`` where it cannot be read, and under
    ``agreed``, ``when`` and ``how`` where neither staff nor a column says it.
    """
    require(session, actor, PEOPLE, module)
    if (
        len(
            session.scalars(
                select(Import.id).where(Import.module_id == module.id, Import.state.in_(WAITING))
            ).all()
        )
        >= MOST_FILES
    ):
        raise Conflict(_("Several files wait already. Bring them in or throw them away first."))
    known = {row.id for row in topics.listed(session, module.id)}
    if not wishes.topics or not known.issuperset(wishes.topics):
        raise Invalid({"topics": _("Choose one topic at least.")})
    name, stream = file
    size = _measured(stream)
    origin = _origin(stream, wishes)
    now = clock.now()
    added = insert(Import).values(
        tenant_id=session.tenant_id, module_id=module.id, created_by=actor.id, created_at=now, changed_at=now,
        file_name=one_line(name, LONGEST_FILE_NAME), bytes=size, state=ImportState.CHECKING,
        language=wishes.language, topics=sorted(wishes.topics), **origin,
    )  # fmt: skip
    import_id = session.execute(added.returning(Import.id)).scalar_one()
    for number, piece in enumerate(_pieces(stream)):
        kept = {"import_id": import_id, "number": number, "data": piece}
        session.execute(insert(ImportPiece).values(tenant_id=session.tenant_id, **kept))
    record(session, actor, "newsletter.import.send", f"import:{import_id}", bytes=size)
    running.go_on(session, import_id)
    return int(import_id)


def start(session: Scope, actor: MemberRef, module: ModuleRef, import_id: int) -> None:
    """Let a checked file be brought in. Raises Denied, NotFound, and Conflict where it is not checked."""
    require(session, actor, PEOPLE, module)
    _change(
        session,
        module,
        import_id,
        (ImportState.CHECKED,),
        state=ImportState.TAKING,
        done_row=0,
        created_by=actor.id,
    )
    record(session, actor, "newsletter.import.start", f"import:{import_id}")
    running.go_on(session, import_id)


def drop(session: Scope, actor: MemberRef, module: ModuleRef, import_id: int) -> None:
    """Throw a file away before anybody was brought in. Raises Denied, NotFound and Conflict."""
    require(session, actor, PEOPLE, module)
    _change(session, module, import_id, DROPPABLE, state=ImportState.DROPPED)
    running.forget_file(session, import_id)
    record(session, actor, "newsletter.import.drop", f"import:{import_id}")


def listed(session: Scope, module: ModuleRef) -> Sequence[Any]:
    """Give the latest files of a list, without their contents; one statement."""
    query = select(*Import.__table__.c).where(Import.module_id == module.id)
    return session.execute(query.order_by(Import.id.desc()).limit(SHOWN)).all()


def find(session: Scope, module: ModuleRef, import_id: int) -> Any:
    """Give one file's row; raises NotFound."""
    query = select(*Import.__table__.c).where(Import.module_id == module.id, Import.id == import_id)
    row = session.execute(query).one_or_none()
    if row is None:
        raise NotFound
    return row


def report(session: Scope, import_id: int, *, is_trial: bool) -> Iterator[Sequence[Any]]:
    """Give number, result and problem of each row in its order, a chunk in memory at a time."""
    last = -1
    chosen = (ImportReport.import_id == import_id, ImportReport.is_trial.is_(is_trial))
    query = (
        select(ImportReport.number, ImportReport.rows).where(*chosen).order_by(ImportReport.number).limit(1)
    )
    while (found := session.execute(query.where(ImportReport.number > last)).one_or_none()) is not None:
        last = found.number
        yield from found.rows


def _change(session: Scope, module: ModuleRef, import_id: int, states: Sequence[str], **values: Any) -> None:
    find(session, module, import_id)
    changed = update(Import).where(Import.id == import_id, Import.state.in_(states))
    done = session.execute(
        changed.values(values | {"changed_at": clock.now()}).returning(Import.id), execution_options=UNSYNCED
    )
    if done.one_or_none() is None:
        raise Conflict(_("That is not possible any more: the file is in another state now."))


def _measured(stream: IO[bytes]) -> int:
    size = stream.seek(0, 2)
    stream.seek(0)
    if size > reading.MAX_BYTES:
        raise FileError(_("The file is larger than 60 MB. Split it."))
    return size


def _pieces(stream: IO[bytes]) -> Iterator[bytes]:
    stream.seek(0)
    while piece := stream.read(PIECE):
        yield piece


def _origin(stream: IO[bytes], wishes: Wishes) -> dict[str, str]:
    """Give the origin that staff wrote; raises Invalid for what neither staff nor a column says."""
    shape = reading.shape_of(lambda: _pieces(stream))
    if Column.ADDRESS not in shape.columns:
        raise FileError(reading.NO_ADDRESSES, 1)
    typed = {
        "agreed": (one_line(wishes.agreed, MOST_AGREED), Column.AGREED),
        "when": (one_line(wishes.when, MOST_WHEN), Column.WHEN),
        "how": (one_line(wishes.how, MOST_HOW), Column.HOW),
    }
    missing = [key for key, (words, column) in typed.items() if not words and column not in shape.columns]
    if missing:
        raise Invalid(dict.fromkeys(missing, _("Say it here; the file has no column for it.")))
    return {("agreed_when" if key == "when" else key): words for key, (words, _column) in typed.items()}
