"""Open texts of a survey that is over, before the pages are looked at: sorted, differing, some of them voices."""

from sqlalchemy import select

from baukasten.plugin.refs import Role
from baukasten_survey.models import Response
from baukasten_survey.results import standing, told
from baukasten_survey.surveys import lookup
from baukasten_survey.texts import categories, quotes
from baukasten_survey.texts.fields import fields_of
from baukasten_survey.texts.models import Coder, Coding
from tests.journeys import townhall
from tests.journeys.exhibition import Exhibition

NAME = "q2"
EARLIER = 18
"""Of the texts, those that the first two put into the same category."""


def sort(session, module, shown: Exhibition) -> dict[str, str]:
    """Let two who are gone have sorted all texts and differ on some; gives the address of one text's form."""
    survey = lookup.of_module(session, module.id)
    asked = lookup.history(session, survey.id)
    field = fields_of(asked.definitions, asked.names)[NAME]
    wide, narrow = (
        categories.add(session, survey.id, NAME, name, "Breite, Spuren") for name in ("Platz", "Tempo")
    )
    query = select(Response.id).where(Response.survey_id == survey.id, Response.answers.has_key(NAME))
    numbers = session.scalars(query.order_by(Response.id)).all()
    for number in (1, 2):
        coder = Coder(survey_id=survey.id, question=NAME, number=number, done_at=survey.closed_at)
        session.add(coder)
        session.flush()
        chosen = [wide if number == 1 or place < EARLIER else narrow for place in range(len(numbers))]
        session.add_all(
            Coding(coder_id=coder.id, response_id=response, category_id=one.id, at=survey.closed_at)
            for response, one in zip(numbers, chosen, strict=True)
        )
    admin = townhall.member_of(shown, session, Role.ADMIN)
    people = told.told(standing.of_survey(session, survey.id), field)
    for response, words in zip(
        numbers, ("Die Straße ist zu breit.", "Zu viel Platz für Autos."), strict=False
    ):
        voice = quotes.choose(session, admin, survey, field, response, words)
        if response == numbers[0]:
            quotes.release(session, admin, survey, voice.id, people)
    return {"quote": f"/vorbei/antworten/texte/{NAME}/stimmen/{numbers[0]}"}
