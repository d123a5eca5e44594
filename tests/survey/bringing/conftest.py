"""A draft on a site, and files that are sent to it."""

import io
from types import SimpleNamespace

import pytest

from baukasten.plugin.work import Work, begin
from baukasten_survey.bringing import keeping, running
from baukasten_survey.bringing.models import SurveyImport, SurveyImportPiece
from baukasten_survey.models import Response, Survey
from tests.survey.building.conftest import draft
from tests.survey.transfer.lime_files import Made, archive, column, responses, structure

ASKED = [Made("way", "L", answers=["foot", "bike"]), Made("why", "T")]


def packed(count, *, half=0, stray=False, **survey):
    """An archive with so many responses, of which the last ones were not sent off."""
    rows = []
    for at in range(count):
        row = {"id": at + 1, "submitdate": "" if at >= count - half else "2024-05-06 07:08:09"}
        row |= {"startlanguage": "en", column(1): "foot" if at % 3 else "bike", column(2): f"Reason {at}"}
        rows.append(row | ({column(9): "lost"} if stray else {}))
    return archive(structure(*ASKED, survey=survey), responses(*rows))


@pytest.fixture
def place(database, town, admin, mailbox):
    """Sends files, does the work that waits, and looks into the tables."""
    module = draft(database, town)

    def on(deed):
        with database.session(town.id) as session:
            found = deed(session)
            session.commit()
            return found

    def send(data, *, responses=True, revision=1, name="old.lsa"):
        file = (name, io.BytesIO(data))
        return on(lambda session: keeping.send(session, admin, module, revision, file, responses=responses))

    def state():
        def deed(session):
            survey, row = (
                session.query(Survey).one(),
                session.query(SurveyImport).order_by(SurveyImport.id).all()[-1],
            )
            return SimpleNamespace(
                survey=(survey.state, survey.version),
                row=(row.state, row.seen, row.taken),
                problem=row.problem,
                notes=row.notes,
                lost=row.lost,
                pieces=session.query(SurveyImportPiece).count(),
                responses=session.query(Response.answers, Response.test).order_by(Response.id).all(),
            )

        return on(deed)

    def step(number, **more):
        """Work a part of the job by hand."""

        def deed(session):
            begin(session, Work(0, 1, town, frozenset(), {}))
            running.run(session, import_id=number, **more)

        return on(deed)

    return SimpleNamespace(step=step, module=module, on=on, send=send, state=state, work=mailbox.deliver)


@pytest.fixture
def citizen(new_member):
    """Somebody who may answer and nothing else."""
    return new_member(name="Cora Deich")
