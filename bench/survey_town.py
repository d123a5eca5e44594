"""A town with a survey of 40 questions on 8 pages, open to whoever holds a code; and what respondents answer."""

import datetime as dt
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from baukasten import clock
from baukasten.access import members
from baukasten.db.session import Scope
from baukasten.identity import passwords
from baukasten.identity import service as identity
from baukasten.plugin.refs import Role
from baukasten.projects import queries
from baukasten_survey.access import codes
from baukasten_survey.definition.parsing import parse
from baukasten_survey.keys import Access, Anonymity, SurveyState
from baukasten_survey.mixing import sealing
from baukasten_survey.models import Version
from baukasten_survey.surveys import lookup
from bench.ground import Ground, Place, open_place

PAGES, EACH = 8, 5
ROWS = ("schule", "kreisel", "haltestelle", "birkenweg")


@dataclass(frozen=True, slots=True)
class Poll:
    """An open survey and the codes that lead into it."""

    place: Place
    survey_id: int
    codes: list[str]


def definition() -> dict[str, Any]:
    """Give the questions: on each page a choice, several choices, a matrix, a scale and a text."""
    pages = [_page(number) for number in range(1, PAGES + 1)]
    return {"languages": ["de"], "title": {"de": "Sicher zur Schule"}, "pages": pages}


def _page(number: int) -> dict[str, Any]:
    several = {"min_answers": 1, "no_answer": True}
    questions = [
        _asked(f"wahl{number}", "single", options=_options(5), required=True),
        _asked(f"viele{number}", "multiple", options=_options(6), other={"de": "anderes"}, **several),
        _asked(f"orte{number}", "matrix_single", options=_options(4), rows=[_named(row) for row in ROWS]),
        _asked(f"note{number}", "scale", style="nps", relevance=f'wahl{number} != "a5"'),
        _asked(f"text{number}", "long", max_length=500),
    ]
    title = {"de": f"Teil {number}"}
    return {"code": f"p{number}", "title": title, "groups": [{"code": f"g{number}", "questions": questions}]}


def _asked(code: str, kind: str, **more: Any) -> dict[str, Any]:
    return {
        "code": code,
        "kind": kind,
        "title": {"de": f"Wie finden Sie den Weg zur Schule ({code})?"},
        **more,
    }


def _options(count: int) -> list[dict[str, Any]]:
    return [
        {"code": f"a{number}", "title": {"de": f"Antwort Nummer {number}"}} for number in range(1, count + 1)
    ]


def _named(code: str) -> dict[str, Any]:
    return {"code": code, "title": {"de": code.title()}}


def answers_of(draw: random.Random, number: int) -> dict[str, Any]:
    """Draw what somebody answers on a page, as it is stored."""
    return {
        f"wahl{number}": f"a{draw.randint(1, 4)}",
        f"viele{number}": sorted(draw.sample([f"a{one}" for one in range(1, 7)], 2)),
        f"orte{number}": {row: f"a{draw.randint(1, 4)}" for row in ROWS},
        f"note{number}": draw.randint(0, 10),
        f"text{number}": "Eine Einbahnstraße vor der Schule, nur morgens eine halbe Stunde.",
    }


def fields_of(answers: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Give answers as a form sends them."""
    for code, value in answers.items():
        yield "_shown", code
        if isinstance(value, dict):
            yield from ((f"{code}.{row}", cell) for row, cell in value.items())
        elif isinstance(value, list):
            yield from ((code, one) for one in value)
        else:
            yield code, str(value)


def open_poll(base: Ground, number: int, count: int) -> Poll:
    """Open a town with the survey and so many codes."""
    place = open_place(base, number, "survey", features=("survey.answer",), fill=publish)
    with base.database.session(place.id) as session:
        module = queries.module_by_id(session, place.module_id)
        if module is None:
            raise RuntimeError("the survey was not placed")
        survey = lookup.of_module(session, place.module_id)
        handed = (
            list(codes.hand_out(session, _admin(session), module, survey, count, "Brief")) if count else []
        )
        session.commit()
        return Poll(place, survey.id, handed)


def publish(session: Scope, module_id: int) -> None:
    """Make the questions of a placed survey version 1, open, by code, with answers that are sealed."""
    data, survey = definition(), lookup.of_module(session, module_id)
    size = sealing.sealed_size(parse(data))
    session.add(Version(survey_id=survey.id, number=1, definition=data, sealed_size=size, at=clock.now()))
    survey.definition, survey.version, survey.state = data, 1, SurveyState.OPEN
    survey.access, survey.anonymity = Access.CODE, Anonymity.SEPARATED
    survey.closes_at = clock.now() + dt.timedelta(days=30)
    session.flush()


def _admin(session: Scope) -> Any:
    account = identity.create_account(
        session, "amt@bench.example", passwords.digest("bench-bench-bench"), "Amt"
    )
    return members.appoint(session, account, "Amt", [Role.ADMIN])
