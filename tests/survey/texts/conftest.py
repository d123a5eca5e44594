"""Surveys in which people wrote something, and two who sort it."""

import datetime as dt

import pytest

from baukasten.plugin.refs import Role
from baukasten_survey.definition.parsing import parse
from baukasten_survey.definition.renaming import Names
from baukasten_survey.models import Response
from baukasten_survey.results import freezing, publishing
from baukasten_survey.results.publishing import Wanted
from baukasten_survey.surveys import lookup
from baukasten_survey.texts import categories, coding
from baukasten_survey.texts.fields import fields_of
from tests.survey.conftest import definition, options, page, question

DAY = dt.date(2035, 3, 20)
ASKED = definition(
    page(
        "p1",
        question("q1", "single", options=options("a1", "a2"), other={"de": "Etwas anderes"}),
        question("q2", "long"),
        question("q3", "map", shapes=["point"]),
    )
)
FIELDS = fields_of([parse(ASKED)], Names())
WHY = FIELDS["q2"]


@pytest.fixture
def second(new_member):
    return new_member(Role.ADMIN, name="Bo Ebbe")


@pytest.fixture
def fill(session):
    """Store answers; gives the numbers of their responses."""

    def filled(module, answers, **values):
        survey = lookup.of_module(session, module.id)
        rows = [Response(survey_id=survey.id, version=1, day=DAY, answers=one, **values) for one in answers]
        session.add_all(rows)
        session.commit()
        return [one.id for one in rows]

    return filled


@pytest.fixture
def sort(session):
    """Make categories and let members sort texts; ``chosen`` has each member's categories by name."""

    def done(module, responses, chosen, *, field=WHY, finish=True):
        survey = lookup.of_module(session, module.id)
        named = {one.name: one.id for one in categories.of_question(session, survey.id, field.name)}
        for name in dict.fromkeys(name for _member, names in chosen for name in names if name):
            if name not in named:
                named[name] = categories.add(session, survey.id, field.name, name).id
        for member, names in chosen:
            for response, name in zip(responses, names, strict=True):
                coding.assign(session, member, survey.id, field, response, named[name] if name else None)
            if finish:
                coding.finish(session, member, survey.id, field)
        session.commit()
        return named

    return done


@pytest.fixture
def publish(session, admin):
    """Count what is there and publish the questions."""

    def published(module, *shown):
        survey = lookup.of_module(session, module.id)
        publishing.save(session, admin, survey, Wanted("Befund", shown=[(code, "") for code in shown]))
        freezing.freeze(session, survey)
        survey = lookup.of_module(session, module.id)
        publishing.publish(session, admin, survey)
        session.commit()

    return published
