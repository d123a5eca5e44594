"""What operators read and copy is true: settings, commands, hosts and roles that it names exist."""

import re

import pytest

from baukasten.cli.main import CORE_COMMANDS
from baukasten.db import rls
from tests.house.tree import ROOT, tracked

PAGES = sorted((ROOT / "docs").rglob("*.md"))
DEPLOY = sorted(path for path in tracked() if path.is_relative_to(ROOT / "deploy"))
SETTING = re.compile(r"\bBAUKASTEN_[A-Z_]+\b")
COMMAND = re.compile(r"`baukasten ([a-z]+(?: [a-z-]+)?)")


def words(*paths):
    return {name for path in paths for name in SETTING.findall(path.read_text(encoding="utf-8"))}


def known_commands(contract):
    groups = [*CORE_COMMANDS, *(answer.value for answer in contract.registry.commands.values())]
    inner = {f"{one.name} {name}" for one in groups for name in getattr(one, "commands", ())}
    return inner | {str(one.name) for one in groups}


def test_every_setting_is_described_and_none_is_invented():
    read = words(ROOT / "core/baukasten/config.py")
    assert words(ROOT / "docs/operate/install.md") == read
    assert words(*DEPLOY) - read == set()


def test_every_command_that_a_page_names_exists(contract):
    known = known_commands(contract)
    named = {name for path in PAGES for name in COMMAND.findall(path.read_text(encoding="utf-8"))}
    # The second word may be an argument: `baukasten docs FOLDER` has none in small letters, `db drop` has.
    assert {name for name in named if name not in known and name.partition(" ")[0] not in known} == set()
    groups = {name.partition(" ")[0] for name in known if " " in name}
    assert {name for name in named if name.partition(" ")[0] in groups and " " in name} <= known


def test_units_and_images_run_commands_that_exist(contract):
    known = known_commands(contract)
    text = "\n".join(path.read_text(encoding="utf-8") for path in DEPLOY)
    run = {" ".join(re.findall(r"[a-z]+", line)) for line in re.findall(r"bin/baukasten ([a-z ]+)", text)}
    lists = re.findall(r"(?:command:|^CMD) (\[.+\])", text, re.MULTILINE)
    run |= {" ".join(re.findall(r'"([a-z]+)"', line)) for line in lists}
    assert {"serve pages", "serve live", "worker", "db upgrade"} <= run
    assert run - known == set()


@pytest.mark.parametrize("place", ["docs/operate/database.md", "deploy/roles.sh"])
def test_the_roles_are_those_that_migrations_grant_to(place):
    made = re.findall(r"CREATE ROLE (\w+)", (ROOT / place).read_text(encoding="utf-8"))
    assert made == [rls.OWNER_ROLE, rls.APP_ROLE, rls.OPERATOR_ROLE]


def test_what_nobody_has_tried_says_so():
    files = [
        path for path in DEPLOY if path.name in {"Containerfile", "compose.yaml", "nginx.conf", "README.md"}
    ]
    files += [path for path in DEPLOY if path.suffix == ".service"]
    assert [path.name for path in files if "ot tried in a data centre yet" not in path.read_text()] == []


@pytest.mark.parametrize(
    ("asked", "logged"),
    [
        ("/umfrage/ https://stadt.example/", True),
        ("/umfrage/schein https://stadt.example/umfrage/", True),
        ("/forum/1-bank https://stadt.example/forum/", True),
        ("/umfrage/seite/p1?neu=1 https://stadt.example/umfrage/", False),
        ("/en/umfrage/uebersicht https://stadt.example/en/umfrage/seite/p2", False),
        ("/umfrage/danke?vorher=1 https://stadt.example/umfrage/uebersicht", False),
        ("/static/survey/survey.js https://stadt.example/umfrage/seite/p1?neu=1", False),
        ("/media/7 https://stadt.example/umfrage/seite/p2", False),
    ],
)
def test_the_example_of_a_proxy_logs_nothing_of_a_surveys_inner_pages(asked, logged):
    text = (ROOT / "deploy/nginx.conf").read_text(encoding="utf-8")
    unlogged = re.findall(r'^map "\$request_uri \$http_referer" \$logged .*"~(.+)" 0;', text, re.MULTILINE)
    assert (re.search(unlogged[0], asked) is None) == logged
