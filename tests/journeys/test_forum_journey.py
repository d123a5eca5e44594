"""A citizen finds, reads, writes, quotes, votes, reports, withdraws: by keyboard, enlarged, without script, heard."""

import re
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys import pages
from tests.journeys.browsing import NARROW, Visitor, visiting
from tests.journeys.exhibition import Exhibition
from tests.journeys.hands import Hands, Keyboard, Pointer
from tests.journeys.tour import WIDER

pytestmark = pytest.mark.browser

HOST = "kranichsiel.localhost"
IDEA, FERRY = "Lasst den Brombeeren ein Stück", "Wie soll die kleine Fähre heißen?"
SIMILAR = "Den Kran wieder drehen lassen"
# At 400 % a screen of 1280 by 1024 has room for 320 by 256 (WCAG 1.4.10).
ENLARGED = {"viewport": {"width": 320, "height": 256}, "device_scale_factor": 4}
WAYS: dict[str, tuple[Callable[[Page], Hands], dict[str, Any]]] = {
    "mit Tasten": (Keyboard, {"viewport": NARROW}),
    "vergrößert": (Pointer, ENLARGED),
    "ohne Skript": (Pointer, {"viewport": NARROW, "java_script_enabled": False}),
}
CUT = """() => [...document.querySelectorAll("main :is(h1, h2, h3, .btn, .tag, .chip, label)")]
  .filter(e => e.offsetWidth > 2 && !e.closest(".vh, .lbl") && e.scrollWidth > e.clientWidth + 2 && e.clientWidth > 0)
  .map(e => e.textContent.trim())"""


class Walk:
    """One person's way through the forum."""

    def __init__(self, visitor: Visitor, shown: Exhibition, way: str) -> None:
        kind, self.options = WAYS[way]
        self.page, self.shown, self.way = visitor.page, shown, way
        self.hands = kind(visitor.page)
        self.scripted = self.options.get("java_script_enabled", True)

    def at(self, path: str) -> Page:
        """Begin at an address."""
        self.page.goto(self.shown.url(HOST, path))
        return self.page

    def here_anew(self) -> Page:
        """Begin at the top of this very page."""
        self.page.goto(self.page.url.partition("#")[0])
        return self.page

    def press(self, name: str) -> None:
        """Press what a script answers in place, and without one a new page."""
        if self.scripted:
            self.hands.open(name)
        else:
            self.hands.go(name)

    def label(self, field: str) -> str:
        """Give the words above a field."""
        return self.page.locator(f"label[for={field}]").first.inner_text().split("\n")[0].strip()

    def fits(self) -> None:
        """See that nothing leaves the screen and no words are cut."""
        assert self.page.evaluate(WIDER) == []
        assert self.page.evaluate(CUT) == []


def citizen(visitor: Visitor, shown: Exhibition, key: str, name: str) -> None:
    shown.newcomer(pages.TOWN, f"{key}@post.example", name)
    visitor.sign_in_as(HOST, shown.secret(HOST, f"{key}@post.example"))


@pytest.mark.parametrize("way", WAYS)
def test_from_searching_to_withdrawing(browser: Browser, shown: Exhibition, way: str):
    with visiting(browser, **WAYS[way][1]) as visitor:
        citizen(visitor, shown, f"gang-{list(WAYS).index(way)}", "Gesche Gang")
        walk = Walk(visitor, shown, way)
        find(walk)
        read(walk)
        write(walk)
        address = quote(walk)
        vote(walk)
        report(walk)
        withdraw(walk, address)
        assert visitor.complaints == []


def find(walk: Walk) -> None:
    page = walk.at(f"{pages.FORUM}/")
    walk.fits()
    walk.hands.write("In diesem Forum suchen", "Brombeeren")
    walk.hands.go("Anwenden")
    assert IDEA in titles(page)
    walk.fits()
    walk.here_anew()
    walk.hands.go("Ohne Antwort")
    assert FERRY in titles(page)
    assert SIMILAR not in titles(page), "the town answered that one"


