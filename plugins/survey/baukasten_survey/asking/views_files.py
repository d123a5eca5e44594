"""Files that somebody adds to an answer: where it is named or pseudonymous, and for whoever is signed in."""

from collections.abc import Mapping
from typing import Any

from flask import request

from baukasten.plugin import ContentRef
from baukasten.sdk import Invalid, TooMany, attach, here, set_alt, store_upload
from baukasten_survey.answers.checking import Fault
from baukasten_survey.asking.views_sitting import Sitting
from baukasten_survey.definition.model import Page, Question
from baukasten_survey.keys import SEALED, Anonymity, Kind

CONTENT = "survey.response"
MOST = 5
"""Files of one question, whatever it says."""


def possible(at: Sitting) -> bool:
    """Tell whether files can be taken from whoever asks."""
    return at.facts.anonymity not in SEALED and here().member is not None


def take(at: Sitting, page: Page) -> list[Fault]:
    """Store what came for the page's questions and take away what was unticked; gives what was refused."""
    found = []
    for question in page.questions:
        if question.kind is Kind.FILE:
            found += _take(at, question)
    return found


def _take(at: Sitting, question: Question) -> list[Fault]:
    code, session, member = question.code, here().session, here().member
    gone = set(request.form.getlist(f"{code}.remove"))
    listed = [one for one in at.work.answers.get(code) or () if str(one["id"]) not in gone]
    faults = []
    if member is not None and possible(at):
        most = min(MOST, question.max_answers or 1)
        for file in request.files.getlist(code):
            if not file.filename:
                continue
            if len(listed) >= most:
                break
            try:
                stored = store_upload(session, member, file.filename, file.stream)
            except (Invalid, TooMany) as refusal:
                faults.append(
                    Fault(code, code, next(iter(getattr(refusal, "errors", {}).values()), refusal.message))
                )
                continue
            listed.append({
                "id": stored.id, "name": stored.name, "size": stored.bytes, "type": stored.media_type,
            })  # fmt: skip
    if listed:
        at.work.answers[code] = listed
    else:
        at.work.answers.pop(code, None)
    return faults


def attach_all(at: Sitting, response_id: int, answers: Mapping[str, Any]) -> None:
    """Give the files of an answer to it, so that they stay; a pseudonymous one says nothing of who brought them."""
    member = here().member
    ids = [
        one["id"]
        for code, question in at.compiled.asked.definition.questions.items()
        if question.kind is Kind.FILE
        for one in answers.get(code) or ()
    ]
    if not ids or member is None:
        return
    session = here().session
    for number in ids:
        set_alt(session, member, number, "")
    nameless = at.facts.anonymity is Anonymity.PSEUDONYMOUS
    attach(session, member, ids, ContentRef(CONTENT, response_id), nameless=nameless)
