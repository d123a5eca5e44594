"""Quotes: texts chosen by one who reads all, edited, released, and taken back."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from baukasten.plugin import MemberRef, lazy
from baukasten.sdk import Conflict, Invalid, NotFound, Scope, clock, listed_word, record
from baukasten_survey.models import Survey
from baukasten_survey.texts.fields import Field, text_of
from baukasten_survey.texts.models import Quote, QuoteState
from baukasten_survey.texts.traces import Trace, traces

_ = lazy("survey")
LONGEST, MOST = 1000, 100
PLACES = 2**31
EMPTY = _("Write what everybody is to read, up to 1,000 signs.")
TRACED = _(
    "Something in it may tell who wrote it, or is on a list of the town. Take it out, or say that you have looked."
)
TOO_FEW = _(
    "So few have answered this question that their number is not told. Nothing is quoted from so few."
)
MANY = _("A hundred quotes of one question are enough.")


@dataclass(frozen=True, slots=True)
class Voice:
    """A quote as everybody reads it: nothing but its words."""

    id: int
    text: str


def warnings(session: Scope, text: str) -> list[Trace]:
    """Give what somebody should look at before a text is published; one statement."""
    found = traces(text)
    listed = listed_word(session, text)
    return [*found, Trace(str(_("On the town's list of words")), listed)] if listed else found


def choose(
    session: Scope,
    actor: MemberRef,
    survey: Survey,
    field: Field,
    response_id: int,
    text: str,
    *,
    looked: bool = False,
) -> Quote:
    """Choose a text, or write it anew; what was released waits for its release again.

    ``looked``: somebody has read it and finds that it tells nobody. Raises NotFound, and Invalid where something may.
    """
    text_of(session, survey.id, field, response_id)
    body = "\n".join(" ".join(line.split()) for line in text.splitlines()).strip()
    if not body or len(body) > LONGEST:
        raise Invalid({"body": EMPTY})
    if not looked and warnings(session, body):
        raise Invalid({"looked": TRACED})
    found = of_response(session, survey.id, field, response_id, alone=True)
    if found is None:
        known = select(func.count()).where(Quote.survey_id == survey.id, Quote.question == field.name)
        if (session.scalar(known) or 0) >= MOST:
            raise Conflict(MANY)
        found = _begun(session, actor, survey, field, response_id, body)
    found.body, found.state, found.chosen_by = body, QuoteState.CHOSEN, actor.id
    found.released_by = None
    session.flush()
    record(session, actor, "survey.quote.choose", f"survey.quote:{found.id}")
    return found


def _begun(
    session: Scope, actor: MemberRef, survey: Survey, field: Field, response_id: int, body: str
) -> Quote:
    """Make a quote, or give the one that somebody else made at the same moment."""
    values = {"survey_id": survey.id, "question": field.name, "response_id": response_id, "body": body}
    adding = insert(Quote).values(
        tenant_id=session.tenant_id,
        place=secrets.randbelow(PLACES),
        chosen_by=actor.id,
        at=clock.now(),
        **values,
    )
    session.execute(adding.on_conflict_do_nothing())
    found = of_response(session, survey.id, field, response_id, alone=True)
    if found is None:
        raise NotFound
    return found


def of_response(
    session: Scope, survey_id: int, field: Field, response_id: int, *, alone: bool = False
) -> Quote | None:
    """Give the quote of a text; one statement."""
    query = select(Quote).where(
        Quote.survey_id == survey_id, Quote.question == field.name, Quote.response_id == response_id
    )
    if alone:
        query = query.with_for_update().execution_options(populate_existing=True)
    return session.scalar(query)


def of_survey(session: Scope, survey_id: int) -> list[Quote]:
    """Give all quotes in their order, by question; one statement."""
    query = select(Quote).where(Quote.survey_id == survey_id)
    return list(session.scalars(query.order_by(Quote.question, Quote.place, Quote.id)))


def locked(session: Scope, survey_id: int, number: int) -> Quote:
    """Give a quote of a survey and hold it; raises NotFound."""
    query = select(Quote).where(Quote.survey_id == survey_id, Quote.id == number).with_for_update()
    found = session.scalar(query.execution_options(populate_existing=True))
    if found is None:
        raise NotFound
    return found


def release(session: Scope, actor: MemberRef, survey: Survey, number: int, told: int | None) -> None:
    """Let everybody read a quote, once results are published.

    ``told`` is how many have answered, as the question's published table says. Raises NotFound, Conflict.
    """
    found = locked(session, survey.id, number)
    if not told or told < survey.minimum_cell:
        raise Conflict(TOO_FEW)
    if found.state != QuoteState.RELEASED:
        found.state, found.released_by = QuoteState.RELEASED, actor.id
        session.flush()
        record(session, actor, "survey.quote.release", f"survey.quote:{found.id}")


def take_back(session: Scope, actor: MemberRef, survey_id: int, number: int) -> None:
    """Let nobody read a quote any more, or give it up before anybody has. Raises NotFound."""
    found = locked(session, survey_id, number)
    if found.state != QuoteState.BACK:
        found.state = QuoteState.BACK
        session.flush()
        record(session, actor, "survey.quote.take_back", f"survey.quote:{found.id}")


def lift(session: Scope, survey_id: int, number: int) -> None:
    """Move a quote one place up among those of its question. Raises NotFound."""
    found = locked(session, survey_id, number)
    there: Sequence[Quote] = [one for one in of_survey(session, survey_id) if one.question == found.question]
    at = there.index(found)
    if at:
        above = there[at - 1]
        above.place, found.place = found.place, above.place
        if above.place == found.place:
            found.place -= 1
        session.flush()


def voices(session: Scope, survey_id: int) -> dict[str, list[Voice]]:
    """Give what everybody may read, by the name of the text; one statement."""
    query = select(Quote.question, Quote.id, Quote.body).where(
        Quote.survey_id == survey_id, Quote.state == QuoteState.RELEASED
    )
    found: dict[str, list[Voice]] = {}
    for name, number, body in session.execute(query.order_by(Quote.place, Quote.id)):
        found.setdefault(name, []).append(Voice(number, body))
    return found
