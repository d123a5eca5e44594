"""The kit finds each fault of a plugin that breaks every rule, and says what is wrong in a sentence."""

from pathlib import Path

import pytest

from baukasten.testing.contract import CHECKS, Case
from tests.author import Author, settle

PACKAGE = "baukasten_wreck"

OTHER = """    visibility: Mapped[str]


class Other(Base):
    \"\"\"A table that is nobody's.\"\"\"

    __tablename__ = "wrong_name"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("platform.account.id"))
"""
SIZE = """    settings=[Field("size", _("Entry"), FieldKind.NUMBER, default=0, minimum=1)],
    features=["""
LOCKED = """    for statement in rls.protect("wreck_entry"):
        op.execute(statement)
"""
COLUMNS = """        "wreck_entry.member_id",
        "wreck_entry.body",
"""
FAULTS = (
    ("views.py", "from baukasten_wreck import", "import baukasten.web.here\nfrom baukasten_wreck import"),
    ("views.py", "@public\n", ""),
    (
        "declares.py",
        "PERMISSIONS = [",
        'PERMISSIONS = [\n    Permission("wreck.entry.idle", "Idle", PEOPLE),',
    ),
    ("declares.py", "    features=[", SIZE),
    ("declares.py", "    Feature,\n", "    Feature,\n    Field,\n    FieldKind,\n"),
    ("declares.py", COLUMNS, '        "wreck_entry.text",\n'),
    ("models.py", "    visibility: Mapped[str]\n", OTHER),
    ("models.py", "import Index", "import ForeignKey, Index"),
    ("models.py", "import Mapped", "import Mapped, mapped_column"),
    ("models.py", "    body: Mapped[str]\n", "    body: Mapped[str | None]\n"),
    ("migrations/0001_entries.py", LOCKED, ""),
    ("templates/wreck/held.html", "<h1>", '<h1 style="color: red">'),
    ("templates/wreck/form.html", "{{ page.title }}", "{{ page.title|safe }}"),
    ("translations/de/LC_MESSAGES/wreck.po", 'msgstr "Einträge schreiben"', 'msgstr ""'),
)
"""Edits of a fresh plugin: file, what stands there, what a careless author makes of it."""

FOUND = {
    "doors": ["views.py imports baukasten.web.here"],
    "routes_marked": [
        "the route wreck:held has no access mark: add @public, @signed_in or @requires",
    ],
    "permissions_used": ["nothing asks for wreck.entry.idle"],
    "settings_default": ["wreck.size: Write a number of at least 1."],
    "tables_prefixed": [
        "the table wrong_name must begin with wreck_",
        "the table wrong_name must be keyed by tenant_id and id (TenantOwned)",
    ],
    "foreign_keys": ["wrong_name → platform.account: point to a membership instead"],
    "personal_data_declared": [
        "wreck_entry.member_id points to a person and is not declared",
        "wreck_entry.text is declared and does not exist",
    ],
    "migrations": ["modify_nullable wreck_entry body"],
    "rows_locked": [
        "wreck_entry has no row-level security",
        "wreck_entry does not force row-level security",
        "wreck_entry has no policy",
    ],
    "templates": [
        "wreck/form.html: text becomes HTML in content.sanitize only",
        "wreck/held.html has an inline script or style, which browsers refuse",
    ],
    "german_complete": ["'Write entries' has no German"],
    "readme": ["there is no README.md beside the package"],
    "quality": [
        "silver.coverage_95: 'nearly' is neither done, open, nor exempt: with a reason",
        "bronze.readme is open",
    ],
}


def break_all(folder: Path) -> None:
    for name, before, after in FAULTS:
        path = folder / PACKAGE / name
        text = path.read_text(encoding="utf-8")
        assert text.count(before) == 1, (name, before)
        path.write_text(text.replace(before, after), encoding="utf-8")
    (folder / "README.md").unlink()
    quality = folder / "quality.toml"
    text = quality.read_text(encoding="utf-8").replace('readme = "done"', 'readme = "open"')
    quality.write_text(text.replace('coverage_95 = "open"', 'coverage_95 = "nearly"'), encoding="utf-8")


@pytest.fixture(scope="module")
def author(tmp_path_factory) -> Author:
    settled = settle(tmp_path_factory.mktemp("author"))
    settled.run("baukasten plugin new wreck")
    return settled.at("baukasten-wreck")


def test_every_fault_is_found_and_ends_with_one(author):
    # The README is part of the distribution's description, so it must be gone before the installation.
    break_all(author.folder)
    project = author.folder / "pyproject.toml"
    project.write_text(project.read_text().replace('readme = "README.md"\n', ""))
    author.run("pip install --editable .")
    said = author.run("baukasten plugin check wreck", status=1).splitlines()
    expected = ["Wreck 0.1.0"]
    for check in CHECKS:
        problems = FOUND.get(check.key, [])
        expected.append(f"{'missing' if problems else 'ok':<8} {check.key:<24} {check.title}")
        expected += [f"{'':<8}   {problem}" for problem in problems]
    assert said == expected


def test_an_unknown_plugin_is_named(author):
    author.run("baukasten plugin check nobody", status=1)


@pytest.mark.parametrize("name", ["chat", "forum", "newsletter", "survey"])
@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.key)
def test_what_we_deliver_keeps_the_contract(check, name, contract, server):
    assert check.find(Case(contract, name, server)) == []
