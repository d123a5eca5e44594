"""The figures of the house hold, and a planted excess is found."""

import ast
import statistics
import tokenize
from pathlib import Path

from tests.house.tree import ROOT, functions, lines_of, modules, parsed, span, tree_of

FILE, FILE_MEDIAN = 400, 110
FUNCTION, FUNCTION_NINE_IN_TEN = 60, 25
DEPTH = 4
ROOT_ENTRIES = 18
COMMENTS_IN_100 = (5, 10)


def long_files(root: Path) -> list[str]:
    return [f"{path.relative_to(root)}: {lines_of(path)}" for path in modules(root) if lines_of(path) > FILE]


def long_functions(root: Path) -> list[str]:
    return [
        f"{name}:{node.lineno}: {node.name} {span(node)}"
        for name, tree in parsed(root)
        for node in functions(tree)
        if span(node) > FUNCTION
    ]


def without_sentence(root: Path, *tops: str) -> list[str]:
    """Name the modules that do not open with one sentence."""
    return [
        name
        for name, tree in parsed(root, *tops)
        if not (first_line := (ast.get_docstring(tree) or "").partition("\n")[0]).endswith((".", "?", "!"))
        or first_line[0].islower()
    ]


def deep_packages(root: Path) -> list[str]:
    """Name the packages with more than four names in their dotted path."""
    found = []
    for path in modules(root):
        parts = path.relative_to(root).parts
        below_source_root = parts[1:-1] if parts[0] == "core" else parts[2:-1]
        if len(below_source_root) > DEPTH:
            found.append(".".join(below_source_root))
    return found


def comments_in_100(root: Path) -> float:
    """Count comments and the docstrings of functions, classes and values; a module's opening has its own rule."""
    comments = lines = 0
    for path in modules(root):
        with path.open("rb") as stream:
            comments += sum(token.type == tokenize.COMMENT for token in tokenize.tokenize(stream.readline))
        for node in ast.walk(tree_of(path, path.stat().st_mtime_ns)):
            text = node.value if isinstance(node, ast.Expr) else None
            comments += isinstance(text, ast.Constant) and isinstance(text.value, str)
        lines += lines_of(path)
    return 100 * (comments - len(modules(root))) / lines


def astray(root: Path) -> list[str]:
    """Name the test files whose path mirrors no source: tests/core/<room>/test_<file>[_<aspect>].py."""
    found = []
    for path in modules(root, "tests"):
        top, *rooms = path.relative_to(root / "tests").parent.parts or ("",)
        source = root / "core/baukasten" if top == "core" else root / f"plugins/{top}/baukasten_{top}"
        if not path.name.startswith("test_") or not source.is_dir():
            continue
        subject = path.stem.removeprefix("test_")
        beginnings = [
            subject[: len(subject) - cut] for cut in range(len(subject)) if (subject + "_")[-cut - 1] == "_"
        ]
        place = source.joinpath(*rooms)
        if not any((place / f"{name}.py").exists() or (place / name).is_dir() for name in beginnings):
            found.append(path.relative_to(root).as_posix())
    return found


def test_tests_mirror_the_source():
    assert astray(ROOT) == []


def test_comments_are_neither_rare_nor_many():
    low, high = COMMENTS_IN_100
    assert low <= comments_in_100(ROOT) <= high


def test_no_file_is_too_long():
    assert long_files(ROOT) == []


def test_half_of_the_files_are_short():
    # Files that only mark a package would make any median look good.
    sizes = [size for path in modules(ROOT) if (size := lines_of(path)) > 5]
    assert statistics.median(sizes) <= FILE_MEDIAN


def test_no_function_is_too_long():
    assert long_functions(ROOT) == []


def test_nine_functions_in_ten_are_short():
    spans = sorted(span(node) for _, tree in parsed(ROOT) for node in functions(tree))
    assert spans[int(len(spans) * 0.9)] <= FUNCTION_NINE_IN_TEN


def test_every_module_says_what_it_is_for():
    assert without_sentence(ROOT, "core", "plugins", "tests", "bench") == []


def test_packages_stay_shallow():
    assert deep_packages(ROOT) == []


def test_the_root_stays_readable():
    entries = {path.name for path in ROOT.iterdir() if not path.name.startswith(".")}
    # What a build or a coverage run leaves is in .gitignore, not in the house.
    assert len(entries - {"build", "dist", "htmlcov", "node_modules"}) <= ROOT_ENTRIES


def test_planted_excesses_are_found(tmp_path):
    room = tmp_path / "core/baukasten/one/two/three/four"
    room.mkdir(parents=True)
    body = "\n".join(f"    x{number} = {number}" for number in range(FUNCTION))
    (room / "late.py").write_text(f"def excess():\n{body}\n" + "\n" * FILE)
    assert long_files(tmp_path) == [f"core/baukasten/one/two/three/four/late.py: {FUNCTION + FILE + 1}"]
    assert long_functions(tmp_path) == [f"core/baukasten/one/two/three/four/late.py:1: excess {FUNCTION + 1}"]
    assert without_sentence(tmp_path) == ["core/baukasten/one/two/three/four/late.py"]
    assert deep_packages(tmp_path) == ["baukasten.one.two.three.four"]


def test_a_test_of_nothing_is_found(tmp_path):
    for name in ("core/baukasten/room/service.py", "tests/core/room/test_service.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    (tmp_path / "tests/core/room/test_service_races.py").touch()
    (tmp_path / "tests/core/room/test_servant.py").touch()
    assert astray(tmp_path) == ["tests/core/room/test_servant.py"]