def titles(page: Page) -> list[str]:
    """Give what the list shows."""
    return page.locator(".topics h3 a").all_inner_texts()


def read(walk: Walk) -> None:
    page = walk.page
    walk.hands.go(FERRY)
    expect(page.get_by_role("heading", level=1)).to_have_text(FERRY)
    walk.fits()
    jump(walk, 55)
    assert page.url.endswith("#post-55")
    expect(page.locator("#post-55")).to_be_in_viewport()
    walk.fits()
    walk.hands.go("Frühere Antworten")
    expect(page.locator("#post-2")).to_be_attached()
    walk.here_anew()
    if isinstance(walk.hands, Keyboard):
        jump(walk, 51)
    else:
        walk.hands.go("Spätere Antworten")
    expect(page.locator("#post-51")).to_be_attached()
    assert page.locator("#post-2").count() == 0


def jump(walk: Walk, number: int) -> None:
    """Go to a number; by keyboard past fifty posts with their buttons."""
    if isinstance(walk.hands, Keyboard):
        walk.hands.open("Beiträge überspringen")
    walk.hands.write("Zur Nummer", str(number))
    walk.hands.go("Dorthin")


def write(walk: Walk) -> None:
    page, title = walk.at(f"{pages.FORUM}/"), f"Kran drehen, {walk.way}"
    walk.hands.go("Beitrag schreiben")
    walk.fits()
    walk.hands.write("In einem Satz", title)
    if walk.scripted:
        expect(page.locator("[data-similar-list]").get_by_role("link", name=SIMILAR)).to_be_visible()
    walk.hands.write(walk.label("f-body"), "Sonntags, wenn alle zusehen können.")
    if not walk.scripted:
        walk.hands.go("Vorschau")
        expect(page.locator(".similar").get_by_role("link", name=SIMILAR)).to_be_visible()
    walk.fits()
    walk.hands.go("Beitrag veröffentlichen")
    expect(page.get_by_role("heading", level=1)).to_have_text(title)
    walk.fits()


def quote(walk: Walk) -> str:
    page = walk.at(f"{pages.FORUM}/?q=Brombeeren")
    walk.hands.go(IDEA)
    walk.press("Zitieren")
    area = page.locator("#f-body")
    expect(area).to_have_value(re.compile(r"^> \[#1\]\(post:\d+\)\n> Zwischen Schuppen und Gleis"))
    if walk.scripted:
        expect(area).to_be_focused()
    walk.hands.write(walk.label("f-body"), f"{area.input_value()}Ich passe auf, {walk.way}.")
    walk.hands.go("Antwort veröffentlichen")
    number = page.url.rpartition("#post-")[2]
    mine = page.locator(f"#post-{number}")
    expect(mine.locator("blockquote cite a")).to_have_text("Wiebke Schilf")
    expect(mine).to_contain_text(f"Ich passe auf, {walk.way}.")
    assert page.evaluate("document.activeElement.id") == f"post-{number}"
    walk.fits()
    return page.url


def vote(walk: Walk) -> None:
    page = walk.here_anew()
    for word, name in (("Unterstützen", "support"), ("Danke", "thanks")):
        button = page.locator(f"#post-1 button[name={name}]")
        before = int(button.locator("b").inner_text() or "0")
        walk.press(word)
        expect(button).to_have_attribute("aria-pressed", "true")
        expect(button.locator("b")).to_have_text(str(before + 1))
        walk.fits()
        walk.here_anew()


def report(walk: Walk) -> None:
    page, back = walk.page, walk.page.url
    walk.hands.go("Melden")
    walk.fits()
    walk.hands.check(page.locator("label:has(input[name=reason])").first.inner_text().strip())
    walk.hands.write(walk.label("f-explanation"), "Ich probiere nur, ob das Melden geht.")
    button = page.locator(pages.SUBMIT).inner_text()
    walk.hands.go(button)
    expect(page.locator("main .code")).to_have_text(re.compile(r"\w+"))
    walk.fits()
    page.goto(back)


