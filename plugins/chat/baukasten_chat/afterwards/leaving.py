"""What left view or was reworded after a transcript was drafted: it is published as if it had been drafted now."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete, select, update

from baukasten.sdk import Scope, reasons
from baukasten_chat import wire
from baukasten_chat.afterwards.making import hidden_counts
from baukasten_chat.keys import MESSAGE_TYPE, QUESTION_TYPE
from baukasten_chat.models import SHOWN, Line, Message, Question, Transcript

UNSYNCED = {"synchronize_session": False}
KINDS: Sequence[tuple[type[Message] | type[Question], str, Sequence[str]]] = (
    (Message, MESSAGE_TYPE, ("message", "town")),
    (Question, QUESTION_TYPE, ("question",)),
)


def take_out(session: Scope, transcript: Any) -> None:
    """Leave of what was hidden, removed or taken back since the draft no words and no names; the caller holds both.

    The town's answer to such a question goes with it.
    """
    gone = [one for rows, key, kinds in KINDS for one in _gone(session, transcript, rows, key, kinds)]
    if not gone:
        return
    for line_id, why in gone:
        values = {"gone": why, "body_html": "", "name": "", "author_id": None, "person": 0}
        one = update(Line).where(Line.id == line_id).values(values)
        session.execute(one, execution_options=UNSYNCED)
    mine = Line.transcript_id == transcript.id
    unread = select(Line.number).where(mine, Line.kind == "question", Line.gone != "").scalar_subquery()
    answers = delete(Line).where(mine, Line.kind == "answer", Line.number.in_(unread))
    session.execute(answers, execution_options=UNSYNCED)
    left = [{"gone": why} for why in session.scalars(select(Line.gone).where(mine))]
    counted = update(Transcript).where(Transcript.id == transcript.id).values(counts=hidden_counts(left))
    session.execute(counted, execution_options=UNSYNCED)


def reword(session: Scope, transcript: Any) -> None:
    """Give lines the wording that staff put in place of the author's since, unless they were redacted here."""
    for rows, _key, kinds in KINDS:
        same = (rows.room_id == transcript.room_id, rows.number == Line.number, rows.staff_edited)
        mine = (Line.transcript_id == transcript.id, Line.kind.in_(kinds), Line.gone == "", ~Line.redacted)
        stored = update(Line).where(*mine, *same).values(body_html=rows.body_html)
        session.execute(stored, execution_options=UNSYNCED)


def _gone(
    session: Scope, transcript: Any, rows: type[Message] | type[Question], key: str, kinds: Sequence[str]
) -> list[tuple[int, str]]:
    """Give the lines whose contribution left view, each with why."""
    query = (
        select(Line.id, rows.id.label("row_id"), rows.visibility)
        .join(rows, (rows.room_id == transcript.room_id) & (rows.number == Line.number))
        .where(Line.transcript_id == transcript.id, Line.kind.in_(kinds), Line.gone == "")
        .where(rows.visibility.not_in(SHOWN))
    )
    found = session.execute(query).all()
    rules = reasons(session, key, [row.row_id for row in found]) if found else {}
    told = {row_id: one.rule for row_id, one in rules.items()}
    return [(row.id, told.get(row.row_id) or wire.gone(row.visibility)) for row in found]
