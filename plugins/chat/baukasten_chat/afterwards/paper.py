"""A published transcript on paper: a tagged PDF, made in a job and kept beside the room."""

import io
from typing import Any, cast

from markupsafe import Markup
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from baukasten.plugin import ContentRef, Job, lazy
from baukasten.sdk import (
    MODULE_MEDIA,
    Scope,
    add_media,
    dgettext,
    modules_by_id,
    pdf_possible,
    slug,
    translator,
    work,
    write_pdf,
)
from baukasten_chat import rooms
from baukasten_chat.afterwards import telling
from baukasten_chat.afterwards.publishing import PAPER_JOB
from baukasten_chat.models import Transcript

_ = lazy("chat")
UNSYNCED = {"synchronize_session": False}


def make(session: Session, *, transcript_id: int) -> None:
    """Make the paper of a published transcript, once; where the machine cannot, the page has none."""
    scope = cast("Scope", session)
    query = select(Transcript.__table__).where(Transcript.id == transcript_id).with_for_update()
    row = session.execute(query).one_or_none()
    if row is None or row.published_at is None or row.pdf_id is not None or not pdf_possible():
        return
    module_id = rooms.by_id(session, row.room_id).module_id
    module = modules_by_id(session, [module_id])[module_id]
    out = io.BytesIO()
    body = _body(row, telling.lines(scope, row), work(session).town.name)
    write_pdf(out, body, title=row.title, language=translator().language)
    out.seek(0)
    made = add_media(scope, ContentRef(MODULE_MEDIA, module.id), f"{slug(row.title)}.pdf", out)
    kept = update(Transcript).where(Transcript.id == transcript_id).values(pdf_id=made.id)
    session.execute(kept, execution_options=UNSYNCED)
    session.commit()


def _body(row: Any, told: list[telling.Told], town: str) -> Markup:
    head = Markup("<h1>{}</h1><p>{}, {}</p>").format(row.title, town, translator().datetime(row.since))
    return head + _counts(telling.counts(row)) + _answers(told) + _log(told)


def _counts(counts: list[tuple[str, int]]) -> Markup:
    if not counts:
        return Markup("")
    items = Markup("").join(Markup("<li>{}: {}</li>").format(rule, number) for rule, number in counts)
    words = str(_("Out of view, by the rule that was broken"))
    return Markup("<p>{}</p><ul>{}</ul>").format(words, items)


def _answers(told: list[telling.Told]) -> Markup:
    answered = telling.answered(told)
    if not answered:
        return Markup("")
    headings = (_("Question"), _("Answer"), _("Who answered"), _("Minute"))
    head = Markup("").join(Markup('<th scope="col">{}</th>').format(str(one)) for one in headings)
    rows = Markup("").join(
        Markup("<tr><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>").format(
            Markup(one.question),  # noqa: S704 - cooked when it was written
            Markup(one.answer),  # noqa: S704 - cooked when it was written
            one.by,
            "" if one.minute is None else one.minute,
        )
        for one in answered
    )
    words = str(_("Answered questions"))
    return Markup("<h2>{}</h2><table><thead><tr>{}</tr></thead><tbody>{}</tbody></table>").format(
        words, head, rows
    )


def _log(told: list[telling.Told]) -> Markup:
    moment = translator().datetime
    parts = [Markup("<h2>{}</h2>").format(str(_("All that was said")))]
    for one in told:
        said = Markup("<em>{}</em>").format(dgettext("chat", "[%(why)s]", why=one.gone)) if one.gone else None
        if one.left_out:
            said = Markup("<em>{}</em>").format(str(_("[left out]")))
        text = Markup(one.html) if said is None else said  # noqa: S704 - cooked when it was written
        parts.append(Markup("<p><strong>{}</strong> {}<br>{}</p>").format(one.who, moment(one.at), text))
    return Markup("\n").join(parts)


JOBS = [Job(PAPER_JOB, make)]
