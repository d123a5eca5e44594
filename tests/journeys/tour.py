"""One walk through all pages of the demo, whose findings the tests then look at from several sides."""

import dataclasses
from collections.abc import Iterable
from itertools import groupby
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Error

from tests.journeys import pages
from tests.journeys.browsing import NARROW, NORMS, WIDE, Visitor, visiting
from tests.journeys.exhibition import Exhibition
from tests.journeys.pages import Page

LIGHT: dict[str, Any] = {"runOnly": {"type": "tag", "values": NORMS}}
COLOURS = {rule: {"enabled": False} for rule in ("color-contrast", "link-in-text-block")}
COLOURLESS: dict[str, Any] = LIGHT | {"rules": COLOURS}
"""All but the colours, which are judged by themselves, in the light and in the dark."""
CONTRAST: dict[str, Any] = {"runOnly": [*COLOURS]}
TARGETS: dict[str, Any] = {"runOnly": ["target-size"]}
WORDS: dict[str, Any] = LIGHT | {"rules": {**COLOURS, "target-size": {"enabled": False}}}
"""All that depends on the language; its parts and colours were looked at in the other one."""
WIDER = """() => {
  const room = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= room) return [];
  const wide = [...document.querySelectorAll("body *")].filter(e => e.getBoundingClientRect().right > room + 1);
  return ["wider than the screen: " + wide.slice(0, 4).map(e => e.tagName + "." + e.className).join(", ")];
}"""

STATUSES = "links => Promise.all(links.map(link => fetch(link).then(answer => answer.status)))"


@dataclasses.dataclass
class Sight:
    """What one page looked like."""

    page: Page
    status: int
    address: str
    html: str
    light: list[str]
    dark: list[str]
    narrow: list[str]
    links: list[str]
    cookies: list[str]


@dataclasses.dataclass
class Tour:
    """What the whole walk showed."""

    sights: dict[str, Sight]
    complaints: list[str]
    asked: set[str]
    dead_links: list[str]


def groups() -> list[list[Page]]:
    """Give the pages by person and host, the longest walk first, so that two walkers end at about the same time."""

    def whose(page: Page) -> tuple[str, str]:
        return page.viewer, page.host or pages.HOSTS[page.viewer]

    found = [list(group) for _whose, group in groupby(sorted(pages.PAGES, key=whose), whose)]
    return sorted(found, key=len, reverse=True)


def walk(browser: Browser, shown: Exhibition, group: list[Page], proven: set[str]) -> Tour:
    """Visit the pages of one person at one host, with one browser; ``proven`` are the colours judged on the way."""
    viewer, host = group[0].viewer, group[0].host or pages.HOSTS[group[0].viewer]
    marks, emails = pages.landmarks(shown), pages.emails(shown)
    with visiting(browser) as visitor:
        visitor.examine_all()
        if viewer in emails:
            visitor.sign_in_as(host, shown.secret(host, emails[viewer]))
        seen = [look(visitor, page, shown.url(host, page.path.format(**marks)), proven) for page in group]
        dead = dead_links(visitor, host, seen)
        return Tour({str(sight.page): sight for sight in seen}, visitor.complaints, visitor.asked, dead)


def together(parts: Iterable[Tour]) -> Tour:
    """Give the whole of what several walks showed."""
    whole = Tour({}, [], set(), [])
    for part in parts:
        whole.sights |= part.sights
        whole.complaints += part.complaints
        whole.asked |= part.asked
        whole.dead_links += part.dead_links
    return whole


def look(visitor: Visitor, page: Page, address: str, proven: set[str]) -> Sight:
    """Look at one page; one that does not come as expected says so and does not end the walk."""
    try:
        return _look(visitor, page, address, proven)
    except Error as error:
        return Sight(page, 0, address, "", [str(error)], [], [], [], [])


def _look(visitor: Visitor, page: Page, address: str, proven: set[str]) -> Sight:
    """Look at a page in light, in the dark and on a small phone."""
    tab = visitor.page
    tab.set_viewport_size(WIDE)  # type: ignore[arg-type]
    tab.emulate_media(color_scheme="light")
    answer = tab.goto(address)
    if page.press:
        for field, value in page.fill.items():
            if value == "check":
                tab.check(field)
            else:
                tab.fill(field, value)
        with tab.expect_navigation() as going:
            tab.click(page.press)
        answer = going.value
    assert answer is not None, address
    links = tab.evaluate("[...document.querySelectorAll('a[href]')].map(a => a.href)")
    again = seen_in_german(page)
    light = visitor.axe(WORDS) if again else [*visitor.axe(COLOURLESS), *visitor.colours(proven)]
    tab.emulate_media(color_scheme="dark")
    dark = [] if again else visitor.colours(proven)
    # The colours have no part in what follows, so they stay.
    tab.set_viewport_size(NARROW)  # type: ignore[arg-type]
    narrow = [*tab.evaluate(WIDER), *([] if again else visitor.axe(TARGETS))]
    return Sight(page, answer.status, tab.url, answer.text(), light, dark, narrow, links, visitor.cookies())


def seen_in_german(page: Page) -> bool:
    """Tell whether the walk sees a page in German too: with the same parts and colours, other words and widths."""
    twin = dataclasses.replace(page, path=page.path.removeprefix("/en"))
    return page.path.startswith("/en") and twin in pages.PAGES


def dead_links(visitor: Visitor, host: str, seen: list[Sight]) -> list[str]:
    """Follow the links between the host's pages once each and name those that lead nowhere for this person."""
    found: dict[str, Page] = {}
    for sight in seen:
        for link in sight.links:
            address = link.partition("#")[0]
            # What is refused is refused in the other languages too.
            if sight.status >= 400 and address.endswith(urlsplit(sight.address).path):
                continue
            if urlsplit(address).hostname == host:
                found.setdefault(address, sight.page)
    unknown = sorted(found.keys() - {sight.address for sight in seen})
    answers = zip(unknown, visitor.page.evaluate(STATUSES, unknown), strict=True)
    return [f"{found[link]} links to {link}: {status}" for link, status in answers if status >= 400]
