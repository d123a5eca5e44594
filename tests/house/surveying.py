"""A survey with something of everything, every text of it marked, for tests that look for leaks."""

from typing import Any

from baukasten import clock
from baukasten.projects.placing import place_module
from baukasten_survey.keys import SurveyState
from baukasten_survey.models import Response, Version
from baukasten_survey.results.models import Freeze, Publication
from baukasten_survey.surveys import lookup
from tests.house.talking import UNSEEN

CODE = "x"
"""Of a page, a group and a question: codes belong to no town."""


def survey(session, project_id, people, marker):
    """Place an open survey with an answer that nobody else may read; gives its routes' arguments."""
    module = place_module(
        session,
        None,
        "survey",
        title=f"Umfrage {marker}",
        slug=f"umfrage-{marker}".lower(),
        project_id=project_id,
    )
    found = lookup.of_module(session, module.id)
    data = _definition(marker)
    session.add(Version(survey_id=found.id, number=1, definition=data, sealed_size=8192, at=clock.now()))
    found.definition, found.version, found.state = data, 1, SurveyState.OPEN
    found.anonymity = "named"
    answer = {CODE: f"Geheim {UNSEEN}{marker}"}
    member = people["citizen"].id
    session.add(
        Response(survey_id=found.id, version=1, day=clock.now().date(), answers=answer, member_id=member)
    )
    nothing: dict[str, Any] = {"tables": {}, "ranks": {}, "crossings": []}
    session.add(
        Freeze(
            survey_id=found.id,
            number=1,
            version=1,
            day=clock.now().date(),
            last_id=0,
            people=0,
            tables=nothing,
        )
    )
    words = {"headline": f"Befund {marker}", "lead": f"Kurz {marker}", "steps": [f"Danach {marker}"]}
    session.add(Publication(survey_id=found.id, published_at=clock.now(), shown=[[CODE, ""]], **words))
    session.flush()
    return {"survey": module.slug}


def _definition(marker):
    question = {
        "code": CODE,
        "kind": "long",
        "title": {"de": f"Frage {marker}"},
        "help": {"de": f"Hilfe {marker}"},
    }
    group = {"code": CODE, "title": {"de": f"Gruppe {marker}"}, "questions": [question]}
    page = {
        "code": CODE,
        "title": {"de": f"Seite {marker}"},
        "text": {"de": f"Dazu {marker}"},
        "groups": [group],
    }
    return {
        "languages": ["de"],
        "title": {"de": f"Umfrage {marker}"},
        "intro": {"de": f"Vorweg {marker}"},
        "outro": {"de": f"Zuletzt {marker}"},
        "pages": [page],
    }
