"""Filling a survey from a portable description: its questions, how far it is, and made-up answers."""

import datetime as dt
import random
from collections.abc import Mapping, Sequence
from typing import Any, cast

from sqlalchemy import insert
from sqlalchemy.orm import Session

from baukasten.plugin import ContentRef, ModuleRef
from baukasten.sdk import Scope
from baukasten_survey.answers.flow import Flow, flow_of
from baukasten_survey.building import opening
from baukasten_survey.building.outline import Data
from baukasten_survey.definition import kinds
from baukasten_survey.definition.model import Definition, Question
from baukasten_survey.definition.parsing import dump, parse
from baukasten_survey.keys import Anonymity, Kind, Style, SurveyState
from baukasten_survey.models import Response, Survey
from baukasten_survey.surveys import lookup

DAY = dt.timedelta(days=1)
TEXTS = ("title", "text", "help", "intro", "outro", "low", "high", "unit", "other")
DRAWN = ("weights", "spread", "samples")
RUN = ("access", "anonymity", "minimum_cell", "drawn", "least_seconds")
NPS, MIDDLE = 10, 6.4
SKIPPED = 0.12
"""How many leave a question empty that need not be answered."""
NEARBY = 18
"""How far from the places of a description people point, in thousandths of the picture."""
Samples = Mapping[str, Mapping[str, Any]]


def load(session: Session, module: ModuleRef, content: Mapping[str, Any]) -> Mapping[str, ContentRef]:
    """Store ``pages`` with their ``questions``; texts may be plain words in the first of the ``languages``.

    A question may have ``weights`` (of its options, or the mean of a number), ``spread`` and ``samples`` (texts, places
    on a map) for made-up answers. ``state`` is ``draft``, ``open`` or ``closed``; ``opened`` and ``closes`` are days
    from now, ``answers`` how many there are.
    """
    scope = cast("Scope", session)
    survey = lookup.of_module(scope, module.id)
    if "pages" not in content:
        return {}
    samples: dict[str, Mapping[str, Any]] = {}
    definition = parse(_definition(module, content, samples))
    survey.definition = dump(definition)
    for name in RUN:
        if name in content:
            setattr(survey, name, content[name])
    state = SurveyState(content.get("state", SurveyState.DRAFT))
    if state != SurveyState.DRAFT:
        _run(scope, survey, definition, state, content)
        _answer(scope, survey, definition, samples, content)
    scope.flush()
    return {}


def _definition(module: ModuleRef, content: Mapping[str, Any], samples: dict[str, Mapping[str, Any]]) -> Data:
    languages = list(content.get("languages", ["de"]))
    pages = []
    for number, page in enumerate(content["pages"], start=1):
        questions = [_question(one, languages[0], samples) for one in page["questions"]]
        group = {"code": f"g{number}", "questions": questions}
        pages.append(
            {"code": f"p{number}", **_said(page, languages[0], ("title", "text")), "groups": [group]}
        )
    words = _said({"title": module.title, **content}, languages[0], ("title", "intro", "outro"))
    return {"languages": languages, **words, "pages": pages}


def _question(entry: Mapping[str, Any], language: str, samples: dict[str, Mapping[str, Any]]) -> Data:
    samples[entry["code"]] = {name: entry[name] for name in DRAWN if name in entry}
    found = {name: value for name, value in entry.items() if name not in DRAWN}
    found |= _said(entry, language, [name for name in TEXTS if name in entry])
    for name, stem in (("options", "a"), ("rows", "r")):
        if name in entry:
            found[name] = [_part(one, f"{stem}{at}", language) for at, one in enumerate(entry[name], start=1)]
    return found


def _part(entry: Any, code: str, language: str) -> Data:
    if isinstance(entry, str):
        return {"code": code, "title": {language: entry}}
    return {"code": code, **entry, **_said(entry, language, ("title",))}


def _said(entry: Mapping[str, Any], language: str, names: Sequence[str]) -> Data:
    """Give texts by language; plain words are in the first one."""
    found = {name: entry[name] for name in names if name in entry}
    return {name: {language: text} if isinstance(text, str) else text for name, text in found.items()}


def _run(
    session: Scope, survey: Survey, definition: Definition, state: SurveyState, content: Mapping[str, Any]
) -> None:
    """Let a survey be open since a while, or have been."""
    now = content["now"]
    opening.publish(session, survey, definition, {})
    survey.state = state
    survey.opens_at = now - content.get("opened", 7) * DAY
    survey.closes_at = now + content.get("closes", 14) * DAY
    if state == SurveyState.CLOSED:
        survey.closed_at = survey.closes_at


