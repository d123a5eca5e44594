"""An evening by the clock, seen by somebody who never reloads: announced, longer, shut; people who speak in turn."""

import datetime as dt
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from baukasten import clock
from baukasten.db import embedded
from baukasten.plugin.refs import MemberRef, ModuleRef, Role
from baukasten_chat import rooms
from baukasten_chat.hours import announcing
from baukasten_chat.hours import service as hours
from baukasten_chat.models import Window
from baukasten_chat.speakers import service as speakers
from tests.chat.conftest import open_chat
from tests.journeys import livehall
from tests.journeys.browsing import visiting
from tests.journeys.livehall import HOST, Hall

pytestmark = pytest.mark.browser
MINUTE = dt.timedelta(minutes=1)
ROOM = "/beteiligung/saal/live/"
SOON = 60_000
"""Milliseconds; scripts wait a moment before they ask, so that not all ask at once."""


@pytest.fixture(scope="module")
def hall(server: embedded.Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hall]:
    """A town that is really live."""
    with livehall.opened(server, tmp_path_factory.mktemp("hours")) as opened:
        yield opened


@pytest.fixture(scope="module")
def room(hall: Hall) -> ModuleRef:
    """A consultation hour that runs for some minutes more."""
    module: ModuleRef = open_chat(hall.database, hall.town, slug="saal", form="consultation", at=clock.now())
    with hall.database.session(hall.town.id) as session:
        now = clock.now()
        times = {"lobby_at": now - MINUTE, "opens_at": now - MINUTE, "closes_at": now + 40 * MINUTE}
        session.add(Window(room_id=rooms.of_module(session, module).id, grace_minutes=5, **times))
        session.commit()
    return module


@pytest.fixture(scope="module")
def leader(hall: Hall) -> MemberRef:
    return hall.newcomer("Mo Deich", Role.MODERATOR)[0]


@pytest.fixture
def lead(hall: Hall, room: ModuleRef, leader: MemberRef) -> Callable[..., None]:
    """Do something in the moderator's name, behind the pages."""

    def do(deed: Callable[..., object], *values: object, **named: object) -> None:
        with hall.database.session(hall.town.id) as session:
            deed(session, leader, room, *values, **named)
            session.commit()

    return do


@pytest.fixture
def page(browser: Browser, hall: Hall, room: ModuleRef) -> Iterator[Page]:
    """The room as a member sees it."""
    _member, secret = hall.newcomer(f"Anna Torf {dt.datetime.now(dt.UTC):%f}")
    with visiting(browser) as visitor:
        visitor.sign_in_as(HOST, secret)
        visitor.page.goto(hall.url(ROOM))
        yield visitor.page
        assert visitor.complaints == []


def test_who_stays_hears_of_everything_the_moderators_do(page: Page, lead: Callable[..., None]):
    status, line = page.locator("[data-announcement]"), page.locator("[data-hours]")
    expect(line).to_contain_text("Geöffnet bis")
    expect(line.get_by_role("timer")).to_contain_text("Minuten")
    lead(announcing.announce, "Gleich **beginnen** wir.")
    expect(status).to_have_attribute("role", "status")
    expect(status).to_contain_text("Hinweis der Moderation: Gleich beginnen wir.", timeout=SOON)
    lead(hours.extend)
    expect(line).to_contain_text("Verlängert bis", timeout=SOON)
    expect(page.locator("[data-hours-said]")).to_contain_text("Verlängert bis")
    lead(hours.close)
    expect(line).to_contain_text("Die Moderation hat diesen Raum geschlossen.", timeout=SOON)
    expect(page.locator("[data-say]")).to_have_count(0, timeout=SOON)
    lead(hours.reopen)
    lead(announcing.take_back)
    expect(page.locator("[data-say]")).to_have_count(1, timeout=SOON)
    expect(status).to_be_empty(timeout=SOON)


def test_people_speak_in_turn_and_everybody_sees_it(page: Page, lead: Callable[..., None]):
    listed = page.locator("[data-speakers]")
    page.get_by_role("button", name="Zu Wort melden").click()
    expect(listed).to_contain_text("Sie stehen auf der Liste.", timeout=SOON)
    lead(speakers.add, "Frau Siel")
    expect(listed).to_contain_text("2 Personen warten", timeout=SOON)
    lead(speakers.call)
    expect(listed.locator(".floor")).to_contain_text("Anna Torf", timeout=SOON)
    clock_shown = listed.get_by_role("timer")
    before = clock_shown.inner_text()
    expect(clock_shown).not_to_have_text(before, timeout=SOON)
    page.get_by_role("button", name="Zurückziehen").click()
    expect(listed).to_contain_text("Gerade spricht niemand.", timeout=SOON)
