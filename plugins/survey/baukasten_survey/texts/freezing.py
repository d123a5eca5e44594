"""Coded figures for everybody: counted once, protected, and stored for good."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select

from baukasten.plugin import MemberRef, lazy
from baukasten.sdk import Conflict, Scope, clock, record
from baukasten_survey.cells import single
from baukasten_survey.cells.shown import MISSING, Table
from baukasten_survey.keys import OTHER
from baukasten_survey.models import Survey
from baukasten_survey.texts import categories, comparing
from baukasten_survey.texts.fields import Field, within
from baukasten_survey.texts.holding import hold
from baukasten_survey.texts.models import Coded

_ = lazy("survey")
UNTOLD = _(
    "How many have answered this question is not told, so what they said is not counted for everybody."
)
UNSORTED = _(
    "Some texts have no result yet: two have to sort each of them, and differences have to be decided."
)
UNLIKE = _("There are more texts than the published figures count. Count the results first.")
REST = _("Something else, or not to be sorted")
NO_CATEGORIES = _("There are no categories yet.")


@dataclass(frozen=True, slots=True)
class CodedTable:
    """How often each category came, as everybody may read it."""

    table: Table
    labels: Mapping[str, str]


def draft(
    session: Scope, survey: Survey, field: Field, told: int | None, spans: Mapping[int, int]
) -> CodedTable:
    """Count and protect what freezing would fix; three statements.

    ``told`` is how many people the question's published table says have answered, ``spans`` are the responses that it
    counts. The cells add up to exactly these, so that the difference tells nothing (ADR 22). Only categories hide each
    other: who gave no answer is told by the question's own table, and would cover nothing. Raises Conflict.
    """
    if not told or told < survey.minimum_cell:
        raise Conflict(UNTOLD)
    named = categories.of_question(session, survey.id, field.name)
    if not named:
        raise Conflict(NO_CATEGORIES)
    if None in comparing.results(session, survey.id, field):
        raise Conflict(UNSORTED)
    found = comparing.results(session, survey.id, field, [within(spans)])
    # By name: the place in the list was given by somebody who saw how often each came, and it decides what covers.
    named.sort(key=lambda one: (one.name.casefold(), one.id))
    counts = {f"c{one.id}": found.get(one.id, 0) for one in named}
    counts[OTHER] = found.get(comparing.NONE, 0)
    gone = told - sum(counts.values())
    if gone < 0:
        raise Conflict(UNLIKE)
    if field.is_answer:
        # Answers that were deleted since they were counted stay counted, and nobody knows in which category.
        counts[OTHER] += gone
    else:
        counts[MISSING] = gone
    labels = {f"c{one.id}": one.name for one in named}
    return CodedTable(single.protect(counts, k=survey.minimum_cell), labels | {OTHER: str(REST)})


def freeze(
    session: Scope, actor: MemberRef, survey: Survey, field: Field, told: int | None, spans: Mapping[int, int]
) -> None:
    """Fix the coded figures of a question for good. Raises Conflict, also where they are fixed already."""
    hold(session, survey.id, field.name, alone=True)
    made = draft(session, survey, field, told, spans)
    labels = [[key, words] for key, words in made.labels.items() if key != OTHER]
    kept = Coded(
        survey_id=survey.id, question=field.name, labels=labels, table=made.table.dump(), at=clock.now()
    )
    kept.frozen_by = actor.id
    session.add(kept)
    session.flush()
    record(session, actor, "survey.texts.freeze", f"survey:{survey.id}", question=field.name)


def coded_tables(session: Scope, survey_id: int) -> dict[str, CodedTable]:
    """Give the coded figures of a survey by the name of the text; one statement."""
    query = select(Coded.question, Coded.labels, Coded.table).where(Coded.survey_id == survey_id)
    return {
        name: CodedTable(Table.load(data), {**{one[0]: one[1] for one in labels}, OTHER: str(REST)})
        for name, labels, data in session.execute(query)
    }
