"""What came back of a letter before the pages are looked at: a bounce, a holiday note, one nobody could read."""

from dataclasses import replace

from sqlalchemy import select

from baukasten.mail.incoming import reading
from baukasten.mail.incoming.reading import Envelope, Trust
from baukasten_newsletter.models import Delivery
from baukasten_newsletter.returns import service
from baukasten_newsletter.returns.models import ReturnedLetter
from tests.journeys.exhibition import Exhibition
from tests.journeys.townhall import TOWN

LETTERS = (
    "From: MAILER-DAEMON@mx.example\nSubject: failure notice\n\n<leser@post.example>:\n550 5.1.1 unknown user\n",
    "From: leser@post.example\nSubject: Abwesenheitsnotiz\n\nIch bin am Wasser.\n",
    "From: Jana Moor <jana@post.example>\nSubject: Re: Stadtbrief\n\nWann fährt die Fähre?" + " Wann?" * 80,
)


def come_back(shown: Exhibition) -> dict[str, str]:
    """Take letters about a delivery; gives what addresses name."""
    with shown.database.session(shown.town(TOWN).id) as session:
        target = session.scalar(select(Delivery.id).order_by(Delivery.id).limit(1)) or 0
        for number, words in enumerate(LETTERS):
            mail = reading.read_report(words.encode(), Envelope("rueckweg", ""), Trust(""))
            service.take(session, None, target, replace(mail, fingerprint=f"shown {number}"))
        session.commit()
        kept = session.scalar(select(ReturnedLetter.return_id))
        return {"returned_letter": f"/stadtbrief/rueckweg/{kept}"}
