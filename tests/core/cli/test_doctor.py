"""The doctor finds each thing that keeps an installation from working, says what helps, and ends with 1."""

import dataclasses

from click.testing import CliRunner
from sqlalchemy import create_engine, text

from baukasten.cli import doctor as room
from baukasten.cli.doctor import State, doctor, examine
from baukasten.cli.setting import Setting
from baukasten.db.rls import OWNER_ROLE
from baukasten.testing import database as databases
from baukasten.web.assets import build
from bench.load import free_port

NAMES = [
    "environment",
    "disk",
    "mail",
    "assets",
    "documents",
    "plugins",
    "database app",
    "database operator",
    "database owner",
    "migrations",
    "queue",
]


def setting_of(config):
    setting = Setting()
    setting.config = config
    return setting


def state_of(config, name):
    (found,) = (one for one in examine(setting_of(config)) if one.name == name)
    return found.state, found.text


def test_a_working_installation_has_nothing_broken(config, monkeypatch):
    # Fonts and scripts are there only where somebody has built them.
    monkeypatch.setattr(build, "wanted", list)
    done = CliRunner().invoke(doctor, obj=setting_of(config))
    lines = [(line[:7].strip(), line[8:26].strip()) for line in done.output.splitlines()]
    assert [name for _, name in lines] == NAMES
    assert [name for state, name in lines if state == "broken"] == []
    assert done.exit_code == 0


def test_it_ends_with_one_when_something_is_broken(config, monkeypatch, tmp_path):
    monkeypatch.setattr(build, "wanted", lambda: [tmp_path / "fira.woff2"])
    done = CliRunner().invoke(doctor, obj=setting_of(config))
    assert "broken  assets             fira.woff2 missing: make assets" in done.output.splitlines()
    assert done.exit_code == 1


def test_a_secret_that_others_may_read(config):
    secret = config.data_dir / "secret"
    secret.write_text("words")
    secret.chmod(0o644)
    assert state_of(config, "environment") == (State.BROKEN, f"others may read {secret}: chmod 600")


def test_an_app_that_may_do_too_much(config):
    urls = dataclasses.replace(config.database, app=config.database.owner)
    state, told = state_of(dataclasses.replace(config, database=urls), "database app")
    assert state is State.BROKEN
    assert told.endswith("may pass by row-level security; give it a role of its own")


def test_an_owner_without_the_right_to_see_all_rows(config):
    urls = dataclasses.replace(config.database, owner=config.database.app)
    state, told = state_of(dataclasses.replace(config, database=urls), "database owner")
    assert (state, told.partition(": ")[2]) == (State.BROKEN, "ALTER ROLE baukasten_app BYPASSRLS")


def test_serving_processes_need_no_owner(config):
    urls = dataclasses.replace(config.database, owner="")
    assert state_of(dataclasses.replace(config, database=urls), "database owner")[0] is State.OK


def test_a_database_without_tables(config, server):
    name = "doctor_empty"
    admin = create_engine(server.url(OWNER_ROLE, "postgres"), isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE IF EXISTS {name}"))
        connection.execute(text(f"CREATE DATABASE {name}"))
        found = {
            one.name: one
            for one in examine(setting_of(dataclasses.replace(config, database=databases.urls(server, name))))
        }
        connection.execute(text(f"DROP DATABASE {name}"))
    admin.dispose()
    assert found["migrations"].state is State.BROKEN
    assert found["migrations"].text.endswith("baukasten db upgrade")
    assert found["queue"].state is State.BROKEN


def test_a_database_that_does_not_answer(config):
    url = f"postgresql+psycopg://nobody@127.0.0.1:{free_port()}/nothing"
    urls = dataclasses.replace(config.database, app=url, operator=url, owner=url)
    found = list(examine(setting_of(dataclasses.replace(config, database=urls))))
    assert [one.name for one in found if one.state is State.BROKEN and one.name != "assets"] == NAMES[6:]


def test_mail(config):
    port = free_port()
    assert state_of(config, "mail")[0] is State.LOOK
    for url in (f"smtp://127.0.0.1:{port}", "http://127.0.0.1"):
        assert state_of(dataclasses.replace(config, smtp_url=url), "mail")[0] is State.BROKEN


def test_jobs_that_nobody_takes(config, monkeypatch):
    late = text("SELECT 3, 900.5 AS seconds")
    monkeypatch.setattr(room, "WAITING", late)
    state, told = state_of(config, "queue")
    assert (state, told) == (
        State.LOOK,
        "3 waiting, the oldest for 900 s; 0 given up: is a worker running?",
    )
