"""People talk in a live room: at once, through an outage, by keyboard, by ear, and without any script."""

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from playwright.sync_api import Browser, Page, expect

from baukasten.db import embedded
from baukasten.moderation.models import Measure
from baukasten.plugin.refs import Role
from baukasten_chat.limits.pace import BURST
from tests.journeys import livehall
from tests.journeys.browsing import Visitor, visiting
from tests.journeys.livehall import HOST, Hall
from tests.journeys.tour import CONTRAST, LIGHT, TARGETS, WIDER

pytestmark = pytest.mark.browser
CONNECTED = "Verbunden, nichts verpasst"
LINES = """() => [...document.querySelectorAll('.msg[data-number]')].map(
  one => [Number(one.dataset.number), one.querySelector('.text, [data-gone]').textContent])"""


TOP = "node => node.getBoundingClientRect().top"


@pytest.fixture(scope="module")
def hall(server: embedded.Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hall]:
    """A town with a live room, really live."""
    with livehall.opened(server, tmp_path_factory.mktemp("hall")) as opened:
        yield opened


@pytest.fixture
def enter(browser: Browser, hall: Hall) -> Iterator[Callable[..., Visitor]]:
    """Let people come into the room, each with a browser of their own; nothing may complain."""
    with ExitStack() as stack:
        opened: list[Visitor] = []

        def come(secret: str = "", *, live: bool = True, **options: object) -> Visitor:
            visitor = stack.enter_context(visiting(browser, **options))
            if not live:
                visitor.context.route("**/socket.io.min.js", lambda route: route.fulfill(body=""))
            if secret:
                visitor.sign_in_as(HOST, secret)
            visitor.page.goto(hall.url())
            opened.append(visitor)
            return visitor

        yield come
        for visitor in opened:
            quiet = [one for one in visitor.complaints if "ERR_INTERNET_DISCONNECTED" not in one]
            assert quiet == []


@pytest.fixture(scope="module")
def people(hall: Hall) -> dict[str, str]:
    """Sessions by name; the moderator's words are not slowed, so she speaks a lot."""
    names = {"Anna Torf": (), "Ben Hafen": (), "Mo Deich": (Role.MODERATOR,)}
    found = {name: hall.newcomer(name, *roles) for name, roles in names.items()}
    hall.known.update({name: member for name, (member, _secret) in found.items()})
    return {name: secret for name, (_member, secret) in found.items()}


def write(page: Page, text: str) -> None:
    page.get_by_label("Nachricht schreiben").fill(text)
    page.keyboard.press("Enter")


def ready(page: Page) -> Page:
    expect(page.get_by_role("status").filter(has_text=CONNECTED)).to_be_visible()
    return page


def test_two_people_talk_and_see_the_same(enter, hall, people):
    anna, ben = ready(enter(people["Anna Torf"]).page), ready(enter(people["Ben Hafen"]).page)
    guest = ready(enter().page)
    write(anna, "Moin, ist der Ton gut?")
    expect(ben.locator(".msg[data-number] .text", has_text="ist der Ton gut")).to_be_visible()
    write(ben, "Ja, @Anna Torf")
    for page in (anna, ben, guest):
        expect(page.locator(".msg[data-number] .text", has_text="Ja, @Anna Torf")).to_be_visible()
    assert anna.evaluate(LINES) == ben.evaluate(LINES) == guest.evaluate(LINES)
    expect(anna.locator(".msg--me .text")).to_have_text("Ja, @Anna Torf")
    assert ben.locator(".msg--me").count() == 0
    assert (anna.locator(".msg--mine").count(), ben.locator(".msg--mine").count()) == (1, 1)
    assert guest.get_by_label("Nachricht schreiben").count() == 0


