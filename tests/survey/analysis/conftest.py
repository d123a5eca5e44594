"""Surveys whose responses are there already, and looks at their exact figures."""

import pytest
from werkzeug.datastructures import MultiDict

from baukasten_survey.analysis import page as analysis_page
from baukasten_survey.surveys import lookup


@pytest.fixture
def look(session):
    """Look at a survey's exact figures, as an address asks for them."""

    def looked(module, *pairs, language="de"):
        session.expire_all()
        found = analysis_page.look(session, lookup.of_module(session, module.id), MultiDict(pairs), language)
        session.commit()
        return found

    return looked
