"""A process starts only where it would be safe to serve."""

import dataclasses
import os

import pytest
from sqlalchemy import create_engine, text

from baukasten import house
from baukasten.config import ConfigError
from baukasten.db.migrate import CORE, MigrationError
from baukasten.plugin.faults import PluginError
from baukasten.testing import database as databases


@pytest.mark.parametrize("role", ["app", "operator"])
def test_the_owner_does_not_serve(database_urls, contract, role):
    urls = dataclasses.replace(database_urls, **{role: database_urls.owner})
    with pytest.raises(ConfigError, match=r"the database role baukasten_owner owns tables"):
        house.open_database(urls, contract)


def test_roles_that_may_pass_by_the_locks_do_not_serve(server, contract, database_urls):
    # The cluster's first role is a superuser; nobody reaches it but over the socket of this user.
    admin = dataclasses.replace(database_urls, app=superuser(server, database_urls))
    with pytest.raises(ConfigError, match="may pass by row-level security"):
        house.open_database(admin, contract)


def superuser(server, urls):
    engine = create_engine(urls.owner)
    with engine.connect() as connection:
        name = connection.scalar(text("SELECT rolname FROM pg_roles WHERE rolsuper ORDER BY oid LIMIT 1"))
        database = connection.scalar(text("SELECT current_database()"))
    engine.dispose()
    return server.url(name, database)


def test_a_role_that_owns_a_single_table_does_not_serve(server, contract):
    with databases.fresh(server, f"owning_{os.getpid()}", house.lineages(contract)) as urls:
        for url, statement in (
            (urls.owner, "GRANT CREATE ON SCHEMA jobs TO baukasten_app"),
            (urls.app, "CREATE TABLE jobs.made (id int)"),
        ):
            engine = create_engine(url)
            with engine.begin() as connection:
                connection.execute(text(statement))
            engine.dispose()
        with pytest.raises(ConfigError, match="the database role baukasten_app owns tables"):
            house.open_database(urls, contract)


def test_an_old_database_is_not_served(server, contract):
    core = [chain for chain in house.lineages(contract) if chain.name == CORE]
    with (
        databases.fresh(server, f"old_{os.getpid()}", core) as urls,
        pytest.raises(
            MigrationError, match=r"chat is at nothing, the code wants chat_\d+: run `baukasten db upgrade`"
        ),
    ):
        house.open_database(urls, contract)


def test_the_core_comes_first_and_plugins_follow_by_name(contract):
    names = [chain.name for chain in house.lineages(contract)]
    assert names == [CORE, *sorted(names[1:])]


def test_a_plugin_that_cannot_be_loaded_is_named(base_config):
    with pytest.raises(ModuleNotFoundError, match="baukasten_nowhere"):
        house.load_contract(dataclasses.replace(base_config, plugins=("baukasten_nowhere.plugin",)))
    with pytest.raises(PluginError, match="forum"):
        house.load_contract(dataclasses.replace(base_config, plugins=("baukasten_forum.plugin",)))


def test_given_urls_start_no_server(base_config, database_urls):
    config = dataclasses.replace(base_config, database=database_urls)
    with house.database_urls(config) as urls:
        assert urls == database_urls
    assert not (config.data_dir / "postgres").exists()
