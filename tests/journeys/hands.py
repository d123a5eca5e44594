"""Two ways to use a page: by keyboard alone, and by pointing; journeys are told in the words on the screen."""

from typing import Any, Protocol

from playwright.sync_api import Page

MANY = 160
"""So many times Tab reaches the end of every page here."""
NAME = """fields => {
  const at = document.activeElement;
  const label = at.labels && at.labels.length ? at.labels[0].textContent : "";
  const name = fields ? label : at.getAttribute("aria-label") || label || at.textContent || "";
  return name.trim().replace(/\\s+/g, " ");
}"""


class Hands(Protocol):
    """What a person does on a page."""

    def go(self, name: str) -> None:
        """Follow the link or press the button with this name, and wait for the page that comes."""

    def open(self, name: str) -> None:
        """Press a button that shows something on this page."""

    def write(self, label: str, text: str) -> None:
        """Replace what is in the field with this label."""

    def check(self, label: str) -> None:
        """Tick a box."""


class Keyboard:
    """Tab, Enter, space and letters; nothing else."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def go(self, name: str) -> None:
        self.reach(name)
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")

    def open(self, name: str) -> None:
        self.reach(name)
        self.page.keyboard.press("Enter")

    def write(self, label: str, text: str) -> None:
        self.reach(label, fields=True)
        self.page.keyboard.press("Control+A")
        self.page.keyboard.insert_text(text)

    def check(self, label: str) -> None:
        self.reach(label, fields=True)
        self.page.keyboard.press("Space")

    def reach(self, name: str, *, fields: bool = False) -> None:
        """Press Tab until what has the focus begins with this name; fails when a person would give up."""
        met = [self.page.evaluate(NAME, fields)]
        for _ in range(MANY):
            if met[-1].startswith(name):
                return
            self.page.keyboard.press("Tab")
            met.append(self.page.evaluate(NAME, fields))
        raise AssertionError(f"Tab never reached {name!r} on {self.page.url}, but {sorted(set(met))}")


class Pointer:
    """Clicking what a person sees."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def go(self, name: str) -> None:
        with self.page.expect_navigation():
            self._named(name).click()

    def open(self, name: str) -> None:
        self._named(name).click()

    def write(self, label: str, text: str) -> None:
        self.page.get_by_label(label).fill(text)

    def check(self, label: str) -> None:
        self.page.get_by_label(label).check()

    def _named(self, name: str) -> Any:
        either = self.page.get_by_role("link", name=name).or_(self.page.get_by_role("button", name=name))
        return either.locator("visible=true").first
