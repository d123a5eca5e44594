"""Everything that a results page says, from frozen tables and the town's own words."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from baukasten.sdk import Scope
from baukasten_survey.models import Survey
from baukasten_survey.results import findings, publishing, standing
from baukasten_survey.results.findings import Finding, Reader
from baukasten_survey.results.models import Publication
from baukasten_survey.results.standing import Standing


@dataclass(frozen=True, slots=True)
class Results:
    """What is shown."""

    publication: Publication
    standing: Standing
    reader: Reader
    findings: Sequence[Finding]
    crossings: Sequence[Finding]

    @property
    def versions(self) -> list[tuple[int, int]]:
        """Give how many answered each version, where there is more than one."""
        found = sorted(self.standing.versions.items())
        return found if len(found) > 1 else []

    @property
    def until(self) -> dt.date | None:
        """Give the day of the newest figures."""
        return self.standing.freezes[-1][0] if self.standing.freezes else None


def results_of(session: Scope, survey: Survey, language: str, *, preview: bool = False) -> Results | None:
    """Give the published results; nothing where none are, unless somebody looks at what they would be."""
    publication = publishing.of_survey(session, survey.id)
    if publication is None or (publication.published_at is None and not preview):
        return None
    found = standing.of_survey(session, survey.id)
    reader = Reader(publishing.definitions(session, survey), language)
    shown = {one[0]: one[1] for one in publication.shown}
    made = (findings.finding(reader, found, code, title) for code, title in shown.items())
    crossed = (
        findings.crossing(reader, pair, table)
        for pair, table in found.crossings.items()
        if {*pair} <= shown.keys()
    )
    return Results(
        publication,
        found,
        reader,
        [one for one in made if one is not None],
        [one for one in crossed if one is not None],
    )
