"""A day of 2,241 statements in four minutes, all held: two browsers decide while people write."""

import threading
import time

import pytest
from playwright.sync_api import Page, sync_playwright

from baukasten.moderation.screening import prechecks
from baukasten.moderation.screening import settings as screening
from baukasten.moderation.screening.facts import Level
from baukasten.plugin.refs import Role
from baukasten.projects import placing
from baukasten.tenants import settings
from baukasten.testing.fixtures import HASTY
from baukasten_forum import service as forum_service
from tests.core.moderation.queue import storm
from tests.journeys import pages
from tests.journeys.browsing import launched, visiting
from tests.journeys.exhibition import Exhibition

pytestmark = [pytest.mark.browser, pytest.mark.soak]
HOST = "kranichsiel.localhost"
QUEUE = "/verwaltung/moderation/?zahl=100&folge=neu"
PATIENCE = 180_000
"""Milliseconds until a browser gives up waiting for a page."""
FREE = "[data-case]:has([name=vorgang]):not(:has(.t > b:not(.mine)))"
"""Lines that can be decided with others and that nobody else works on."""
SECONDS, WRITERS, SINGLES = 240, 4, 60
"""How long the day lasts, who writes, and how many cases each browser decides one by one at least."""


class Desk:
    """One moderator's browser, in a thread of its own as the driver wants it."""

    def __init__(self, shown: Exhibition, secret: str, written: threading.Event, *, down: bool) -> None:
        self.shown, self.secret, self.written = shown, secret, written
        self.singles, self.bulks = 0, 0
        # Nobody clears the whole queue while the other one still decides one by one.
        self.colleague = self
        # Two people begin at the two ends, as colleagues do who talk to each other.
        self.address = QUEUE if down else QUEUE.removesuffix("&folge=neu")

    def work(self) -> None:
        with sync_playwright() as playwright:
            browser = launched(playwright)
            with visiting(browser) as visitor:
                # A machine that tests much else at once is slow, not broken.
                visitor.context.set_default_timeout(PATIENCE)
                visitor.context.set_default_navigation_timeout(PATIENCE)
                visitor.sign_in_as(HOST, self.secret)
                while not (self.written.is_set() and self._turn(visitor.page) == 0):
                    self._turn(visitor.page)
            browser.close()

    def _turn(self, page: Page) -> int:
        """Look at the queue and decide: by keyboard until that is done, then a page at a time."""
        page.goto(self.shown.url(HOST, self.address))
        waiting = page.locator(FREE).count()
        if waiting and min(self.singles, self.colleague.singles) < SINGLES:
            self._by_keyboard(page, min(waiting, 10))
        elif waiting:
            self._together(page)
        else:
            page.wait_for_timeout(500)
        return waiting

    def _by_keyboard(self, page: Page, most: int) -> None:
        page.keyboard.press("j")
        for _case in range(most):
            answered = page.expect_response(lambda answer: answer.url.split("?")[0].endswith("/entscheiden"))
            with answered as told:
                page.keyboard.press("a")
            if told.value.json()["done"] is None:
                page.keyboard.press("j")  # the colleague was faster
            else:
                self.singles += 1
            if page.locator("[data-case]").count() < 2:
                return

    def _together(self, page: Page) -> None:
        page.locator("[data-all] input").check()
        page.get_by_label("Durchlassen: freigeben oder stehen lassen").check()
        page.get_by_role("button", name="Ausgewählte entscheiden").click()
        page.wait_for_load_state()
        self.bulks += 1


def write(
    shown: Exhibition, member, forum, topic_id: int, plan: list[tuple[float, str]], begun: float
) -> None:
    """Write each statement when it is due; one that failed would be missing in the end."""
    town = shown.town(pages.TOWN)
    for due, text in plan:
        time.sleep(max(0, begun + due - time.monotonic()))
        with shown.database.session(town.id) as session:
            forum_service.reply(session, member, forum, topic_id, body=text)
            session.commit()


def test_a_day_in_four_minutes_loses_and_doubles_nothing(shown: Exhibition):
    town = shown.town(pages.TOWN)
    desks_of = [
        shown.newcomer(pages.TOWN, f"sturm-{n}@post.example", f"Sturm {n}", Role.MODERATOR) for n in (1, 2)
    ]
    people = [shown.newcomer(pages.TOWN, f"welle-{n}@post.example", f"Welle {n}") for n in range(WRITERS)]
    with shown.database.session(town.id) as session:
        forum = placing.place_module(session, None, "forum", title="Sturm", slug="sturm")
        topic = forum_service.open_topic(
            session, people[0], forum, title="Sturm am Siel", body="Was meinen Sie?"
        )
        settings.write(session, screening.KEY, {**HASTY, "newcomer_gap": 0})
        prechecks.write(session, desks_of[0], {prechecks.TOWN: Level.EVERYBODY})
        session.commit()
    statements = [
        f"Aussage {n}: das Wasser am Siel steht {n % 90} Zentimeter hoch" for n in range(storm.STATEMENTS)
    ]
    plan = list(zip(storm.moments(len(statements), SECONDS), statements, strict=True))
    written, begun = threading.Event(), time.monotonic()
    secrets = [shown.secret(HOST, f"sturm-{n}@post.example") for n in (1, 2)]
    desks = [Desk(shown, secret, written, down=bool(n)) for n, secret in enumerate(secrets)]
    desks[0].colleague, desks[1].colleague = desks[1], desks[0]
    moderating = [threading.Thread(target=desk.work) for desk in desks]
    writing = [
        threading.Thread(target=write, args=(shown, member, forum, topic.topic_id, plan[n::WRITERS], begun))
        for n, member in enumerate(people)
    ]
    for thread in (*moderating, *writing):
        thread.start()
    for thread in writing:
        thread.join()
    written.set()
    for thread in moderating:
        thread.join(600)
    with shown.database.session(town.id) as session:
        storm.check(session, topic.topic_id, statements)
    assert sum(desk.singles for desk in desks) >= 100
    assert sum(desk.bulks for desk in desks) > 0
