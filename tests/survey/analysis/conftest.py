"""Surveys whose responses are there already, and looks at their exact figures."""

import datetime as dt

import pytest
from werkzeug.datastructures import MultiDict

from baukasten_survey.analysis import page as analysis_page
from baukasten_survey.models import Response
from baukasten_survey.surveys import lookup

DAY = dt.date(2035, 3, 20)


@pytest.fixture
def fill(session):
    """Store answers as responses of a survey's version."""

    def filled(module, answers, *, version=1, **values):
        survey = lookup.of_module(session, module.id)
        session.add_all(
            Response(survey_id=survey.id, version=version, day=DAY, answers=one, **values) for one in answers
        )
        session.commit()

    return filled


@pytest.fixture
def look(session):
    """Look at a survey's exact figures, as an address asks for them."""

    def looked(module, *pairs, language="de"):
        session.expire_all()
        found = analysis_page.look(session, lookup.of_module(session, module.id), MultiDict(pairs), language)
        session.commit()
        return found

    return looked
