"""A survey of the demo's town before the pages are looked at: open, with every kind of question, in two languages."""

from baukasten import clock
from baukasten.projects.placing import place_module
from baukasten.web import i18n
from baukasten_survey.keys import Anonymity, SurveyState
from baukasten_survey.models import Version
from baukasten_survey.surveys import lookup
from tests.journeys.exhibition import Exhibition
from tests.journeys.townhall import TOWN
from tests.survey.asking.every import EVERY

SLUG = "befragung"
ROOM = 65_536
"""Bytes of a sealed answer; enough for every kind."""


def ask(shown: Exhibition) -> dict[str, str]:
    """Place the survey and publish it; gives what addresses name."""
    with i18n.speaking(i18n.translator("de")), shown.database.session(shown.town(TOWN).id) as session:
        module = place_module(session, None, "survey", title="Befragung", slug=SLUG)
        survey = lookup.of_module(session, module.id)
        data = {
            **EVERY,
            "languages": ["de", "en"],
            "title": {"de": "Sicher zur Schule", "en": "Safe to school"},
        }
        values = {"survey_id": survey.id, "number": 1, "definition": data}
        session.add(Version(**values, sealed_size=ROOM, at=clock.now()))
        survey.definition, survey.version, survey.state = data, 1, SurveyState.OPEN
        survey.anonymity = Anonymity.PSEUDONYMOUS
        session.commit()
        return {"survey": f"/{SLUG}"}
