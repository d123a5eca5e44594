"""Live rooms at all times of an evening, before their pages are looked at, and a list of speakers."""

import datetime as dt

from baukasten import clock
from baukasten.db.session import Scope
from baukasten.plugin.refs import MemberRef, ModuleRef, Role
from baukasten.projects import placing
from baukasten_chat import rooms
from baukasten_chat.hours import announcing, pacing
from baukasten_chat.hours import service as hours
from baukasten_chat.models import Window
from baukasten_chat.speakers import service as speakers
from tests.journeys.exhibition import Exhibition
from tests.journeys.townhall import TOWN, member_of

MINUTE, HOUR, DAY = dt.timedelta(minutes=1), dt.timedelta(hours=1), dt.timedelta(days=1)


def open_rooms(shown: Exhibition) -> dict[str, str]:
    """Place rooms whose hours are at different points; gives what addresses name."""
    with shown.database.session(shown.town(TOWN).id) as session:
        citizen, moderator, admin = (
            member_of(shown, session, role) for role in (Role.CITIZEN, Role.MODERATOR, Role.ADMIN)
        )
        lobby = _room(session, "Fragestunde morgen", "fragestunde-morgen", form="questions")
        coming = _window(session, lobby, DAY, lobby=3 * DAY)
        called_off = _window(session, lobby, 8 * DAY, lobby=3 * DAY)
        hours.cancel(session, admin, lobby, called_off)
        announced = _room(session, "Fragestunde später", "fragestunde-spaeter", form="questions")
        _window(session, announced, 5 * DAY, lobby=DAY)
        over = _room(session, "Abend gestern", "abend-gestern", form="open")
        _window(session, over, -DAY, lobby=DAY)
        grace = _room(session, "Eben vorbei", "eben-vorbei", form="open")
        _window(session, grace, -HOUR - MINUTE, lobby=DAY, grace=10_000)
        hall = _room(session, "Sprechstunde im Saal", "sprechstunde-im-saal", form="consultation")
        _window(session, hall, -MINUTE, lobby=DAY, length=23 * HOUR)
        _speak(session, citizen, moderator, hall)
        session.commit()
        return {
            "lobby": lobby.path,
            "opening": f"{lobby.path}termine/{coming}",
            "announced": announced.path,
            "over": over.path,
            "grace": grace.path,
            "hall": hall.path,
        }


def _room(session: Scope, title: str, slug: str, **chosen: str) -> ModuleRef:
    return placing.place_module(session, None, "chat", title=title, slug=slug, settings=chosen)


def _window(
    session: Scope,
    module: ModuleRef,
    begins: dt.timedelta,
    *,
    lobby: dt.timedelta,
    length: dt.timedelta = HOUR,
    grace: int = 5,
) -> int:
    opens = clock.now() + begins
    window = Window(
        room_id=rooms.of_module(session, module).id,
        title="Mit der Bürgermeisterin",
        lobby_at=opens - lobby,
        opens_at=opens,
        closes_at=opens + length,
        grace_minutes=grace,
    )
    session.add(window)
    session.flush()
    return window.id


def _speak(session: Scope, citizen: MemberRef, moderator: MemberRef, hall: ModuleRef) -> None:
    for name in ("Frau Siel", "Herr Birk"):
        speakers.add(session, moderator, hall, name)
    speakers.call(session, moderator, hall)
    speakers.join(session, citizen, hall, "Der Steg am Südkai")
    announcing.announce(session, moderator, hall, "Wir **beginnen** mit den Wortmeldungen im Saal.")
    pacing.set_pause(session, moderator, hall, 20)
