"""The tutorial for plugin authors works: the suite does what each of its blocks says, in an empty folder."""

import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from baukasten.testing.contract import CHECKS
from tests.author import Author, settle
from tests.house.tree import ROOT

PAGE = ROOT / "docs/tutorials/first-plugin.md"
BLOCK = re.compile(r"^```(\w+)(?: (\w+)=(\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Block:
    """One block of code: what it is, what to do with it, which file it is about."""

    language: str
    verb: str
    place: str
    text: str


def blocks(page: str) -> list[Block]:
    return [Block(*found) for found in BLOCK.findall(page)]


def patched(text: str, diff: str) -> str:
    """Change the one place that a diff without line numbers describes; AssertionError when it is not one."""
    lines = diff.splitlines(keepends=True)
    before = "".join(line[1:] for line in lines if line[0] in " -")
    after = "".join(line[1:] for line in lines if line[0] in " +")
    assert text.count(before) == 1, f"stands {text.count(before)} times:\n{before}"
    return text.replace(before, after)


def follow(author: Author, block: Block, said: list[str]) -> Author:
    """Do what a block says, note what its commands said, and give where the author is afterwards."""
    path = author.folder / block.place
    if block.language == "sh":
        for line in block.text.splitlines():
            if line.startswith("cd "):
                author = author.at(line.removeprefix("cd "))
            else:
                said.append(author.run(line))
    elif block.language == "diff":
        path.write_text(patched(path.read_text(encoding="utf-8"), block.text), encoding="utf-8")
    elif block.verb == "append":
        path.write_text(path.read_text(encoding="utf-8") + block.text, encoding="utf-8")
    elif block.verb == "sees":
        assert block.text in path.read_text(encoding="utf-8")
    else:
        path.parent.mkdir(parents=True, exist_ok=True)
        assert not path.exists()
        path.write_text(block.text, encoding="utf-8")
    return author


def test_each_step_works_and_the_result_is_tidy(tmp_path: Path):
    author, said = settle(tmp_path), list[str]()
    for block in blocks(PAGE.read_text(encoding="utf-8")):
        author = follow(author, block, said)
    *_, tests, checks = said
    assert tests.splitlines()[-1].startswith(f"{len(CHECKS) + 10} passed")
    assert [line.split()[0] for line in checks.splitlines()] == ["Pinboard", *("ok" for _ in CHECKS)]
    author.run("ruff check")
    author.run("ruff format --check")


def test_every_block_is_followed():
    page = PAGE.read_text(encoding="utf-8")
    assert len(blocks(page)) == page.count("\n```") / 2
    kinds = {(block.language, block.verb) for block in blocks(page)}
    assert kinds == {
        ("sh", ""),
        ("diff", "file"),
        ("python", "file"),
        ("python", "append"),
        ("python", "sees"),
        ("po", "append"),
        ("text", "file"),
    }


def test_a_step_that_no_longer_fits_is_found():
    with pytest.raises(AssertionError, match="stands 0 times"):
        patched("one\ntwo\n", " one\n+new\n three\n")
    assert patched("one\ntwo\n", " one\n-two\n+three\n") == "one\nthree\n"
