"""Driving Chromium: what a visitor's browser asked for, was told and complained about, and what axe finds."""

import dataclasses
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Playwright, Request

from baukasten.web.assets.build import MODULES
from baukasten.web.visitors import SESSION_COOKIE

AXE = MODULES / "axe-core/axe.min.js"
VNU = MODULES / "vnu-jar/build/dist/vnu.jar"
NORMS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"]
WIDE, NARROW = {"width": 1280, "height": 900}, {"width": 320, "height": 640}
# The same engine each time; without the windows that nobody sees it takes half the work.
BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser")
# Chromium's sandbox needs a user of its own, which containers lack; pages are ours alone.
ARGUMENTS = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--force-color-profile=srgb"]
# Letters as wide as on the screens of today, in every browser of the list.
ARGUMENTS += ["--font-render-hinting=none"]


def chromium_path() -> str:
    """Give the browser's path, the lightest first; skips the test where there is none."""
    found = os.environ.get("BAUKASTEN_CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)
    if not found:
        pytest.skip("chromium is missing: apt-get install chromium-headless-shell")
    return found


def need(file: Path) -> Path:
    """Give a file that npm brings; skips the test where it was never built."""
    if not file.is_file():
        pytest.skip(f"{file.name} is missing: run python -m baukasten.web.assets.build")
    return file


def launched(playwright: Playwright) -> Browser:
    """Start the machine's own Chromium."""
    return playwright.chromium.launch(executable_path=chromium_path(), args=ARGUMENTS)


EXPECTED = ("server responded with a status", "WebSocket connection to")


@dataclasses.dataclass
class Visitor:
    """One person's browser, and everything that it met."""

    context: BrowserContext
    page: Page
    complaints: list[str] = dataclasses.field(default_factory=list)
    """Errors on the console, refusals of the content security policy among them, and scripts that failed."""
    asked: set[str] = dataclasses.field(default_factory=set)
    """Hosts that the pages asked for anything."""
    equipped: bool = False

    def sign_in_as(self, host: str, secret: str) -> None:
        """Take over a session that was begun behind the pages."""
        cookie = {"name": SESSION_COOKIE, "value": secret, "url": f"https://{host}/", "secure": True}
        self.context.add_cookies([cookie])  # type: ignore[list-item]

    def cookies(self) -> list[str]:
        """Name the cookies that the browser holds."""
        return [cookie.get("name", "") for cookie in self.context.cookies()]

    def examine_all(self) -> None:
        """Let axe be in every page from its beginning, for who runs it on many of them."""
        self.page.add_init_script(path=need(AXE))
        self.equipped = True

    def axe(self, options: dict[str, Any]) -> list[str]:
        """Run axe over the page as it stands and give a line for each element it objects to."""
        self._equip()
        return list(self.page.evaluate(RUN, options))

    def _equip(self) -> None:
        if not self.equipped and not self.page.evaluate("Boolean(window.axe)"):
            self.page.evaluate(need(AXE).read_text(encoding="utf-8"))

    def colours(self, proven: set[str]) -> list[str]:
        """Let axe judge the colours of all words that stand otherwise than those in ``proven``, which grows by them."""
        self._equip()
        told = self.page.evaluate(COLOURS, sorted(proven))
        proven.update(told["passed"])
        return list(told["found"])

    def focused(self) -> str:
        """Describe the element with the focus by its name or text."""
        return str(self.page.evaluate(FOCUSED))


RUN = """async options => {
  const found = await axe.run(document, {resultTypes: ["violations"], elementRef: false, ...options});
  return found.violations.flatMap(rule => rule.nodes.map(
    node => `${rule.id}: ${node.target.join(" ")}: ${node.failureSummary.replaceAll("\\n", " ")}`));
}"""
# Whether words can be read hangs on their colour, size and weight and on what is painted below them. Only words that
# axe has passed count as proven: those that it never judged, such as hidden ones, are put before it each time, and so
# is what lies above others, where the ground is not that of the elements around it.
COLOURS = """async proven => {
  const known = new Set(proven), fresh = new Map();
  const own = element => [...element.childNodes].some(node => node.nodeType === 3 && node.data.trim());
  const walk = (element, below, above, aloft) => {
    const style = getComputedStyle(element), box = element.getBoundingClientRect();
    if (style.display === "none") return;
    const flies = aloft || ["absolute", "fixed", "sticky"].includes(style.position);
    const paints = style.backgroundColor !== "rgba(0, 0, 0, 0)" || style.backgroundImage !== "none";
    const ground = below + (paints ? `/${style.backgroundColor} ${style.backgroundImage}` : "")
      + (style.position === "static" ? "" : ` ${style.position}`) + (style.opacity === "1" ? "" : ` ${style.opacity}`)
      + (style.filter === "none" ? "" : ` ${style.filter}`) + (element.matches(":disabled") ? " off" : "");
    const words = own(element) || element.matches("a, input, textarea, select, button");
    if (words && style.visibility === "visible" && box.width > 1 && box.height > 1) {
      const link = element.matches("a")
        ? [above.color, above.fontWeight, own(element.parentNode), style.borderBottom] : [];
      const mark = flies ? "" : [ground, style.color, style.fontSize, style.fontWeight, style.textDecorationLine,
        style.textShadow, ...link].join(";");
      if (!known.has(mark)) fresh.set(element, mark);
    }
    for (const child of element.children) walk(child, ground, style, flies);
  };
  walk(document.documentElement, "", null, false);
  if (!fresh.size) return {found: [], passed: []};
  const told = await axe.run({include: [...fresh.keys()]}, {
    runOnly: ["color-contrast", "link-in-text-block"], resultTypes: ["violations", "passes"], elementRef: true});
  const nodes = rules => rules.flatMap(rule => rule.nodes.map(node => [rule.id, node]));
  const found = nodes(told.violations), bad = new Set(found.map(([_rule, node]) => fresh.get(node.element)));
  const passed = nodes(told.passes).filter(([rule]) => rule === "color-contrast");
  return {
    found: found.map(([rule, node]) =>
      `${rule}: ${node.target.join(" ")}: ${node.failureSummary.replaceAll("\\n", " ")}`),
    passed: [...new Set(passed.map(([_rule, node]) => fresh.get(node.element)))].filter(mark => mark && !bad.has(mark)),
  };
}"""
FOCUSED = """() => {
  const at = document.activeElement;
  return at.getAttribute("name") || at.getAttribute("aria-label") || at.textContent.trim().replace(/\\s+/g, " ");
}"""


@contextmanager
def visiting(browser: Browser, **options: Any) -> Iterator[Visitor]:
    """Open a browser without memory, and write down what happens in it."""
    context = browser.new_context(
        **{"viewport": WIDE, "locale": "de-DE", "reduced_motion": "reduce", **options}
    )
    context.set_default_timeout(60_000)
    visitor = Visitor(context, context.new_page())

    def heard(message: ConsoleMessage) -> None:
        # The browser reports a page's own status as an error; the tests look at that themselves. So it does with
        # live connections, which have a process of their own and are lost in some journeys.
        if message.type == "error" and not any(words in message.text for words in EXPECTED):
            visitor.complaints.append(f"{visitor.page.url}: {message.text}")

    def asked(request: Request) -> None:
        if request.url.startswith(("http", "ws")):
            visitor.asked.add(urlsplit(request.url).hostname or "")

    visitor.page.on("console", heard)
    visitor.page.on("pageerror", lambda error: visitor.complaints.append(f"{visitor.page.url}: {error}"))
    visitor.page.on("request", asked)
    try:
        yield visitor
    finally:
        context.close()
