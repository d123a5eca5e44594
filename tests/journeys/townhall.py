"""What the town did in the demo's forum before the pages are looked at: answers, a weighing, plans with remarks."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import text

from baukasten.access import members
from baukasten.db.session import Scope
from baukasten.identity import service as identity
from baukasten.plugin import MemberRef, Outcome
from baukasten.plugin.refs import Role
from baukasten.projects import queries
from baukasten_forum.answers import service as answers
from baukasten_forum.answers import weighing
from baukasten_forum.answers.service import Facts
from baukasten_forum.answers.weighing import Weighed
from baukasten_forum.plans import service as plans
from baukasten_forum.plans.grid import Point
from baukasten_forum.plans.service import Spot
from tests.core.content import traced
from tests.journeys.exhibition import Exhibition

TOWN = "kranichsiel"
BIKES = "Radweg vom Bahnhof zum Hafen ohne Kopfsteinpflaster"


def speak(shown: Exhibition) -> dict[str, str]:
    """Answer, weigh and plan as the town; gives what addresses name."""
    with acting(shown, Role.ADMIN, Role.CITIZEN) as (session, module, admin, citizen):
        topic = session.execute(
            text("SELECT id, slug FROM forum_topic WHERE title = :title"), {"title": BIKES}
        ).one()
        first = session.scalar(text("SELECT min(id) FROM forum_post WHERE topic_id = :id"), {"id": topic.id})
        answer = answers.answer(
            session,
            admin,
            module,
            (topic.id, 1),
            body="Wir bauen den Streifen, **1,80 Meter** breit. Er beginnt am Bahnhof.",
            facts=Facts("Tiefbauamt", Outcome.PARTLY),
        )
        weighing.save(
            session, admin, module, first, Weighed("Glatter Streifen.", "Machbar.", "follow"), version=0
        )
        sheet = ("Lageplan.jpg", io.BytesIO(traced.jpeg()))
        picture = plans.add_picture(
            session, admin, module, title="Lageplan", description="", alt="Links das Becken.", file=sheet
        )
        spot = Spot(point=Point(3000, 4000), place="am Kran")
        remark = plans.remark(
            session, citizen, module, picture, texts=("Eine Bank", "Hier fehlt eine Bank."), spot=spot
        )
        written = "## Ziele\n\nDer Hafen gehört allen.\n\n- Wege\n- Bänke\n\nEin Zehntel bleibt frei."
        body = plans.add_text(session, admin, module, title="Leitbild", description="Entwurf", body=written)
        passage = plans.remark(
            session, citizen, module, body, texts=("Zwei", "Lieber zwei Zehntel."), spot=Spot(passage=3)
        )
        return {
            "answered": f"{topic.id}-{topic.slug}",
            "answering": str(topic.id),
            "answer": str(answer.number),
            "weighed": str(first),
            "picture_plan": str(picture),
            "text_plan": str(body),
            "remark": f"{remark.topic_id}-{remark.slug}",
            "passage_remark": f"{passage.topic_id}-{passage.slug}",
        }


@contextmanager
def acting(shown: Exhibition, *roles: Role) -> Iterator[tuple[Any, ...]]:
    """Give a session of the town, its forum for ideas and somebody of each role; what they do is committed."""
    with shown.database.session(shown.town(TOWN).id) as session:
        placement = queries.module_at(session, "alter-torfhafen", "ideen")
        assert placement is not None
        yield session, placement.module, *(member_of(shown, session, role) for role in roles)
        session.commit()


def member_of(shown: Exhibition, session: Scope, role: Role) -> MemberRef:
    """Give somebody of the town whose highest role is this one."""
    account = identity.find(session, shown.person(TOWN, role))
    assert account is not None
    member = members.find(session, account.id)
    assert member is not None
    return member
