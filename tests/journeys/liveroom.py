"""What happened in live rooms before the pages are looked at: a room where messages wait, with one of them in view."""

import datetime as dt

from sqlalchemy import select

from baukasten import clock
from baukasten.db.session import Scope
from baukasten.plugin.refs import MemberRef, ModuleRef, Role
from baukasten.projects import placing, queries
from baukasten.web import i18n
from baukasten_chat.afterwards import making, publishing
from baukasten_chat.messages import editing, service
from baukasten_chat.models import Question, Room
from tests.journeys.exhibition import Exhibition
from tests.journeys.townhall import TOWN, member_of

HOUR = dt.timedelta(hours=1)


def talk(shown: Exhibition) -> dict[str, str]:
    """Let a citizen write in a room where everything waits; gives what addresses name."""
    # What a room says of a message that waits is stored in the words of its writer.
    with i18n.speaking(i18n.translator("de")), shown.database.session(shown.town(TOWN).id) as session:
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
        editing.edit(session, citizen, talks, own.id, "Über die **Bänke** am Wasser.")
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
        papers = write_down(session, moderator, talks)
        session.commit()
        return {
            "talk": talks.path,
            **papers,
            "own_message": f"{talks.path}nachricht/{own.id}/aendern",
            "own_wordings": f"{talks.path}nachricht/{own.id}/fassungen",
            "held_talk": waits.path,
            "held_message": f"{waits.path}nachricht/{held.id}/aendern",
            "empty_talk": empty.path,
            "held_desk": f"{waits.path}regie",
            "held_at_desk": f"{waits.path}regie/nachricht/{held.id}/ablehnen",
        }


def ask(shown: Exhibition) -> dict[str, str]:
    """Name questions of the demo's hour for addresses: one of a citizen's that waits, and one that is open."""
    with shown.database.session(shown.town(TOWN).id) as session:
        citizen = member_of(shown, session, Role.CITIZEN)
        there = select(Question.id, Room.module_id).join(Room, Room.id == Question.room_id)
        held = there.where(Question.author_id == citizen.id, Question.visibility == "held")
        own = session.execute(held).one()
        opened = there.where(Room.module_id == own.module_id, Question.state == "open", Question.votes > 0)
        row = session.execute(opened.order_by(Question.number).limit(1)).one()
        path = queries.modules_by_id(session, [own.module_id])[own.module_id].path
        return {
            "own_question": f"{path}frage/{own.id}/aendern",
            "held_question": f"{path}regie/{own.id}",
            "open_question": f"{path}regie/{row.id}",
        }


def write_down(session: Scope, moderator: MemberRef, module: ModuleRef) -> dict[str, str]:
    """Publish a transcript of what was said so far, and draft another; gives their addresses."""
    stretch = making.Stretch(clock.now() - HOUR, clock.now() + HOUR)
    published = making.draft(session, moderator, module, "Was wir besprochen haben", stretch)
    publishing.publish(session, moderator, module, published, publishing.Choice())
    draft = making.draft(session, moderator, module, "Noch einmal", stretch)
    listed = f"{module.path}protokolle"
    one = f"{module.path}protokoll/"
    return {
        "transcripts": listed,
        "published_transcript": f"{one}{published}",
        "draft_transcript": f"{one}{draft}",
    }
