"""The runner of benchmarks reads what they print and keeps the table without touching the words around it."""

from bench.__main__ import END, START, Aim, aims, benches, keep

PRINTED = """starting
aim page-cached: 1.4 × hello (wanted ≤ 2 × hello) ok
aim page-statements: 7 (wanted ≤ 6) short
aim of this all: none
"""
FOUND = [
    Aim("pages", "page-cached", "1.4 × hello", "≤ 2 × hello", "ok"),
    Aim("pages", "page-statements", "7", "≤ 6", "short"),
]


def test_aims_are_read():
    assert list(aims("pages", PRINTED)) == FOUND


def test_parts_are_not_run():
    assert {"floor", "__main__"} & set(benches()) == set()


def test_table_is_kept_between_its_marks(tmp_path):
    page = tmp_path / "performance.md"
    page.write_text(f"# Words\n\n{START}\nold\n{END}\n\nMore words.\n")
    keep(FOUND, page)
    text = page.read_text()
    assert text.startswith(f"# Words\n\n{START}\n")
    assert text.endswith(f"{END}\n\nMore words.\n")
    assert "old" not in text
    assert "| pages | page-statements | 7 | ≤ 6 | short |\n" in text


def test_table_begins_on_a_fresh_page(tmp_path):
    page = tmp_path / "performance.md"
    keep(FOUND, page)
    keep(FOUND, page)
    assert page.read_text().count("| pages | page-cached | 1.4 × hello | ≤ 2 × hello | ok |") == 1
