"""Who reads letters before the pages are looked at: one waits for a confirmation, one reads, one has left."""

from sqlalchemy import select

from baukasten.projects import queries
from baukasten.web import i18n
from baukasten_newsletter.keys import Frequency, Purpose
from baukasten_newsletter.models import Subscriber
from baukasten_newsletter.people import declarations, joining, reader, service, topics
from baukasten_newsletter.people.joining import Wish
from baukasten_newsletter.people.log import Circumstances
from tests.journeys.exhibition import Exhibition
from tests.journeys.townhall import TOWN
from tests.journeys.written import LIST

WAITING, READING, GONE = "wartet@brief.example", "liest@brief.example", "weg@brief.example"


def subscribe(shown: Exhibition) -> dict[str, str]:
    """Let people ask, confirm and leave; gives the addresses of their pages."""
    with i18n.speaking(i18n.translator("de")), shown.database.session(shown.town(TOWN).id) as session:
        (module,) = (one for one in queries.modules(session, None) if one.slug == LIST)
        chosen = [row.id for row in topics.listed(session, module.id)[:2]]
        words = declarations.store(session, declarations.words(module, "Kranichsiel", "de", "de"), "de")
        at = Circumstances(words.id, words.sha256, "de", f"https://{TOWN}.example/{LIST}/")
        numbers = {}
        for address in (WAITING, READING, GONE):
            wish = Wish(address, chosen, "de", "Wiebke Lohe", Frequency.AT_ONCE)
            joining.ask(session, module, wish, at)
            row = select(Subscriber.id).where(Subscriber.address == address)
            numbers[address] = session.scalars(row).one()
        for address in (READING, GONE):
            joining.confirm(session, numbers[address])
        service.leave(session, numbers[GONE], how="page")
        session.commit()

        def path(purpose: Purpose, address: str) -> str:
            return reader.path(session, purpose, numbers[address], 1)

        return {
            "confirm_letters": path(Purpose.CONFIRM, WAITING),
            "confirmed_letters": path(Purpose.CONFIRM, READING),
            "read_settings": path(Purpose.PREFERENCES, READING),
            "gone_settings": path(Purpose.PREFERENCES, GONE),
            "leave_letters": path(Purpose.LEAVE, READING),
            "left_letters": path(Purpose.LEAVE, GONE),
            "never_letters": path(Purpose.NEVER, READING),
            "letter_topic": f"/{LIST}/themen/{chosen[0]}",
        }
