"""What happened in live rooms before the pages are looked at: a room where messages wait, with one of them in view."""

from baukasten.plugin.refs import Role
from baukasten.projects import placing
from baukasten_chat.messages import service
from tests.journeys.exhibition import Exhibition
from tests.journeys.townhall import TOWN, member_of


def talk(shown: Exhibition) -> dict[str, str]:
    """Let a citizen write in a room where everything waits; gives what addresses name."""
    with shown.database.session(shown.town(TOWN).id) as session:
        citizen, moderator = (member_of(shown, session, role) for role in (Role.CITIZEN, Role.MODERATOR))
        talks = placing.place_module(
            session,
            None,
            "chat",
            title="Offenes Gespräch",
            slug="offenes-gespraech",
            settings={"form": "open"},
        )
        first = service.say(session, moderator, talks, body="Willkommen. Worüber reden wir?", town=True)
        own = service.say(session, citizen, talks, body="Über die **Bänke**.", reply_to=first.number)
        waits = placing.place_module(
            session,
            None,
            "chat",
            title="Geprüftes Gespräch",
            slug="geprueftes-gespraech",
            settings={"approve": True},
        )
        held = service.say(session, citizen, waits, body="Wer liest das zuerst?")
        empty = placing.place_module(session, None, "chat", title="Leerer Raum", slug="leerer-raum")
        session.commit()
        return {
            "talk": talks.path,
            "own_message": f"{talks.path}nachricht/{own.id}/aendern",
            "held_talk": waits.path,
            "held_message": f"{waits.path}nachricht/{held.id}/aendern",
            "empty_talk": empty.path,
        }
