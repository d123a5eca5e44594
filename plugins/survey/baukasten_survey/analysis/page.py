"""All that one look at the analysis needs, from the selection to the figures."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from werkzeug.datastructures import MultiDict

from baukasten.sdk import Scope
from baukasten_survey.analysis import counting, crosses, figures, keeping, margins, plan, selection, weighing
from baukasten_survey.analysis.crosses import Crossed
from baukasten_survey.analysis.figures import Figure, Painter
from baukasten_survey.analysis.plan import Plan
from baukasten_survey.analysis.selection import Selection
from baukasten_survey.analysis.tallying import Lens, tally
from baukasten_survey.analysis.weighing import Margins, Weighed
from baukasten_survey.models import Survey
from baukasten_survey.results.findings import Reader
from baukasten_survey.statistics.weighting import Unweighable


@dataclass(slots=True)
class Look:
    """What somebody sees of a selection; no figures while they are still counted."""

    plan: Plan
    reader: Reader
    selection: Selection
    margins: Margins
    people: int
    """Who is selected, suspicious ones included."""
    suspicious: int
    weighed: Weighed | None = None
    unweighable: str = ""
    """Why weights cannot be made, as a sentence."""
    painter: Painter | None = None
    at: dt.datetime | None = None
    kept: bool = False
    """Whether the counts are those of an earlier look."""

    @property
    def counted(self) -> int:
        """Give who is counted in the figures."""
        return self.people - self.suspicious if self.selection.without else self.people

    def figures(self) -> Sequence[Figure]:
        """Give the figures of all questions."""
        return list(self.painter.all()) if self.painter is not None else []

    def crossed(self) -> Crossed | None:
        """Give the cross-table, where two questions are chosen."""
        if self.painter is None or not self.selection.crosses:
            return None
        pair = (self.selection.row, self.selection.column)
        return crosses.crossed(self.plan, self.painter.tally, self.painter.lens, self.reader, pair)


def look(session: Scope, survey: Survey, given: MultiDict[str, str], language: str) -> Look:
    """Count what an address asks for; the number of statements does not depend on questions or responses.

    May write that a job is to count; the caller commits.
    """
    found = plan.of_survey(session, survey)
    known = margins.fitting(found, margins.of_survey(session, survey.id))
    wanted = selection.read(found, given, list(known))
    reader = Reader([one.definition for one in found.editions], language)
    people, suspicious = counting.matching(session, survey.id, found, wanted)
    made = Look(found, reader, wanted, known, people, suspicious)
    if wanted.weighted:
        try:
            made.weighed = weighing.weigh(session, survey.id, found, wanted, known, reader)
        except Unweighable as refused:
            made.unweighable = str(refused)
    weighed = made.weighed
    asked = wanted if weighed is not None or not wanted.weighted else selection.unweighted(wanted)
    counts = keeping.counts_of(session, survey, found, asked, weighed, people, known)
    if counts is None:
        return made
    sorted_ = tally(found, counts.rows, (wanted.row, wanted.column))
    lens = Lens(weighed is not None, wanted.without)
    made.painter = figures.Painter(found, sorted_, lens, reader, wanted.beside)
    made.at, made.kept = counts.at, counts.kept
    return made
