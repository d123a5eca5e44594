"""A town with a survey, small definitions, and people who answer."""

import datetime as dt
import re
from typing import Any

import pytest

from baukasten import clock
from baukasten.plugin.refs import Role
from baukasten.projects.placing import place_module
from baukasten.tenants import settings
from baukasten_survey.access import issuing
from baukasten_survey.definition.parsing import parse
from baukasten_survey.keys import Anonymity
from baukasten_survey.models import Response, Survey, Version
from baukasten_survey.surveys import lookup

NOW = dt.datetime(2035, 3, 20, 8, tzinfo=dt.UTC)


@pytest.fixture
def morning():
    """The clock stands still, at nine in the morning."""
    with clock.turned(NOW) as moment:
        yield moment


@pytest.fixture
def fill(session):
    """Store answers as responses of a survey's version."""

    def filled(module, answers, *, version=1, **values):
        survey = lookup.of_module(session, module.id)
        session.add_all(
            Response(survey_id=survey.id, version=version, day=NOW.date(), answers=one, **values)
            for one in answers
        )
        session.commit()

    return filled


def question(code: str, kind: str, **more: Any) -> dict[str, Any]:
    """One question as JSON, titled by its code."""
    return {"code": code, "kind": kind, "title": {"de": f"Frage {code}"}, **more}


def options(*codes: str) -> list[dict[str, Any]]:
    """Options as JSON, titled by their codes."""
    return [{"code": code, "title": {"de": f"Antwort {code}"}} for code in codes]


def page(code: str, *questions: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A page with one group."""
    return {"code": code, "groups": [{"code": f"g_{code}", "questions": list(questions)}], **more}


def definition(*pages: dict[str, Any], languages: tuple[str, ...] = ("de",)) -> dict[str, Any]:
    """A definition as JSON."""
    return {"languages": list(languages), "title": {"de": "Sicher zur Schule"}, "pages": list(pages)}


SMALL = definition(
    page("p1", question("q1", "single", options=options("a1", "a2", "a3"), required=True)),
    page("p2", question("q2", "long")),
)


def open_survey(database, town, data=None, *, slug="umfrage", state="open", **values):
    """A placed survey with version 1 published; gives the module."""
    with database.session(town.id) as session:
        settings.write(session, "site.legal", {"imprint": "Stadt, Am Markt 1"})
        module = place_module(session, None, "survey", title="Umfrage", slug=slug)
        survey = lookup.of_module(session, module.id)
        publish(session, survey, data or SMALL, state=state, **values)
        session.commit()
    return module


def publish(
    session, survey: Survey, data: dict[str, Any], *, state="open", sealed_size=8192, mapping=None, **values
) -> None:
    """Make what is asked the next version, without the checks of publishing."""
    parse(data)
    number = (survey.version or 0) + 1
    made = Version(
        survey_id=survey.id, number=number, definition=data, sealed_size=sealed_size, at=clock.now()
    )
    made.mapping = mapping or {}
    session.add(made)
    survey.definition, survey.version, survey.state = data, number, state
    for name, value in values.items():
        setattr(survey, name, value)
    session.flush()
    if survey.anonymity == Anonymity.BLIND:
        issuing.open_register(session, survey)


def kept(browser, name: str = "survey"):
    """Give the cookie of a kind that a browser keeps of one survey, or nothing."""
    found = (one for one in browser._cookies.values() if re.fullmatch(rf"__Host-{name}-[0-9]+", one.key))
    return next(found, None)


def found_in(text: str, pattern: str, group: int = 1) -> str:
    """Give what a page has at a place; an AssertionError where it has nothing."""
    match = re.search(pattern, text, re.DOTALL)
    assert match is not None, pattern
    return match[group]


@pytest.fixture
def admin(new_member):
    return new_member(Role.ADMIN, name="Ada Siel")


@pytest.fixture
def moderator(new_member):
    return new_member(Role.MODERATOR, name="Mo Deich")
