"""Reading a file in a job: responses in parts that survive any end, then one step in which all of it counts."""

import datetime as dt
import time
from collections import Counter
from collections.abc import Sequence
from itertools import islice
from typing import Any, cast

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from baukasten.plugin import Job, LazyText, lazy
from baukasten.sdk import (
    BaukastenError,
    Conflict,
    Invalid,
    NotFound,
    Scope,
    clock,
    member_by_id,
    module_by_id,
    require,
    work,
)
from baukasten_survey.bringing import keeping, taking
from baukasten_survey.bringing.models import ImportState, SurveyImport
from baukasten_survey.bringing.reports import kept
from baukasten_survey.bringing.taking import Place
from baukasten_survey.keys import BUILD, RUN
from baukasten_survey.models import Survey
from baukasten_survey.transfer.importing import read_file
from baukasten_survey.transfer.reports import Filled, Imported

_ = lazy("survey")

ATTEMPTS = 20
AT_ONCE = 500
"""Responses of one transaction."""
MOST_RESPONSES = 200_000
SECONDS = 60.0
"""After which another job goes on, so that other towns have their turn."""
FILES_FOR, NOTES_FOR = dt.timedelta(days=1), dt.timedelta(days=90)
UNSYNCED = {"synchronize_session": False}

GONE = _("Whoever started this has no account here any more. Send the file again.")
LATE = _("It was not finished within a day, so the file is gone. Send it again.")
TOO_MANY = _("The archive holds more than %(most)s responses; so many are not taken in.")
NONE = _("This file holds no responses.")


def run(session: Scope, *, import_id: int, seconds: float = SECONDS) -> None:
    """Go on with a file where it stopped, for a while; what cannot be done is told on its page."""
    row = keeping.locked(session, import_id)
    if row is None or row.state != ImportState.READING:
        return
    try:
        with keeping.opened(session, import_id) as file:
            more = _Run(session, row, read_file(row.file_name, file)).work(seconds)
    except BaukastenError as error:
        session.rollback()
        keeping.end(session, import_id, ImportState.FAILED, _said(error))
        return
    if more:
        keeping.go_on(session, import_id)


class _Run:
    """One file on its way."""

    def __init__(self, session: Scope, row: Any, found: Imported) -> None:
        self._session, self._found, self._id = session, found, row.id
        self._survey_id, self._seen, self._taken = row.survey_id, row.seen, row.taken
        self._lost: Counter[str] = Counter(row.lost)
        module_id = session.scalar(select(Survey.module_id).where(Survey.id == row.survey_id))
        module = module_by_id(session, module_id) if module_id is not None else None
        if module is None:
            raise NotFound
        if row.created_by is None:
            raise Invalid({"file": GONE})
        actor = member_by_id(session, row.created_by)
        # As on sending: whoever has lost the right since then does not change the survey any more.
        require(session, actor, RUN if row.with_responses else BUILD, module)
        self._place = Place(actor, module, row.revision, work(session).town.time_zone)
        self._with_responses = row.with_responses

    def work(self, seconds: float) -> bool:
        """Go through the responses for about so long; tells whether some are left."""
        if self._with_responses and not self._walk(time.monotonic() + seconds):
            return True
        if self._still_mine():
            self._finish()
        return False

    def _walk(self, until: float) -> bool:
        """Keep responses part by part; False where time is up or somebody else went on."""
        if self._found.responses is None:
            raise Conflict(NONE)
        responses = islice(self._found.responses, self._seen, None)
        while some := list(islice(responses, AT_ONCE)):
            if self._seen + len(some) > MOST_RESPONSES:
                raise Invalid({"file": TOO_MANY % {"most": MOST_RESPONSES}})
            if not self._still_mine():
                return True
            self._keep(some)
            if time.monotonic() >= until:
                return False
        return True

    def _keep(self, some: Sequence[Filled]) -> None:
        taking.ready(self._session, self._place)
        self._taken += taking.keep(self._session, self._survey_id, some)
        self._seen += len(some)
        for one in some:
            self._lost.update(one.lost)
        counted = {"seen": self._seen, "taken": self._taken, "lost": dict(self._lost)}
        keeping.change(self._session, self._id, **counted)
        self._session.commit()

    def _still_mine(self) -> bool:
        """Look whether nobody threw the file away or went on with it meanwhile, and lock it again."""
        row = keeping.locked(self._session, self._id)
        return row is not None and (row.state, row.seen) == (ImportState.READING, self._seen)

    def _finish(self) -> None:
        notes = list(self._found.notes)
        if self._with_responses:
            taking.finish(self._session, self._place, self._found, self._taken)
        else:
            notes += taking.take_questions(self._session, self._place, self._found)
        keeping.change(self._session, self._id, state=ImportState.DONE, notes=kept(notes))
        keeping.forget_file(self._session, self._id)


def _said(error: BaukastenError) -> str:
    found: LazyText | str = error.message
    if isinstance(error, Invalid) and error.errors:
        found = next(iter(error.errors.values()))
    return str(found)


def tidy(session: Session) -> None:
    """End what was not finished within a day, and delete notes that are older than three months."""
    now = clock.now()
    old = select(SurveyImport.id).where(
        SurveyImport.state == ImportState.READING, SurveyImport.created_at < now - FILES_FOR
    )
    for import_id in session.scalars(old.order_by(SurveyImport.id)).all():
        keeping.end(cast("Scope", session), import_id, ImportState.FAILED, str(LATE))
    noted = delete(SurveyImport).where(SurveyImport.created_at < now - NOTES_FOR)
    session.execute(noted, execution_options=UNSYNCED)


JOBS = [
    Job(keeping.JOB, run, max_attempts=ATTEMPTS),
    Job("survey.import.tidy", tidy, every="47 3 * * *"),
]
