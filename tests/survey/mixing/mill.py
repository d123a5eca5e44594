"""A survey whose answers are sealed: people put them in, the mixer runs, and what came out is counted."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select, text

from baukasten import clock
from baukasten.db.session import Database
from baukasten.plugin.refs import TenantRef
from baukasten.strongroom import Strongroom
from baukasten_survey.keys import SurveyState
from baukasten_survey.mixing import batches, flushing, sealing
from baukasten_survey.models import Batch, Response, Sealed, Survey
from tests.survey.conftest import open_survey

SIZE = 4096


@dataclass(frozen=True)
class Mill:
    """One town's survey, and the ways to feed and run its mixer."""

    database: Database
    town: TenantRef
    survey_id: int

    @property
    def room(self) -> Strongroom:
        assert self.database.contract.data_dir is not None
        return Strongroom.of(self.database.contract.data_dir, self.town.id)

    def put(self, *numbers: int, version: int = 1) -> None:
        """Let people answer one after the other, each in a transaction; the number is the answer."""
        for number in numbers:
            with self.database.session(self.town.id) as session:
                payload = sealing.encode({"q1": number})
                batches.put(session, self.survey_id, version, payload, SIZE)
                session.commit()

    def mix(self) -> None:
        with self.database.session(self.town.id) as session:
            flushing.mix(session)
            session.commit()

    def close(self) -> None:
        """End the survey, long enough ago that nobody can still be on the way in."""
        with self.database.session(self.town.id) as session:
            survey = session.get_one(Survey, (self.town.id, self.survey_id))
            survey.state, survey.closed_at = SurveyState.CLOSED, clock.now() - 2 * flushing.GRACE
            session.commit()

    def answers(self) -> list[int]:
        """Give the mixed answers in the order of their ids."""
        query = select(Response.answers["q1"].as_integer()).where(Response.survey_id == self.survey_id)
        with self.database.session(self.town.id) as session:
            return list(session.scalars(query.order_by(Response.id)))

    def batches(self) -> list[tuple[str, int]]:
        """Give each batch's state and how many answers lie in it."""
        inside = select(func.count()).where(Sealed.batch_id == Batch.id).scalar_subquery()
        query = select(Batch.state, inside).where(Batch.survey_id == self.survey_id).order_by(Batch.id)
        with self.database.session(self.town.id) as session:
            return [(row[0], row[1]) for row in session.execute(query)]

    def keys(self) -> int:
        """Tell how many keys lie in the strongroom."""
        return len(self.room.names())


def mill(database: Database, town: TenantRef, slug: str = "umfrage", **values: Any) -> Mill:
    """Open a survey and build its mill."""
    module = open_survey(database, town, slug=slug, **values)
    with database.session(town.id) as session:
        survey_id = session.scalar(select(Survey.id).where(Survey.module_id == module.id))
        assert survey_id is not None
    return Mill(database, town, survey_id)


LOST_JOBS = text(
    "SELECT args -> 'values' ->> 'said' FROM jobs.procrastinate_jobs "
    "WHERE args ->> 'key' = 'survey.lost' AND (args ->> 'tenant_id')::bigint = :town ORDER BY id"
)
