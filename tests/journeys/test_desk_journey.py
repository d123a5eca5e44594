"""A moderator steers a question hour by keyboard alone, while the hall and a citizen's phone follow."""

import os
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from baukasten import clock
from baukasten.db import embedded
from baukasten.plugin.refs import ModuleRef, Role
from baukasten_chat.questions import service
from tests.chat.conftest import open_chat
from tests.journeys import livehall
from tests.journeys.browsing import NARROW, NORMS, WIDE, Visitor, visiting
from tests.journeys.livehall import HOST, Hall

pytestmark = pytest.mark.browser
ROOM = "/beteiligung/deich/live/"
RULES = {"runOnly": {"type": "tag", "values": NORMS}}
FIRST, SECOND = "Wie hoch wird der Deich?", "Wo bleibt das Schwimmbad?"
THIRD, FOURTH = "Wer rechnet das nach?", "Darf man vom Steg aus baden?"


@pytest.fixture(scope="module")
def hall(server: embedded.Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hall]:
    """A town, really live."""
    with livehall.opened(server, tmp_path_factory.mktemp("desk")) as opened:
        yield opened


@pytest.fixture(scope="module")
def hour(hall: Hall) -> ModuleRef:
    """A question hour in it."""
    room: ModuleRef = open_chat(hall.database, hall.town, slug="deich", form="questions", at=clock.now())
    return room


@pytest.fixture
def visitors(browser: Browser) -> Iterator[list[Visitor]]:
    """A moderator, a citizen and the hall; nothing may complain."""
    with visiting(browser) as staff, visiting(browser) as citizen, visiting(browser) as wall:
        yield [staff, citizen, wall]
        for one in (staff, citizen, wall):
            assert one.complaints == []


def look(visitor: Visitor, name: str) -> None:
    """Let axe look at the page as it is, and at the same on a phone."""
    for size in (WIDE, NARROW):
        visitor.page.set_viewport_size(size)  # type: ignore[arg-type]
        if folder := os.environ.get("LOOK"):
            visitor.page.screenshot(path=f"{folder}/{name}-{size['width']}.png", full_page=True)
        assert visitor.axe(RULES) == []
        assert visitor.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    visitor.page.set_viewport_size(WIDE)  # type: ignore[arg-type]


def rows(page: Page, pane: str) -> Locator:
    return page.locator(f'[data-pane="{pane}"] [data-row]')


def let_in_the_first_and_refuse_the_second(desk: Page, phone: Page) -> None:
    desk.keyboard.press("j")
    expect(desk.locator("[data-row]:focus")).to_contain_text(FIRST)
    desk.keyboard.press("a")
    expect(rows(desk, "asks")).to_contain_text(FIRST)
    expect(desk.locator("[data-row]:focus")).to_contain_text(SECOND)
    expect(phone.locator("[data-fresh] button")).to_have_text("Neue Fragen zeigen: 1")
    desk.keyboard.press("x")
    dialog = desk.get_by_role("dialog")
    dialog.get_by_label("Regel").select_option(index=4)
    dialog.get_by_label("Begründung").fill("Das gehört ins Bäderkonzept.")
    dialog.get_by_label("Begründung").press("Control+Enter")
    expect(dialog).to_be_hidden()
    expect(rows(desk, "waiting")).to_have_count(0)


def ask_on_the_phone(phone: Page) -> None:
    field, send = phone.get_by_label("Was möchten Sie wissen?"), phone.locator("[data-send]")
    field.fill("Wie hoch wird der Deich denn nun?")
    send.click()
    expect(phone.locator("[data-alike]")).to_contain_text(FIRST)
    expect(send).to_have_text("Trotzdem einreichen")
    field.fill(THIRD)
    send.click()
    own = phone.locator("[data-own-list] > li")
    expect(own).to_contain_text(THIRD)
    expect(own).to_contain_text("wird geprüft")
    expect(phone.locator("[data-ask-box]")).to_contain_text("Sie haben eine Frage in der Liste.")


def find_what_comes_in_behind_a_button(desk: Page, come: Callable[[str, str], None]) -> None:
    expect(rows(desk, "waiting")).to_contain_text(THIRD)
    come("Dora Frage", FOURTH)
    expect(desk.get_by_role("button", name="1 neue Frage zeigen")).to_be_visible()
    assert rows(desk, "waiting").count() == 1
    desk.keyboard.press("n")
    expect(desk.locator("[data-row]:focus")).to_contain_text(FOURTH)