def _answer(
    session: Scope, survey: Survey, definition: Definition, samples: Samples, content: Mapping[str, Any]
) -> None:
    """Write down made-up answers, the same ones each time."""
    draw = random.Random(f"{definition.title} {len(definition.questions)}")  # noqa: S311 - a demo, no secret
    flow, count = flow_of(definition), content.get("answers", 0)
    ended = min(content["now"], survey.closed_at or content["now"]).date()
    days = max(1, (ended - cast("dt.datetime", survey.opens_at).date()).days)
    level = Anonymity(survey.anonymity)
    rows = [
        {
            "tenant_id": session.tenant_id,
            "survey_id": survey.id,
            "version": survey.version,
            "language": definition.languages[0] if level == Anonymity.PSEUDONYMOUS else "",
            "day": ended - draw.randrange(days) * DAY,
            "answers": _filled(definition, flow, samples, draw, ended),
        }
        for _number in range(count)
    ]
    if rows:
        session.execute(insert(Response), rows)


def _filled(
    definition: Definition, flow: Flow, samples: Samples, draw: random.Random, day: dt.date
) -> dict[str, Any]:
    given = {}
    for code, question in definition.questions.items():
        if question.required or draw.random() > SKIPPED:
            value = _value(question, samples.get(code, {}), draw)
            if value is not None:
                given[code] = value
    return flow.follow(given, day).answers


def _value(question: Question, sample: Mapping[str, Any], draw: random.Random) -> Any:
    """Draw an answer that fits the question; None where there is nothing to say."""
    codes = [option.code for option in question.options]
    if question.kind is Kind.MATRIX_SINGLE:
        return {
            row.code: _one(codes, sample, draw) for row in question.rows if draw.random() > SKIPPED / 2
        } or None
    if kinds.takes_many(question):
        weights = sample.get("weights", [1] * len(codes))
        most = max(weights)
        return [
            code for code, weight in zip(codes, weights, strict=True) if draw.random() < weight / most * 0.7
        ] or None
    if question.kind is Kind.RANKING:
        return _ranked(codes, sample, draw)[: question.max_answers or len(codes)]
    if codes:
        return _one(codes, sample, draw)
    return _loose(question, sample, draw)


def _loose(question: Question, sample: Mapping[str, Any], draw: random.Random) -> Any:
    """Draw an answer to a question without options."""
    if question.kind is Kind.SCALE and question.style is Style.NPS:
        return max(0, min(NPS, round(draw.gauss(sample.get("weights", MIDDLE), sample.get("spread", 2.2)))))
    if question.kind in kinds.NUMBERS:
        return _number(question, sample, draw)
    texts = sample.get("samples")
    if question.kind is Kind.MAP:
        return _pointed(texts, draw) if texts else None
    return draw.choice(texts) if texts and draw.random() < 0.6 else None


def _number(question: Question, sample: Mapping[str, Any], draw: random.Random) -> float:
    """Draw a number around the mean that the description names, within what may be answered."""
    low, high = question.minimum or 0.0, question.maximum if question.maximum is not None else 100.0
    step, middle = question.step or 1.0, sample.get("weights", (low + high) / 2)
    steps = round((draw.gauss(middle, (high - low) / 6) - low) / step)
    return low + step * max(0, min(int((high - low) / step), steps))


def _pointed(places: Sequence[Sequence[float]], draw: random.Random) -> dict[str, Any]:
    """Draw a point near one of the places that the description names; first ones are drawn most."""
    across, down = draw.choices(places, [1 / at for at in range(1, len(places) + 1)])[0]
    point = [round(max(0.0, draw.gauss(one, NEARBY))) for one in (across, down)]
    return {"shapes": [{"type": "Point", "coordinates": point}], "text": ""}


def _one(codes: Sequence[str], sample: Mapping[str, Any], draw: random.Random) -> str:
    return draw.choices(codes, sample.get("weights"))[0]


def _ranked(codes: Sequence[str], sample: Mapping[str, Any], draw: random.Random) -> list[str]:
    weights = dict(zip(codes, sample.get("weights", [1] * len(codes)), strict=True))
    return sorted(codes, key=lambda code: draw.random() ** (1 / weights[code]), reverse=True)
