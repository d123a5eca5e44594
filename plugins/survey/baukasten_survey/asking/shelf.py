"""What is asked, ready to be followed: compiled once a version and kept by the process."""

import datetime as dt
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy import exists, func, select

from baukasten.plugin import MediaRef, ModuleRef, lazy
from baukasten.sdk import Closed, NotFound, Scope, media_by_id, remember
from baukasten_survey.answers.flow import Flow, flow_of
from baukasten_survey.asking import timing
from baukasten_survey.asking.conditions import Conditions, conditions_of
from baukasten_survey.definition.parsing import parse
from baukasten_survey.expressions.problems import Unparsable
from baukasten_survey.keys import Access, Anonymity, SurveyKind, SurveyState
from baukasten_survey.models import Fix, Survey, Version
from baukasten_survey.results.models import Publication
from baukasten_survey.surveys import lookup
from baukasten_survey.surveys.lookup import Asked

_ = lazy("survey")
KEPT = 128
"""Things that one shelf keeps."""
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Facts:
    """How a survey is run, as pages need it."""

    id: int
    state: SurveyState
    version: int | None
    revision: int
    access: Access
    anonymity: Anonymity
    opens_at: dt.datetime | None
    closes_at: dt.datetime | None
    least_seconds: int
    fix: int
    """Number of the last mended text of the version."""
    published: bool
    """Whether everybody may read results."""

    @property
    def drafted(self) -> bool:
        """Tell whether it is only tried out yet."""
        return self.state is SurveyState.DRAFT

    @property
    def number(self) -> int:
        """Give the version that is answered now; 0 for what is being written."""
        return 0 if self.drafted or self.version is None else self.version

    def opens_later(self, at: dt.datetime) -> bool:
        """Tell whether its time has not come yet."""
        return self.state is SurveyState.OPEN and self.opens_at is not None and self.opens_at > at

    def is_running(self, at: dt.datetime | None = None) -> bool:
        """Tell whether answers are taken at a moment; the module's phase may still say no."""
        return lookup.is_running(self, at)


@dataclass(frozen=True, slots=True)
class Compiled:
    """A version with its expressions compiled."""

    asked: Asked
    flow: Flow
    seconds: Mapping[str, float]
    pictures: Mapping[int, MediaRef]
    conditions: Conditions


class Shelf(Generic[T]):
    """What was asked for last and never changes under its key, kept by the process."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[Any, ...], T] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: tuple[Any, ...], load: Callable[[], T]) -> T:
        """Give what is kept, or load it; two who come at once may both load."""
        found = self._kept.get(key)
        if found is None:
            found = load()
        with self._lock:
            self._kept[key] = found
            self._kept.move_to_end(key)
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return found


_shelf: Shelf[Compiled] = Shelf()


def facts_of(session: Scope, module: ModuleRef) -> Facts:
    """Give how the survey of a module is run; one statement where the town's pages have changed; views only."""
    return remember(("survey", "facts", module.id), lambda: _facts(session, module.id))


def _facts(session: Scope, module_id: int) -> Facts:
    last = (
        select(func.coalesce(func.max(Fix.id), 0))
        .join(Version, (Version.tenant_id == Fix.tenant_id) & (Version.id == Fix.version_id))
        .where(Version.survey_id == Survey.id, Version.number == Survey.version)
        .scalar_subquery()
    )
    # Publishing bumps the town's generation as any other change of a cached page does, so it is kept with the rest.
    published = exists().where(Publication.survey_id == Survey.id, Publication.published_at.is_not(None))
    columns = (
        Survey.id,
        Survey.state,
        Survey.version,
        Survey.revision,
        Survey.access,
        Survey.anonymity,
        Survey.opens_at,
        Survey.closes_at,
        Survey.least_seconds,
        last,
        published,
    )
    query = select(*columns).where(Survey.module_id == module_id, Survey.kind == SurveyKind.SURVEY)
    row = session.execute(query).one_or_none()
    if row is None:
        raise NotFound
    number, state, version, revision, access, anonymity, opens_at, closes_at, least, fix, told = row
    return Facts(
        number, SurveyState(state), version, revision, Access(access), Anonymity(anonymity),
        opens_at, closes_at, least, fix, told,
    )  # fmt: skip


def compiled(session: Scope, facts: Facts, number: int) -> Compiled:
    """Give a version of a survey, 0 for what is being written; no statement where it is kept; views only.

    Raises NotFound for a version that never was, and Closed where what is being written cannot be followed yet.
    """
    if number == 0:
        key = (session.tenant_id, facts.id, 0, facts.revision)
    elif number == facts.version:
        key = (session.tenant_id, facts.id, number, facts.fix)
    else:
        key = (session.tenant_id, facts.id, number, _last_fix(session, facts.id, number))
    return _shelf.get(key, lambda: _load(session, facts.id, number))


def _last_fix(session: Scope, survey_id: int, number: int) -> int:
    query = (
        select(func.coalesce(func.max(Fix.id), 0))
        .join(Version, (Version.tenant_id == Fix.tenant_id) & (Version.id == Fix.version_id))
        .where(Version.survey_id == survey_id, Version.number == number)
    )
    return remember(("survey", "fix", survey_id, number), lambda: session.scalar(query) or 0)


def _load(session: Scope, survey_id: int, number: int) -> Compiled:
    if number == 0:
        data = session.scalar(select(Survey.definition).where(Survey.id == survey_id))
        asked = Asked(survey_id, 0, parse(data), 0)
    else:
        asked = lookup.asked(session, survey_id, number)
    definition = asked.definition
    try:
        flow = flow_of(definition)
    except Unparsable as problem:
        raise Closed(_("A condition of this survey cannot be read yet.")) from problem
    options = (option for question in definition.questions.values() for option in question.options)
    pictures = {option.picture for option in options if option.picture}
    shown = media_by_id(session, pictures)
    return Compiled(asked, flow, timing.seconds_of(definition), shown, conditions_of(definition))
