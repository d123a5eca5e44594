"""Surveys whose responses are there already, and the job that counts them."""

import pytest

from baukasten_survey.results import freezing
from baukasten_survey.surveys import lookup


@pytest.fixture
def freeze(session):
    """Freeze what is ripe, as the job does; gives how many freezes were made."""

    def frozen(module, *, wanted=False):
        session.expire_all()
        return freezing.freeze(session, lookup.of_module(session, module.id), wanted=wanted)

    return frozen
