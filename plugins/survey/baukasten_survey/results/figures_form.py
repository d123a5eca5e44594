"""The form of a publication: read, and filled with what is kept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from baukasten.sdk import Scope
from baukasten_survey.cells.shown import TOGETHER, UNSAID
from baukasten_survey.models import Survey
from baukasten_survey.results import publishing
from baukasten_survey.results.findings import Reader
from baukasten_survey.results.licences import STANDARD
from baukasten_survey.results.models import Publication
from baukasten_survey.results.publishing import MOST_PAIRS, Wanted
from baukasten_survey.results.scheme import Scheme
from baukasten_survey.surveys import lookup

SPARE_PAIRS = 2
UNREADABLE = -1
"""A number of people that is none; saving refuses it by its field."""


@dataclass(frozen=True, slots=True)
class Size:
    """How many people of the town are in one class of a characteristic."""

    name: str
    label: str
    value: str


def read(session: Scope, survey: Survey, form: Mapping[str, str]) -> Wanted:
    """Read the form; questions that are not there are ignored, rubbish as a place means the end."""
    given = {name: value.replace("\0", "") for name, value in form.items()}
    defined = lookup.history(session, survey.id).definitions
    codes = dict.fromkeys(code for one in defined for code in one.questions)
    chosen = [code for code in codes if given.get(f"shown.{code}") == "1"]
    chosen.sort(key=lambda code: _place(given.get(f"place.{code}", "")))
    titles = {code: _line(given.get(f"title.{code}", "")) for code in chosen}
    pairs = [
        (form.get(f"row.{at}", ""), form.get(f"column.{at}", "")) for at in range(MOST_PAIRS + SPARE_PAIRS)
    ]
    publication = publishing.of_survey(session, survey.id)
    kept = stored(publication) if publishing.is_frozen(session, survey.id) else None
    columns = [code for code in codes if given.get(f"open.{code}") == "1"]
    return Wanted(
        headline=_line(given.get("headline", "")),
        lead=given.get("lead", "").strip(),
        steps=list(publishing.lines(given.get("steps", ""))),
        shown=[(code, titles[code]) for code in chosen],
        crossings=kept.crossings if kept else [pair for pair in pairs if all(pair)],
        running=given.get("running") == "1",
        open_data=kept.open_data if kept else columns,
        licence=given.get("licence", STANDARD),
        population=_population(list(codes), given),
    )


def _line(given: str) -> str:
    return " ".join(given.split())


def _place(given: str) -> int:
    return int(given) if given.isascii() and given.isdigit() and len(given) < 4 else 999


def _population(codes: Sequence[str], form: Mapping[str, str]) -> dict[str, dict[str, int]]:
    """Give the numbers of people by characteristic and class; what is left empty is not there."""
    found: dict[str, dict[str, int]] = {}
    for name, value in form.items():
        field, _dot, rest = name.partition(".")
        code, _dot, key = rest.partition(".")
        # Thousands may be parted as people write them.
        digits = value.replace(".", "").replace("\u202f", "").replace(" ", "")
        if field == "size" and code in codes and digits:
            known = digits.isascii() and digits.isdigit() and len(digits) < 12
            found.setdefault(code, {})[key] = int(digits) if known else UNREADABLE
    return found


def stored(publication: Publication | None) -> Wanted:
    """Give what is kept, as the form says it."""
    if publication is None:
        return Wanted()
    return Wanted(
        publication.headline,
        publication.lead,
        publication.steps,
        [(one[0], one[1]) for one in publication.shown],
        [(one[0], one[1]) for one in publication.crossings],
        publication.running,
        publication.open_data,
        publication.licence,
        publication.population,
    )


def sizes(reader: Reader, scheme: Scheme, form: Wanted) -> list[tuple[str, list[Size]]]:
    """Give the fields for the town's numbers: of each characteristic of a breakdown, all its classes."""
    found = []
    for code in dict.fromkeys(row for row, _column in form.crossings):
        one, known = scheme.counted.get(code), form.population.get(code, {})
        names = [name for name in (one.names if one else ()) if name not in {*UNSAID, TOGETHER}]
        fields = [
            Size(f"size.{code}.{key}", label, str(known[key]) if known.get(key, UNREADABLE) >= 0 else "")
            for key, label in reader.labels(code, names).items()
        ]
        if fields:
            found.append((reader.title(code), fields))
    return found
