"""Choosing what everybody reads about a survey: which questions, in which words, and whether at all."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import exists, select

from baukasten.plugin import MemberRef, lazy
from baukasten.sdk import Conflict, Invalid, Scope, clock, record
from baukasten_survey.cells.plan import Circle
from baukasten_survey.keys import SurveyState
from baukasten_survey.models import Survey
from baukasten_survey.results import protecting
from baukasten_survey.results.counting import Chosen
from baukasten_survey.results.licences import LICENCES, STANDARD
from baukasten_survey.results.models import Freeze, Publication
from baukasten_survey.results.scheme import scheme_of
from baukasten_survey.surveys import lookup
from baukasten_survey.surveys.announcing import RESULTS, announce

_ = lazy("survey")
LONGEST, LONGEST_LEAD, MOST_STEPS, MOST_PAIRS = 200, 1000, 12, 8
MOST_COLUMNS, MOST_PEOPLE = 8, 100_000_000
FIXED = _("Breakdowns are chosen before the first figures are counted, so they cannot change any more.")
NOT_OPEN = _("The survey has not been opened yet.")
NOTHING = _("Nothing is counted yet. Results can be published once there are figures.")
EMPTY = _("Choose at least one question.")
HEADLINE = _("Say in one sentence of up to 200 signs what was found.")
TOO_LONG = _("This is too long.")
UNLICENSED = _("Choose one of the licences.")
NO_PEOPLE = _("Numbers of people are whole numbers from 0.")
UNCROSSABLE = _("Only questions with one answer each that everybody was asked can be crossed.")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the form of a publication says."""

    headline: str = ""
    lead: str = ""
    steps: Sequence[str] = ()
    shown: Sequence[tuple[str, str]] = ()
    """Codes in their order, each with a headline of its own, or nothing."""
    crossings: Sequence[tuple[str, str]] = ()
    running: bool = False
    open_data: Sequence[str] = ()
    """Codes of the columns of the file of single responses, in their order of weight."""
    licence: str = STANDARD
    population: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    """By the code of a characteristic, how many people of the town are in each of its classes."""


def of_survey(session: Scope, survey_id: int) -> Publication | None:
    """Give what is said about a survey's results; one statement."""
    return session.scalar(select(Publication).where(Publication.survey_id == survey_id))


def is_frozen(session: Scope, survey_id: int) -> bool:
    """Tell whether figures were counted already; one statement."""
    return session.scalar(select(exists().where(Freeze.survey_id == survey_id))) is True


def save(session: Scope, actor: MemberRef, survey: Survey, wanted: Wanted) -> Publication:
    """Keep what is said, published or not; raises Invalid by the form's fields, Conflict for a draft."""
    if survey.state == SurveyState.DRAFT:
        raise Conflict(NOT_OPEN)
    # Freezes take the same lock: breakdowns do not change while the first one is counted.
    session.execute(select(Survey.id).where(Survey.id == survey.id).with_for_update(key_share=True))
    found = of_survey(session, survey.id) or Publication(survey_id=survey.id, crossings=[], open_data=[])
    errors = _faults(wanted, published=found.published_at is not None)
    pairs = [list(pair) for pair in dict.fromkeys(wanted.crossings)]
    columns = list(dict.fromkeys(wanted.open_data))
    if (pairs, columns) != (found.crossings, found.open_data):
        errors |= _chosen_faults(session, survey, wanted)
    if errors:
        raise Invalid(errors)
    found.headline, found.lead, found.steps = wanted.headline, wanted.lead, list(wanted.steps)
    found.shown = [list(one) for one in wanted.shown]
    found.crossings, found.running, found.open_data = pairs, wanted.running, columns
    found.licence = wanted.licence
    found.population = {code: dict(sizes) for code, sizes in wanted.population.items()}
    session.add(found)
    session.flush()
    announce(session, survey.id, RESULTS)
    record(
        session, actor, "survey.results.save", f"survey:{survey.id}", shown=len(found.shown), pairs=len(pairs)
    )
    return found


def _faults(wanted: Wanted, *, published: bool) -> dict[str, str]:
    errors = {}
    if len(wanted.headline) > LONGEST or (published and not wanted.headline):
        errors["headline"] = str(HEADLINE)
    if len(wanted.lead) > LONGEST_LEAD:
        errors["lead"] = str(TOO_LONG)
    if len(wanted.steps) > MOST_STEPS or any(len(step) > LONGEST for step in wanted.steps):
        errors["steps"] = str(TOO_LONG)
    if any(len(title) > LONGEST for _code, title in wanted.shown):
        errors["shown"] = str(TOO_LONG)
    if wanted.licence not in LICENCES:
        errors["licence"] = str(UNLICENSED)
    if any(not 0 <= size <= MOST_PEOPLE for sizes in wanted.population.values() for size in sizes.values()):
        errors["population"] = str(NO_PEOPLE)
    if published and not wanted.shown:
        errors["shown"] = str(EMPTY)
    return errors


def _chosen_faults(session: Scope, survey: Survey, wanted: Wanted) -> dict[str, str]:
    """Say what is wrong with breakdowns and columns that are not those of before."""
    if is_frozen(session, survey.id):
        return {"crossings": str(FIXED)}
    scheme = scheme_of(lookup.asked(session, survey.id, survey.version or 0).definition)
    crossable = {code for code, one in scheme.counted.items() if one.crosses}
    pairs, columns = list(dict.fromkeys(wanted.crossings)), list(dict.fromkeys(wanted.open_data))
    if len(pairs) > MOST_PAIRS or any(not {*pair} <= crossable or pair[0] == pair[1] for pair in pairs):
        return {"crossings": str(UNCROSSABLE)}
    if len(columns) > MOST_COLUMNS or not {*columns} <= crossable:
        return {"open_data": str(UNCROSSABLE)}
    try:
        protecting.check_chosen(scheme, Chosen(pairs, columns))
    except Circle as circle:
        return {"crossings": str(circle)}
    return {}


def publish(session: Scope, actor: MemberRef, survey: Survey) -> None:
    """Show everybody what is chosen; raises Invalid where the words for it are missing, Conflict without figures."""
    found = of_survey(session, survey.id)
    if found is None or not is_frozen(session, survey.id):
        raise Conflict(NOTHING)
    words = Wanted(found.headline, found.lead, found.steps, [(one[0], one[1]) for one in found.shown])
    if errors := _faults(words, published=True):
        raise Invalid(errors)
    if found.published_at is None:
        found.published_at = clock.now()
        announce(session, survey.id, RESULTS)
        record(session, actor, "survey.results.publish", f"survey:{survey.id}", shown=len(found.shown))
    session.flush()


def take_back(session: Scope, actor: MemberRef, survey: Survey) -> None:
    """Show nobody the results any more; what people have read stays read."""
    found = of_survey(session, survey.id)
    if found is not None and found.published_at is not None:
        found.published_at = None
        announce(session, survey.id, RESULTS)
        record(session, actor, "survey.results.take_back", f"survey:{survey.id}")
        session.flush()


def lines(text: str) -> Iterable[str]:
    """Give the lines of a field that say something."""
    return (" ".join(line.split()) for line in text.splitlines() if line.strip())