def test_an_outage_is_made_up_without_a_gap(enter, hall, people):
    anna, mo = enter(people["Anna Torf"]), hall.known["Mo Deich"]
    page = ready(anna.page)
    hall.say(mo, "Vor dem Abbruch")
    expect(page.locator(".msg .text", has_text="Vor dem Abbruch")).to_be_visible()
    anna.context.set_offline(True)
    expect(page.get_by_role("status").filter(has_text="Verbindung unterbrochen")).to_be_visible()
    write(page, "Ich schreibe ins Leere")
    expect(page.locator(".msg--pin [data-state]")).to_have_text("wartet auf die Verbindung")
    expect(page.get_by_role("status").filter(has_text="Ihre Nachricht ist gesichert")).to_be_visible()
    hall.say(mo, *(f"Währenddessen {number}" for number in range(1, 26)))
    # The page may even be loaded anew: what was not sent is still there.
    anna.context.set_offline(False)
    ready(page)
    expect(page.locator(".msg[data-number] .text", has_text="Ich schreibe ins Leere")).to_be_visible()
    expect(page.locator(".msg--pin")).to_have_count(0)
    other = ready(enter().page)
    assert page.evaluate(LINES) == other.evaluate(LINES)
    numbers = [number for number, _text in page.evaluate(LINES)]
    assert numbers == list(range(numbers[0], numbers[-1] + 1))
    assert sum(text == "Ich schreibe ins Leere" for _number, text in page.evaluate(LINES)) == 1


def test_a_page_that_gets_no_live_connection_asks(enter, hall, people):
    page = enter(people["Ben Hafen"], live=False).page
    expect(page.get_by_role("status").filter(has_text="Ohne Live-Verbindung")).to_be_visible()
    hall.say(hall.known["Mo Deich"], "Auf Nachfrage")
    write(page, "Als Formular")
    for text in ("Auf Nachfrage", "Als Formular"):
        expect(page.locator(".msg[data-number] .text", has_text=text)).to_have_count(1)
    assert page.evaluate(LINES) == ready(enter().page).evaluate(LINES)


def test_what_was_not_sent_survives_loading_the_page_anew(enter, hall, people):
    anna = enter(people["Ben Hafen"])
    page = ready(anna.page)
    page.evaluate("""() => sessionStorage.setItem(`chat:${Baukasten.chat.facts.room}:outbox:${Baukasten.chat.facts.me}`,
      JSON.stringify([{body: "Von vorhin", nonce: "abcdef0123456789", reply_to: 0, town: false, state: "sending"}]))""")
    page.reload()
    expect(page.locator(".msg[data-number] .text", has_text="Von vorhin")).to_have_count(1)
    page.reload()
    expect(page.locator(".msg .text", has_text="Von vorhin")).to_have_count(1)


def test_new_messages_are_read_in_batches_and_own_ones_not(enter, hall, people):
    anna, mo = enter(people["Anna Torf"], reduced_motion="no-preference"), hall.known["Mo Deich"]
    page = ready(anna.page)
    said = page.locator("[data-announce]")
    assert page.get_by_role("log").get_attribute("aria-live") == "off"
    hall.say(mo, "Nur eine")
    expect(said).to_have_text("Mo Deich: Nur eine")
    hall.say(mo, *(f"Viele {number}" for number in range(1, 21)))
    expect(said).to_have_text("20 neue Nachrichten", timeout=60_000)
    write(page, "Meine eigene")
    expect(page.locator(".msg--mine .text", has_text="Meine eigene")).to_be_visible()
    page.get_by_label("Vorlesen").select_option("named")
    hall.say(mo, "Nicht für mich", "Für dich, @Anna Torf")
    expect(said).to_have_text("Mo Deich: Für dich, @Anna Torf", timeout=60_000)
    page.reload()
    ready(page)
    assert page.get_by_label("Vorlesen").input_value() == "named"
    assert said.text_content() == ""


def test_nothing_moves_while_somebody_reads_above(enter, hall, people):
    mo = hall.known["Mo Deich"]
    hall.say(mo, *(f"Langer Abend {number}" for number in range(1, 31)))
    page = ready(enter(people["Anna Torf"]).page)
    log = page.get_by_role("log")
    log.evaluate("log => { log.scrollTop = -600; }")
    read = page.locator(".msg", has_text="Langer Abend 12")
    top = read.evaluate(TOP)
    hall.say(mo, "Neu eins", "Neu zwei", "Neu drei")
    button = page.get_by_role("button", name="3 neue Nachrichten")
    expect(button).to_be_visible()
    # Browsers scroll by whole pixels.
    assert abs(read.evaluate(TOP) - top) <= 1.5
    button.click()
    expect(page.locator(".msg", has_text="Neu drei")).to_be_in_viewport()
    expect(button).to_be_hidden()