def vote_and_take_to_the_stage(desk: Page, phone: Page, screen: Page) -> None:
    phone.locator("[data-fresh] button").click()
    phone.locator("#frage-1 [data-vote]").click()
    expect(phone.locator("#frage-1 [data-vote]")).to_have_attribute("aria-pressed", "true")
    expect(rows(desk, "asks").locator("[data-votes]")).to_have_text("1")
    desk.keyboard.press("l")
    expect(desk.locator("[data-row]:focus")).to_contain_text(FIRST)
    desk.keyboard.press("b")
    expect(screen.get_by_role("heading", name=FIRST)).to_be_visible()
    expect(phone.locator("[data-stage] h2")).to_have_text(FIRST)
    expect(screen.locator("body")).not_to_contain_text(FOURTH)


def answer_it(desk: Page, phone: Page) -> None:
    rows(desk, "live").focus()
    desk.keyboard.press("f")
    dialog = desk.get_by_role("dialog")
    dialog.get_by_label("Wer geantwortet hat").fill("Fachdienst Deichbau")
    dialog.get_by_label("Minute").fill("12")
    dialog.get_by_role("button", name="Als beantwortet speichern").click()
    expect(rows(desk, "answered")).to_contain_text(FIRST)
    expect(phone.locator("[data-stage]")).to_be_hidden()


def refuse_what_the_phone_asked(desk: Page, phone: Page) -> None:
    rows(desk, "waiting").filter(has_text=THIRD).get_by_role("link", name="Ablehnen").click()
    dialog = desk.get_by_role("dialog")
    dialog.get_by_role("button", name="Mit dieser Begründung ablehnen").click()
    expect(dialog.get_by_role("alert")).to_be_visible()
    dialog.get_by_label("Regel").select_option(index=4)
    dialog.get_by_label("Begründung").fill("Das steht schon im Gutachten.")
    dialog.get_by_role("button", name="Mit dieser Begründung ablehnen").click()
    expect(phone.locator("[data-own-list]")).to_contain_text("Das steht schon im Gutachten.")
    expect(phone.get_by_label("Was möchten Sie wissen?")).to_be_visible()


def switch_the_keys_off(desk: Page) -> None:
    desk.keyboard.press("?")
    expect(desk.get_by_role("dialog", name="Tasten der Regie")).to_be_visible()
    desk.keyboard.press("Escape")
    desk.get_by_label("Tasten aus").check()
    rows(desk, "waiting").first.focus()
    desk.keyboard.press("a")
    expect(rows(desk, "waiting")).to_have_count(1)


def test_an_hour_by_keyboard(hall: Hall, hour: ModuleRef, visitors: list[Visitor]) -> None:
    staff, citizen, wall = visitors
    people = {name: hall.newcomer(name) for name in ("Anna Frage", "Ben Frage", "Dora Frage")}

    def come(name: str, text: str) -> None:
        with hall.database.session(hall.town.id) as session:
            service.ask(session, people[name][0], hour, body=text)
            session.commit()

    staff.sign_in_as(HOST, hall.newcomer("Mo Regie", Role.MODERATOR)[1])
    citizen.sign_in_as(HOST, people["Anna Frage"][1])
    come("Ben Frage", FIRST)
    come("Dora Frage", SECOND)
    desk, phone, screen = staff.page, citizen.page, wall.page
    for page, path in ((desk, "regie"), (phone, ""), (screen, "buehne")):
        page.goto(hall.url(ROOM + path))
    expect(desk.locator("[data-line]")).to_be_hidden()
    let_in_the_first_and_refuse_the_second(desk, phone)
    ask_on_the_phone(phone)
    find_what_comes_in_behind_a_button(desk, come)
    vote_and_take_to_the_stage(desk, phone, screen)
    for visitor, name in ((staff, "desk"), (wall, "hall"), (citizen, "room")):
        look(visitor, name)
    answer_it(desk, phone)
    refuse_what_the_phone_asked(desk, phone)
    switch_the_keys_off(desk)
