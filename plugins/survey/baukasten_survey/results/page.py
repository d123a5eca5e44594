"""Everything that a results page says, from frozen tables and the town's own words."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from baukasten.sdk import NotFound, Scope
from baukasten_survey.cells.shown import UNSAID
from baukasten_survey.models import Survey
from baukasten_survey.results import findings, groups, publishing, relating, standing
from baukasten_survey.results.beside import Beside, sides
from baukasten_survey.results.findings import Finding, Reader
from baukasten_survey.results.groups import Characteristic, Group
from baukasten_survey.results.models import Publication
from baukasten_survey.results.relating import Weighed
from baukasten_survey.results.standing import Standing
from baukasten_survey.surveys import lookup


@dataclass(frozen=True, slots=True)
class Results:
    """What is shown."""

    publication: Publication
    standing: Standing
    reader: Reader
    findings: Sequence[Finding]
    crossings: Sequence[Finding]
    pairs: Sequence[tuple[str, str]] = ()
    """What is crossed on the page."""
    characteristics: Sequence[Characteristic] = ()
    """Groups that can be looked at by themselves."""
    group: Group | None = None
    """The one that is looked at."""
    sides: Mapping[str, Beside] = field(default_factory=dict)
    """What people wrote, by category and in their words, by question."""

    @property
    def versions(self) -> list[tuple[int, int]]:
        """Give how many answered each version, where there is more than one."""
        found = sorted(self.standing.versions.items())
        return found if len(found) > 1 else []

    @property
    def until(self) -> dt.date | None:
        """Give the day of the newest figures."""
        return self.standing.freezes[-1][0] if self.standing.freezes else None

    @property
    def has_file(self) -> bool:
        """Tell whether there is a file of single responses."""
        return any(data.columns for _step, data in self.standing.files)

    def weighed(self, pair: tuple[str, str]) -> Weighed | str | None:
        """Give a crossed question's shares weighted to the town; nothing where the town gave no numbers."""
        row = pair[0]
        population = {
            self.standing.names.code(code): one for code, one in self.publication.population.items()
        }
        return relating.weighed(self.standing.crossings[pair], population[row]) if row in population else None


def results_of(
    session: Scope, survey: Survey, language: str, *, preview: bool = False, group: str = ""
) -> Results | None:
    """Give the published results; nothing where none are, unless somebody looks at what they would be.

    With a ``group``, also what those of one class answered; raises NotFound for one that is not told.
    """
    publication = publishing.of_survey(session, survey.id)
    if publication is None or (publication.published_at is None and not preview):
        return None
    found = standing.of_survey(session, survey.id)
    defined = lookup.history(session, survey.id).definitions
    reader = Reader(defined, language, findings.surfaces(session, defined))
    shown = {found.names.code(one[0]): one[1] for one in publication.shown}
    made = (findings.finding(reader, found, code, title) for code, title in shown.items())
    crossed = {
        pair: findings.crossing(reader, pair, table)
        for pair, table in found.crossings.items()
        if {*pair} <= shown.keys()
    }
    pairs = [pair for pair, one in crossed.items() if one is not None]
    looked_at = groups.group(reader, found, pairs, group) if group else None
    if group and looked_at is None:
        raise NotFound
    return _weighted(
        Results(
            publication,
            found,
            reader,
            [one for one in made if one is not None],
            [one for one in crossed.values() if one is not None],
            pairs,
            groups.characteristics(reader, found, pairs),
            looked_at,
            sides(session, survey, reader, found, shown),
        )
    )


def _weighted(results: Results) -> Results:
    """Say weighted shares below the breakdowns by which they are weighted."""
    said = []
    for pair, one in zip(results.pairs, results.crossings, strict=True):
        found = results.weighed(pair)
        if found is not None:
            keys = [key for key in results.standing.crossings[pair].columns.cells if key not in UNSAID]
            labels = results.reader.labels(pair[1], keys)
            line = relating.weighed_line(found, results.reader.title(pair[0]), labels)
            one = replace(one, weighted=line)  # noqa: PLW2901 - the same finding, with one more line
        said.append(one)
    return replace(results, crossings=said)