def test_the_keyboard_leads_through_the_messages(enter, hall, people):
    hall.say(hall.known["Mo Deich"], "Die vorletzte", "Die letzte")
    page = ready(enter(people["Anna Torf"]).page)
    page.get_by_role("log").focus()
    page.keyboard.press("ArrowUp")
    expect(page.locator(".msg:focus")).to_contain_text("Die letzte")
    page.keyboard.press("ArrowUp")
    expect(page.locator(".msg:focus")).to_contain_text("Die vorletzte")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator(".msg-menu[open]")).to_have_count(1)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Nachricht schreiben")).to_be_focused()
    write(page, "Antwort darauf")
    answer = page.locator(".msg[data-number]", has_text="Antwort darauf")
    expect(answer.locator("[data-reply-text]")).to_have_text("Die vorletzte")
    page.get_by_role("log").focus()
    page.keyboard.press("Home")
    page.keyboard.press("Escape")
    expect(page.get_by_label("Nachricht schreiben")).to_be_focused()


def test_what_is_folded_folds_in_open_pages_too(enter, hall, people):
    mo = hall.known["Mo Deich"]
    page = ready(enter(people["Anna Torf"]).page)
    hall.say(hall.known["Ben Hafen"], "Klappt das zusammen")
    line = page.locator(".msg[data-number]", has_text="Klappt das zusammen")
    expect(line.locator(".text")).to_be_visible()
    hall.decide(mo, int(line.get_attribute("data-number") or 0), Measure.FOLD)
    expect(line.locator("details.fold summary")).to_have_text(
        "Vom Moderationsteam eingeklappt. Trotzdem zeigen"
    )
    expect(line.locator(".text")).to_be_hidden()
    hall.decide(mo, int(line.get_attribute("data-number") or 0), Measure.RESTORE)
    expect(line.locator(".text")).to_be_visible()


def test_a_message_is_reacted_to_changed_and_taken_back(enter, hall, people):
    ben, anna = ready(enter(people["Ben Hafen"]).page), ready(enter(people["Anna Torf"]).page)
    write(ben, "Tippfelher")
    for page in (ben, anna):
        expect(page.locator(".msg[data-number]", has_text="Tippfelher")).to_be_visible()
    line = anna.locator(".msg[data-number]", has_text="Tippfelher")
    line.locator("summary").click()
    line.locator(".msg-menu").get_by_role("button", name="Danke").click()
    expect(ben.locator(".msg", has_text="Tippfelher").locator(".msg-foot [data-face=thanks] b")).to_have_text(
        "1"
    )
    own = ben.locator(".msg[data-number]", has_text="Tippfelher")
    own.locator("summary").click()
    own.get_by_role("link", name="Ändern oder zurückziehen").click()
    ben.get_by_label("Ihre Nachricht", exact=True).fill("Tippfehler")
    ben.get_by_role("button", name="Änderung veröffentlichen").click()
    changed = anna.locator(".msg[data-number]", has_text="Tippfehler")
    expect(changed).to_contain_text("geändert")
    number = changed.get_attribute("data-number")
    own = ben.locator(f"#nachricht-{number}")
    own.locator("summary").click()
    own.get_by_role("link", name="Ändern oder zurückziehen").click()
    ben.get_by_role("button", name="Diese Nachricht zurückziehen").click()
    expect(anna.locator(f"#nachricht-{number}")).to_have_text(re.compile(r"^\[vom Verfasser zurückgezogen\]"))


