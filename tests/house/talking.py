"""A live room with something of everything, every text of it marked, for tests that look for leaks."""

import datetime as dt
import re

from sqlalchemy import insert

from baukasten import clock
from baukasten.moderation.deciding import decide_content
from baukasten.moderation.models import Measure
from baukasten.moderation.steps import Step
from baukasten.plugin.refs import ContentRef
from baukasten.projects.placing import place_module
from baukasten_chat import rooms
from baukasten_chat.afterwards import making, publishing
from baukasten_chat.keys import MESSAGE_TYPE, QUESTION_TYPE
from baukasten_chat.limits.wishes import Speakers
from baukasten_chat.messages import editing
from baukasten_chat.messages import service as messages
from baukasten_chat.models import Window
from baukasten_chat.questions import service as questions
from baukasten_chat.questions import stage
from baukasten_chat.speakers import service as speakers

DAY, HOUR = dt.timedelta(days=1), dt.timedelta(hours=1)
UNSEEN = "verborgen"
"""Stands before the marker in what no guest may see: held, hidden and draft texts."""
FEATURES = ("chat.talk", "chat.ask", "chat.speak")
PLAIN = "forum"
"""The kind whose place is simply ``<module>``."""
ROW = re.compile(r"(\w+)(/<(?:[^<>]*?:)?)row_id>")


def placed(kind, rule):
    """Give the address of a kind's route below its place; rows are named after what stands before them."""
    place = "<module>" if kind == PLAIN else f"<{kind}>"
    named = ROW.sub(r"\1\2\1_row>", rule)
    # The forum's steps are others than those of the desk.
    return "/beteiligung/<project>/" + place + (named if kind == PLAIN else named.replace("<step>", "<deed>"))


def talk(session, project_id, people, marker):
    """Let people talk, ask and answer in a new room; gives the room's module and the arguments of its routes."""
    module = place_module(
        session,
        None,
        "chat",
        title=f"Gespräch {marker}",
        slug=f"gespraech-{marker}".lower(),
        project_id=project_id,
        settings={
            "form": "questions",
            "intro": f"Worum {marker}",
            "one_question": False,
            "speakers": Speakers.ALSO_QUESTIONS.value,
        },
    )
    window = _open(session, module, marker)
    message = _say(session, module, people, marker)
    question, waiting = _ask(session, module, people, marker)
    speaker = speakers.add(session, people["moderator"], module, f"Im Saal {marker}")
    transcript = _write_down(session, module, people, marker)
    return module, {
        "chat": module.slug,
        "nachricht_row": str(message),
        "frage_row": str(question),
        "regie_row": str(waiting),
        "termine_row": str(window),
        "wortmeldungen_row": str(speaker),
        "transcript_id": str(transcript),
    }


def _open(session, module, marker):
    now = clock.now()
    moments = {"lobby_at": now - DAY, "opens_at": now - HOUR, "closes_at": now + DAY}
    row = {"tenant_id": session.tenant_id, "room_id": rooms.of_module(session, module).id, **moments}
    query = insert(Window).values(**row, title=f"Abend {marker}").returning(Window.id)
    return session.scalars(query).one()


def _say(session, module, people, marker):
    """Say something that was changed since, something for the town, and something that is hidden; gives the first."""
    first = messages.say(session, people["citizen"], module, body=f"Moin {marker}")
    editing.edit(session, people["citizen"], module, first.id, f"Moin zusammen {marker}")
    messages.say(session, people["moderator"], module, body=f"Hinweis {marker}", town=True)
    hidden = messages.say(session, people["citizen"], module, body=f"Ausfällig {UNSEEN}{marker}")
    hide = Step(Measure.HIDE, f"Regel {marker}", f"Grund {UNSEEN}{marker}", rule_key="respect")
    decide_content(session, people["moderator"], ContentRef(MESSAGE_TYPE, hidden.id), hide)
    return first.id


def _ask(session, module, people, marker):
    """Ask what is answered, what waits and what was refused; gives the first and the second."""
    citizen, moderator = people["citizen"], people["moderator"]
    asked = [
        questions.ask(session, citizen, module, body=f"{words} {text}?").id
        for words, text in (
            ("Wann", marker),
            ("Warum", f"{UNSEEN}{marker}"),
            ("Weshalb nur", f"{UNSEEN}{marker}"),
            ("Wieso", marker),
        )
    ]
    for number in (asked[0], asked[3]):
        decide_content(session, moderator, ContentRef(QUESTION_TYPE, number), Step(Measure.PUBLISH))
    refuse = Step(Measure.REJECT, f"Regel {marker}", f"Grund {UNSEEN}{marker}", rule_key="topic")
    decide_content(session, moderator, ContentRef(QUESTION_TYPE, asked[2]), refuse)
    stage.to_stage(session, moderator, module, 1)
    stage.answered(session, moderator, module, 1, by=f"Amt {marker}", minute=3, answer=f"Bald {marker}")
    return asked[0], asked[1]


def _write_down(session, module, people, marker):
    """Publish a transcript, with names, and draft another; gives the first."""
    stretch = making.Stretch(clock.now() - HOUR, clock.now() + HOUR)
    published = making.draft(session, people["moderator"], module, f"Protokoll {marker}", stretch)
    publishing.publish(session, people["moderator"], module, published, publishing.Choice(names=True))
    making.draft(session, people["moderator"], module, f"Entwurf {UNSEEN}{marker}", stretch)
    return published
