"""Writing an issue: the page of an edition, and the one form that saves it and moves its blocks."""

from flask import request
from flask.typing import ResponseReturnValue

from baukasten.plugin import ModuleRef
from baukasten.sdk import Conflict, Invalid, TooMany, here, letterhead, requires, takes_files
from baukasten_newsletter.keys import WRITE
from baukasten_newsletter.letters import form, service, views_desk
from baukasten_newsletter.letters.blocks import Block, Kind
from baukasten_newsletter.letters.form import Sent
from baukasten_newsletter.routes import ID, routes


@routes.get(f"/ausgaben/{ID}")
@requires(WRITE)
def issue(module: ModuleRef, row_id: int) -> ResponseReturnValue:
    """Show an edition with its blocks, its check and what it looks like."""
    return views_desk.page(module, row_id, request.args.get("sprache", "")[:20])


@routes.post(f"/ausgaben/{ID}")
@requires(WRITE)
@takes_files
def issue_save(module: ModuleRef, row_id: int) -> ResponseReturnValue:
    """Save an edition and the issue's topics, whichever button was pressed; nothing that was typed is lost."""
    session = here().session
    language = request.form.get("sprache", "")[:20]
    head = letterhead(session)
    try:
        sent = form.read(request.form, head)
    except Invalid as refused:
        return views_desk.page(module, row_id, language, refused=refused)
    words = sent.words
    try:
        words = _with_pictures(module, sent)
        saved = service.save(
            session, views_desk.me(), module, row_id, language, words, sent.revision, sent.topics
        )
    except (Invalid, Conflict, TooMany) as refused:
        session.rollback()
        return views_desk.page(
            module, row_id, language, typed=sent.words, topics=sent.topics, refused=refused
        )
    done = "saved" if sent.step.verb == "save" else ""
    return views_desk.to_issue(module, saved, language, done=done, block=sent.focus)


def _with_pictures(module: ModuleRef, sent: Sent) -> service.Words:
    """Store the pictures that came with the form and put their numbers into the blocks."""
    parts = [*sent.words.blocks]
    for at, block in enumerate(parts):
        if block.kind is Kind.IMAGE:
            parts[at] = _stored(module, block, sent.origin[at])
    return service.Words(sent.words.subject, sent.words.preheader, parts)


def _stored(module: ModuleRef, block: Block, at: int | None) -> Block:
    file = None if at is None else request.files.get(form.field_name(at, "file"))
    if file is None or not file.filename:
        return block
    made = service.store_picture(
        here().session, views_desk.me(), module, file.filename, file.stream, block.alt
    )
    return block.with_media(made.id)