def test_what_was_taken_back_stands_in_no_reply_to_it(enter, hall, people):
    ben, anna = ready(enter(people["Ben Hafen"]).page), ready(enter(people["Anna Torf"]).page)
    write(ben, "Geheime Nummer")
    number = ben.locator(".msg[data-number]", has_text="Geheime Nummer").get_attribute("data-number")
    own = ben.locator(f"#nachricht-{number}")
    for text in ("Welche Nummer?", "Und welche noch?"):
        anna.locator(f"#nachricht-{number} summary").click()
        anna.locator(f"#nachricht-{number}").get_by_role("link", name="Antworten").click()
        write(anna, text)
    quotes = ben.locator(".msg[data-number] [data-reply]:visible", has_text="Geheime Nummer")
    expect(quotes).to_have_count(2)
    anna.locator(f"#nachricht-{number} summary").click()
    anna.locator(f"#nachricht-{number} .msg-menu").get_by_role("button", name="Danke").click()
    expect(ben.locator(f"#nachricht-{number} .msg-foot [data-face=thanks] b")).to_have_text("1")
    expect(quotes).to_have_count(2)
    own.locator("summary").click()
    own.get_by_role("link", name="Ändern oder zurückziehen").click()
    ben.get_by_role("button", name="Diese Nachricht zurückziehen").click()
    for page in (ben, anna):
        expect(page.locator("body")).not_to_contain_text("Geheime Nummer")


def test_nobody_says_what_another_person_left_in_the_same_browser(enter, hall, people):
    visitor = enter(people["Ben Hafen"])
    page = ready(visitor.page)
    page.evaluate("""() => sessionStorage.setItem(`chat:${Baukasten.chat.facts.room}:outbox:${Baukasten.chat.facts.me}`,
      JSON.stringify([{body: "Von Ben", nonce: "abcdef9876543210", reply_to: 0, town: false, state: "pending"}]))""")
    visitor.sign_in_as(HOST, people["Anna Torf"])
    page.reload()
    write(ready(page), "Von Anna")
    expect(page.locator(".msg--mine .text", has_text="Von Anna")).to_be_visible()
    expect(page.locator(".msg .text", has_text="Von Ben")).to_have_count(0)


def test_a_refusal_shows_its_seconds_and_keeps_the_text(enter, hall):
    member, secret = hall.newcomer("Cem Watt")
    page = ready(enter(secret).page)
    # As many as one person may send in half a minute, without the time that typing them takes.
    hall.say(member, *(f"Eins nach dem anderen {number}" for number in range(BURST)))
    write(page, "Zu viel auf einmal")
    failed = page.locator(".msg--failed")
    expect(failed.get_by_role("alert")).to_have_text(re.compile("Sekunden"))
    expect(failed.locator("[data-left]")).to_have_text(re.compile(r"Noch \d+ Sekunden"))
    failed.get_by_role("button", name="Bearbeiten").click()
    expect(page.get_by_label("Nachricht schreiben")).to_have_value(re.compile("Zu viel auf einmal"))


def test_the_room_works_without_script(enter, hall, people):
    visitor = enter(people["Anna Torf"], java_script_enabled=False)
    page = visitor.page
    page.get_by_label("Nachricht schreiben").fill("Ganz ohne Skript")
    page.get_by_role("button", name="Senden").click()
    expect(page.locator(".msg .text", has_text="Ganz ohne Skript")).to_be_visible()
    hall.say(hall.known["Mo Deich"], "Ohne Skript gesehen")
    page.get_by_role("link", name="Aktualisieren").click()
    expect(page.locator(".msg .text", has_text="Ohne Skript gesehen")).to_be_visible()
    page.locator(".msg", has_text="Ohne Skript gesehen").locator("summary").click()
    page.locator(".msg", has_text="Ohne Skript gesehen").locator(".msg-menu").get_by_role(
        "button", name="Danke"
    ).click()
    expect(
        page.locator(".msg", has_text="Ohne Skript gesehen").locator(".msg-foot [data-face=thanks] b")
    ).to_have_text("1")


def test_axe_finds_nothing_in_any_state(enter, hall, people):
    visitor = enter(people["Anna Torf"])
    page = ready(visitor.page)
    page.locator(".msg[data-number] summary").last.click()
    assert visitor.axe(LIGHT) == []
    page.emulate_media(color_scheme="dark")
    assert visitor.axe(CONTRAST) == []
    page.set_viewport_size({"width": 320, "height": 640})
    assert [*page.evaluate(WIDER), *visitor.axe(TARGETS)] == []
