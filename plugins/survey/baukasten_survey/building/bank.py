"""A store of questions: examples of our own, and whatever the town asked before."""

import copy
import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from sqlalchemy import select

from baukasten.plugin import MemberRef
from baukasten.sdk import NotFound, Scope, may, modules_by_id
from baukasten_survey.building import outline
from baukasten_survey.building.outline import QUESTION, Data
from baukasten_survey.keys import BUILD, SurveyKind
from baukasten_survey.models import Survey

LIBRARY = Path(__file__).parent.parent / "library"
MOST_SURVEYS = 100


@dataclass(frozen=True, slots=True)
class Source:
    """A survey from which questions can be taken."""

    key: str
    """Name of an example, or number of a survey of the town."""
    title: str
    definition: Data


@lru_cache(maxsize=1)
def examples() -> Sequence[Source]:
    """Give the examples that come with the program: good questions, then whole surveys."""
    found = [json.loads(path.read_text("utf-8")) for path in sorted(LIBRARY.glob("*.json"))]
    return tuple(Source(one["key"], one["definition"]["title"]["de"], one["definition"]) for one in found)


def of_town(session: Scope, member: MemberRef | None, apart: int) -> list[tuple[int, str]]:
    """Give the town's other surveys that somebody may write: number and title; two statements."""
    query = select(Survey.id, Survey.module_id).where(Survey.kind == SurveyKind.SURVEY, Survey.id != apart)
    rows = session.execute(query.order_by(Survey.id.desc()).limit(MOST_SURVEYS)).all()
    found = modules_by_id(session, {row.module_id for row in rows})
    return [
        (row.id, found[row.module_id].title)
        for row in rows
        if row.module_id in found and may(session, member, BUILD, found[row.module_id])
    ]


def source(session: Scope, member: MemberRef | None, apart: int, key: str) -> Source:
    """Give an example or a survey of the town; raises NotFound, also for what somebody may not write."""
    example = next((one for one in examples() if one.key == key), None)
    if example is not None:
        return example
    title = next((title for number, title in of_town(session, member, apart) if str(number) == key), None)
    if title is None:
        raise NotFound
    definition = session.scalars(select(Survey.definition).where(Survey.id == int(key))).one()
    return Source(key, title, definition)


def take_question(data: Data, taken: Sequence[str], origin: Source, code: str, group: str) -> str:
    """Put a copy of a question at the end of a group; its own condition asked for answers of elsewhere and goes.

    Gives the code that it has here; raises NotFound.
    """
    found = copy.deepcopy(outline.find(copy.deepcopy(origin.definition), QUESTION, code).part)
    found.pop("relevance", None)
    return outline.insert(data, group, found, taken)
