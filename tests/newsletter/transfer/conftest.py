"""A list into which files are brought, and somebody who may."""

import io
from types import SimpleNamespace

import pytest
from sqlalchemy import func, select

from baukasten_newsletter.models import Subscriber
from baukasten_newsletter.people import topics
from baukasten_newsletter.transfer import service
from baukasten_newsletter.transfer.models import Import, ImportPiece
from baukasten_newsletter.transfer.service import Wishes

ORIGIN = {"agreed": "Stadtbrief per Mail", "when": "Mai 2026", "how": "Liste auf Papier"}
WORDS = "Stadtbrief per Mail; Mai 2026; Liste auf Papier"


def table(count, *more):
    """A file with so many people, and further rows."""
    rows = [f"leserin{n}@post.example;Leserin {n}" for n in range(count)]
    return "\n".join(["E-Mail;Name;Status;Herkunft", *rows, *more]).encode()


@pytest.fixture
def transfer(database, town, letters, admin, mailbox):
    """Sends files, presses buttons, and looks into the tables."""

    def on(deed):
        with database.session(town.id) as session:
            found = deed(session)
            session.commit()
            return found

    def send(data, name="leute.csv", **more):
        def deed(session):
            first = topics.listed(session, letters.id)[0].id
            chosen = {"topics": [first], "language": "de", **ORIGIN, **more}
            return service.send(session, admin, letters, (name, io.BytesIO(data)), Wishes(**chosen))

        return on(deed)

    def people(session):
        return list(session.scalars(select(Subscriber.address).order_by(Subscriber.address)))

    def results(number, *, is_trial):
        found = on(lambda session: list(service.report(session, number, is_trial=is_trial)))
        return [(row, result) for row, result, _error in found]

    def row(number):
        return on(
            lambda session: session.execute(select(*Import.__table__.c).where(Import.id == number)).one()
        )

    return SimpleNamespace(
        on=on,
        send=send,
        start=lambda number: on(lambda session: service.start(session, admin, letters, number)),
        drop=lambda number: on(lambda session: service.drop(session, admin, letters, number)),
        row=row,
        results=results,
        people=lambda: on(people),
        pieces=lambda: on(lambda session: session.scalar(select(func.count()).select_from(ImportPiece))),
        work=mailbox.deliver,
    )
