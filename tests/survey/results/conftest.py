"""Surveys whose responses are there already, and the job that counts them."""

import datetime as dt

import pytest

from baukasten_survey.models import Response
from baukasten_survey.results import freezing
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
def freeze(session):
    """Freeze what is ripe, as the job does; gives how many freezes were made."""

    def frozen(module, *, wanted=False):
        session.expire_all()
        return freezing.freeze(session, lookup.of_module(session, module.id), wanted=wanted)

    return frozen
