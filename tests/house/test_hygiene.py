"""Nothing in the tree belongs to one machine, is unfinished, or swallows an error."""

import ast
import re
from pathlib import Path

import pytest

from tests.house.tree import ROOT, parsed, tracked

# Written with a bracket inside each, so that this file does not find itself.
FAULTS = {
    "a registry's host": r"p[y]pi\.org|python[h]osted|n[p]mjs|deb\.[d]ebian|file:/[/]/",
    "a machine's path": r"(?<![\w.])/(?:wor[k]|roo[t]|far[m]|home/[a-z])/",
    "unfinished work": r"\b(?:TOD[O]|FIXM[E]|XX[X]|HAC[K])\b|\bfor no[w]\b|NotImplemente[d]Error",
}
VAGUE = {"utils", "util", "helpers", "helper", "common", "misc"}


def faults(text: str) -> list[str]:
    """Return the names of the faults that a text shows."""
    return [name for name, pattern in FAULTS.items() if re.search(pattern, text)]


def swallowed(root: Path) -> list[str]:
    """Name the places where an exception disappears without a word."""
    return [
        f"{name}:{node.lineno}"
        for name, tree in parsed(root, "core", "plugins", "tests", "bench")
        for node in ast.walk(tree)
        if isinstance(node, ast.ExceptHandler) and [type(line) for line in node.body] == [ast.Pass]
    ]


def test_the_tree_is_clean():
    found = []
    for path in tracked():
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        found += [f"{path.relative_to(ROOT)}: {fault}" for fault in faults(text)]
    assert found == []


def test_no_error_is_swallowed():
    assert swallowed(ROOT) == []


def test_no_module_has_a_vague_name():
    assert [path for path in tracked() if VAGUE & {path.stem, path.parent.name}] == []


def test_third_party_scripts_and_fonts_are_not_committed():
    committed = [
        path.relative_to(ROOT).as_posix() for path in tracked() if path.suffix in {".woff", ".woff2", ".ttf"}
    ]
    committed += [
        path.relative_to(ROOT).as_posix() for path in tracked() if path.name.endswith((".min.js", ".min.css"))
    ]
    assert committed == []


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("see files.python" + "hosted.org", "a registry's host"),
        ('"resolved": "https://registry.n' + 'pmjs.org/x"', "a registry's host"),
        ("find-links = file:" + "///opt", "a registry's host"),
        ("open('/ro" + "ot/x')", "a machine's path"),
        ("cd /wo" + "rk/main", "a machine's path"),
        ("# TO" + "DO: later", "unfinished work"),
        ("good enough for n" + "ow", "unfinished work"),
    ],
)
def test_each_fault_is_found(text, fault):
    assert faults(text) == [fault]


@pytest.mark.parametrize("text", ["network/main", "../work/", "Todoliste", "before now", "/workshop/"])
def test_innocent_words_pass(text):
    assert faults(text) == []


def test_a_swallowed_error_is_found(tmp_path):
    (tmp_path / "core").mkdir()
    (tmp_path / "core/quiet.py").write_text("try:\n    x = 1\nexcept OSError:\n    pass\n")
    assert swallowed(tmp_path) == ["core/quiet.py:3"]
