"""Polls as pages show them: what is asked, and how many said what."""

import datetime as dt
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, literal, select, tuple_, union_all

from baukasten.plugin import ContentRef, Visibility
from baukasten.sdk import NotFound, Scope, clock
from baukasten_survey.cells.shown import Table
from baukasten_survey.definition.model import Question
from baukasten_survey.definition.parsing import parse
from baukasten_survey.keys import Access, Kind, SurveyState
from baukasten_survey.models import Admission, Response, Survey, Version
from baukasten_survey.polls.models import Poll, Results

QUESTION = "q1"


@dataclass(frozen=True, slots=True)
class PollFacts:
    """A poll, without what anybody voted."""

    id: int
    survey_id: int
    module_id: int
    created_at: dt.datetime
    ref: ContentRef
    author_id: int | None
    visibility: Visibility
    results: Results
    changeable: bool
    guests: bool
    """Whether people without an account vote too."""
    state: SurveyState
    closes_at: dt.datetime | None
    minimum: int
    """Fewer votes than this are never shown."""
    language: str
    question: Question
    figures: "Figures | None" = None
    """What is told of the votes; nothing before the first step."""

    @property
    def multiple(self) -> bool:
        """Tell whether several options can be chosen."""
        return self.question.kind is Kind.MULTIPLE

    def is_open(self, at: dt.datetime | None = None) -> bool:
        """Tell whether votes are taken at a moment."""
        over = self.closes_at is not None and self.closes_at <= (at or clock.now())
        return self.state is SurveyState.OPEN and not over


@dataclass(frozen=True, slots=True)
class Figures:
    """What is told of the votes up to one of them."""

    last: int
    """Number of the last vote that was counted."""
    final: bool
    """Whether nothing more can come."""
    table: Table | None
    """Nothing where too few have voted."""

    def dump(self) -> dict[str, Any]:
        """Give the figures as JSON."""
        table = None if self.table is None else self.table.dump()
        return {"last": self.last, "final": self.final, "table": table}

    @classmethod
    def load(cls, data: Mapping[str, Any] | None) -> "Figures | None":
        """Read what ``dump`` gave."""
        if data is None:
            return None
        table = None if data["table"] is None else Table.load(data["table"])
        return cls(data["last"], data["final"], table)


def of_contents(session: Scope, refs: Collection[ContentRef]) -> list[PollFacts]:
    """Give the polls of contributions, oldest first, also those that are not seen; one statement."""
    known = [(ref.type, ref.id) for ref in refs]
    query = _query().where(tuple_(Poll.content_type, Poll.content_id).in_(known))
    return [_facts(row) for row in session.execute(query.order_by(Poll.id))]


def of_number(session: Scope, poll_id: int) -> PollFacts:
    """Give one poll; raises NotFound."""
    row = session.execute(_query().where(Poll.id == poll_id)).one_or_none()
    if row is None:
        raise NotFound
    return _facts(row)


def of_numbers(session: Scope, ids: Iterable[int]) -> list[PollFacts]:
    """Give those of some polls that exist; one statement."""
    return [_facts(row) for row in session.execute(_query().where(Poll.id.in_(list(ids))).order_by(Poll.id))]


def voters(
    session: Scope, surveys: Sequence[int], rights: Collection[bytes] = ()
) -> tuple[Counter[int], frozenset[int]]:
    """Give how many voted by survey, and the surveys in which one of these rights was spent; one statement."""
    votes = select(Response.survey_id, func.count()).where(
        Response.survey_id.in_(surveys), Response.test.is_(False)
    )
    known = select(Admission.survey_id, literal(None)).where(
        Admission.survey_id.in_(surveys), Admission.digest.in_(list(rights)), Admission.spent
    )
    many: Counter[int] = Counter()
    spent = set()
    rows: Iterable[Any] = session.execute(union_all(votes.group_by(Response.survey_id), known))
    for survey_id, number in rows:
        if number is None:
            spent.add(survey_id)
        else:
            many[survey_id] = number
    return many, frozenset(spent)


def _query() -> Select[Any]:
    of_survey = (Survey.tenant_id == Poll.tenant_id) & (Survey.id == Poll.survey_id)
    current = (
        (Version.tenant_id == Survey.tenant_id)
        & (Version.survey_id == Survey.id)
        & (Version.number == Survey.version)
    )
    columns = (
        Poll.id, Poll.survey_id, Poll.content_type, Poll.content_id, Poll.author_id, Poll.visibility, Poll.results,
        Poll.changeable, Poll.created_at, Survey.module_id, Survey.access, Survey.state, Survey.closes_at,
        Survey.minimum_cell, Version.definition, Poll.figures,
    )  # fmt: skip
    return select(*columns).join(Survey, of_survey).join(Version, current)


def _facts(row: Any) -> PollFacts:
    definition = parse(row.definition)
    return PollFacts(
        id=row.id,
        survey_id=row.survey_id,
        module_id=row.module_id,
        created_at=row.created_at,
        ref=ContentRef(row.content_type, row.content_id),
        author_id=row.author_id,
        visibility=Visibility(row.visibility),
        results=Results(row.results),
        changeable=row.changeable,
        guests=row.access == Access.OPEN,
        state=SurveyState(row.state),
        closes_at=row.closes_at,
        minimum=row.minimum_cell,
        language=definition.languages[0],
        question=definition.questions[QUESTION],
        figures=Figures.load(row.figures),
    )