def withdraw(walk: Walk, address: str) -> None:
    page = walk.page
    page.goto(address.partition("#")[0])
    walk.hands.go("Zurückziehen")
    walk.fits()
    walk.hands.go("Für immer zurückziehen")
    number = address.rpartition("#post-")[2]
    expect(page.locator(f"#post-{number}")).to_contain_text("zurückgezogen")
    assert page.get_by_text(f"Ich passe auf, {walk.way}.").count() == 0
    walk.fits()


CONTROLS = {"button", "link", "textbox", "searchbox", "checkbox", "radio", "combobox", "DisclosureTriangle"}


def heard(visitor: Visitor) -> list[dict[str, Any]]:
    """Give what a screen reader is told of the page: role, name and properties, in order."""
    session = visitor.context.new_cdp_session(visitor.page)
    nodes = session.send("Accessibility.getFullAXTree")["nodes"]
    session.detach()
    return [
        {
            "role": node["role"]["value"],
            "name": node.get("name", {}).get("value", "").strip(),
            **{one["name"]: one["value"].get("value") for one in node.get("properties", ())},
        }
        for node in nodes
        if not node.get("ignored")
    ]


def of(tree: list[dict[str, Any]], *roles: str) -> list[dict[str, Any]]:
    return [node for node in tree if node["role"] in roles]


def in_order(tree: list[dict[str, Any]]) -> None:
    """See that headings begin with the page's own and leave no step out, and that every control has a name."""
    levels = [int(node["level"]) for node in of(tree, "heading")]
    assert levels.count(1) == 1
    # The town's heading for its footer and such stand after the page's own.
    begun = levels[levels.index(1) :]
    assert [pair for pair in pairwise(begun) if pair[1] > pair[0] + 1] == []
    assert [node for node in of(tree, *CONTROLS) if not node["name"]] == []


def test_a_screen_reader_is_told_all_of_it(browser: Browser, shown: Exhibition):
    with visiting(browser) as visitor:
        citizen(visitor, shown, "hoerend", "Hedda Horch")
        page = visitor.page
        page.goto(shown.url(HOST, f"{pages.FORUM}/"))
        tree = heard(visitor)
        in_order(tree)
        assert FERRY in [node["name"] for node in of(tree, "link")]
        page.goto(shown.url(HOST, f"{pages.FORUM}/?q=Brombeeren"))
        page.get_by_role("link", name=IDEA).click()
        tree = heard(visitor)
        in_order(tree)
        posts = [node["name"].replace(" ,", ",") for node in of(tree, "article")]
        assert [name for name in posts if not name] == []
        assert "Ulrich Torf, Antwort 2" in posts
        assert "live" in of(tree, "status")[0], "what a press does is said"
        support = page.locator("#post-1 button[name=support]")
        pressed = [node["pressed"] for node in of(tree, "button") if node["name"].startswith("Unterstützen")]
        assert pressed == ["false"]
        support.click()
        expect(page.locator("#react-said")).not_to_be_empty()
        tree = heard(visitor)
        assert [n["pressed"] for n in of(tree, "button") if n["name"].startswith("Unterstützen")] == ["true"]
        page.get_by_label("Ihr Text").fill("Ich höre die Nachtigall auch.")
        page.get_by_role("button", name="Antwort veröffentlichen").click()
        page.wait_for_url("**#post-*")
        number = page.url.rpartition("#post-")[2]
        tree = heard(visitor)
        in_order(tree)
        focused = [
            node["name"].replace(" ,", ",")
            for node in tree
            if node.get("focused") and node["role"] != "RootWebArea"
        ]
        assert focused == [f"Hedda Horch, Antwort {number}"]
        assert visitor.axe({}) == []
