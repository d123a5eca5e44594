"""The words for people hold together: links lead somewhere, decisions are listed and short, commands exist."""

import re
from pathlib import Path

from tests.house.tree import ROOT, tracked

PAGES = [path for path in tracked() if path.suffix == ".md"]
RECORDS = sorted(ROOT.glob("docs/adr/*.md"))
# One printed page.
WORDS_OF_A_RECORD = 500


def dead_links(page: Path) -> list[str]:
    """Name the relative links of a page that lead nowhere."""
    targets = re.findall(r"\]\((?!https?:|mailto:|#)([^)#\s]+)", page.read_text(encoding="utf-8"))
    return [f"{page.name}: {target}" for target in targets if not (page.parent / target).exists()]


def test_links_lead_somewhere():
    assert [link for page in PAGES for link in dead_links(page)] == []


def test_a_dead_link_is_found(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("[here](page.md#part), [there](gone.md), [far](https://example.org/x)")
    assert dead_links(page) == ["page.md: gone.md"]


def test_every_decision_is_listed_once_and_in_order():
    index = (ROOT / "docs/index.md").read_text(encoding="utf-8")
    assert re.findall(r"\(adr/(.+?)\)", index) == [record.name for record in RECORDS]


def test_the_list_carries_each_title():
    index = (ROOT / "docs/index.md").read_text(encoding="utf-8")
    for record in RECORDS:
        ((number, title),) = re.findall(r"\A# (\d+)\. (.+)", record.read_text(encoding="utf-8"))
        assert record.name.startswith(f"{int(number):04d}-")
        assert f"| {number} | [{title}](adr/{record.name}) |" in index


def test_decisions_fit_one_page():
    long = [
        record.name
        for record in RECORDS
        if len(record.read_text(encoding="utf-8").split()) > WORDS_OF_A_RECORD
    ]
    assert long == []


def test_commands_that_pages_name_exist():
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    named = {
        name for page in PAGES for name in re.findall(r"`make ([a-z]+)[` ]", page.read_text(encoding="utf-8"))
    }
    assert named - targets == set()
