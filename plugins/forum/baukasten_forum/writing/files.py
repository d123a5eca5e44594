"""Files that come with a form: taken in before its text is judged, given to the post when that is stored."""

from dataclasses import replace

from flask import Request

from baukasten.plugin import ContentRef, ModuleRef
from baukasten.sdk import Form, Invalid, here, may
from baukasten_forum.attaching import basket
from baukasten_forum.attaching.basket import Basket
from baukasten_forum.attaching.shown import carried
from baukasten_forum.keys import POST_TYPE
from baukasten_forum.writing.shown import Writer
from baukasten_forum.writing.views_drafts import member

UPLOAD = "upload"
BEFORE = frozenset({UPLOAD, "preview", "draft"})
"""Buttons that do not publish yet, so that nobody is asked for words already."""


def bring(
    request: Request, module: ModuleRef, form: Form, around: Writer, permission: str, post_id: int = 0
) -> tuple[Basket, Writer]:
    """Take in the files of a form that was read, and give them with what stands around the form then.

    ``post_id`` is the post that is changed. Commits what is taken in.
    """
    session = here().session
    if around.files is None or not may(session, member(), permission, module):
        return Basket(), around
    content = ContentRef(POST_TYPE, post_id) if post_id else None
    files = request.files.getlist(basket.SENT)
    found = basket.collect(session, member(), request.form, files, content)
    if UPLOAD in request.form:
        # The text is not finished, so nothing is wrong with it yet.
        form.errors.clear()
        for problem in found.problems:
            form.add_error("", problem)
    asked = BEFORE.isdisjoint(request.form)
    return found, replace(around, files=carried(found, asked=asked), file_problems=found.problems)


def of_post(around: Writer, post_id: int) -> Writer:
    """Put the files of the post that is changed into its form."""
    if around.files is None:
        return around
    there = Basket(basket.of_content(here().session, ContentRef(POST_TYPE, post_id)))
    return replace(around, files=carried(there, asked=False))


def give(found: Basket, post_id: int) -> None:
    """Give files to the post that was just stored; raises Invalid and takes the post back where they cannot be."""
    session = here().session
    try:
        basket.publish(session, member(), found, ContentRef(POST_TYPE, post_id))
    except Invalid:
        session.rollback()
        raise
