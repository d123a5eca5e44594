"""Putting the process together: plugins, database, migrations; for web, worker and commands alike."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module

from sqlalchemy import Engine, create_engine, text

from baukasten.config import Config, ConfigError, DatabaseUrls
from baukasten.db import embedded, migrate
from baukasten.db.rls import APP_ROLE, OPERATOR_ROLE, OWNER_ROLE
from baukasten.db.session import Database, connect
from baukasten.jobs import schema as jobs_schema
from baukasten.keyring import Keyring
from baukasten.plugin import registry
from baukasten.plugin.contract import Contract
from baukasten.plugin.discovery import Plugin, discover
from baukasten.plugin.manager import PluginManager
from baukasten.rooms import HOOKS
from baukasten.seal import Seal

POOL_SIZE = 10


def load_contract(config: Config) -> Contract:
    """Load all plugins and collect what they and the rooms declare; raises PluginError naming the culprit."""
    extra = [Plugin.of(import_module(name)) for name in config.plugins]
    manager = PluginManager([*discover(), *extra], HOOKS)
    secret = config.secret_key
    declared, seal, keyring = registry.build(manager), Seal.of(secret), Keyring.of(secret)
    return Contract(
        manager, declared, config.data_dir, seal, keyring, config.origin, mails_leave=bool(config.smtp_url)
    )


def lineages(contract: Contract) -> list[migrate.Lineage]:
    """Give the migrations in their order: the core's, then the plugins' by name."""
    plugins = contract.manager.plugins.values()
    folders = ((plugin.name, plugin.migrations) for plugin in sorted(plugins, key=lambda one: one.name))
    return [migrate.CORE_LINEAGE, *(migrate.Lineage(name, folder) for name, folder in folders if folder)]


@contextmanager
def database_urls(config: Config) -> Iterator[DatabaseUrls]:
    """Give the three URLs, with the embedded server running meanwhile where none are set."""
    if config.database is not None:
        yield config.database
        return
    with embedded.running(config.data_dir / "postgres") as server:
        yield DatabaseUrls(server.url(OWNER_ROLE), server.url(APP_ROLE), server.url(OPERATOR_ROLE))


def upgrade(urls: DatabaseUrls, chains: Sequence[migrate.Lineage]) -> None:
    """Bring the core, the job queue and the plugins up to date, as the owner."""
    engine = create_engine(urls.owner)
    try:
        core = [chain for chain in chains if chain.name == migrate.CORE]
        rest = [chain for chain in chains if chain.name != migrate.CORE]
        if core:
            migrate.upgrade(engine, core)
            jobs_schema.apply(engine)
        migrate.upgrade(engine, rest)
    finally:
        engine.dispose()


def open_database(urls: DatabaseUrls, contract: Contract, *, pool_size: int = POOL_SIZE) -> Database:
    """Open the serving roles; raises MigrationError or ConfigError where it would not be safe to serve.

    The database must be exactly where the code wants it, and the roles may neither own nor pass by.
    """
    database = connect(urls.app, urls.operator, contract, pool_size)
    try:
        for engine in (database.app, database.operator):
            _refuse_powerful(engine)
        migrate.check(database.app, lineages(contract))
    except BaseException:
        # Whoever is refused leaves no connection behind.
        database.close()
        raise
    return database


def _refuse_powerful(engine: Engine) -> None:
    with engine.connect() as connection:
        role = connection.execute(text(WHO)).one()
    if role.rolsuper or role.rolbypassrls or role.owns:
        raise ConfigError(
            f"the database role {role.name} owns tables or may pass by row-level security; pages and jobs "
            "are served only by a role that may neither"
        )


WHO = """
SELECT r.rolname AS name, r.rolsuper, r.rolbypassrls,
       EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
               WHERE c.relowner = r.oid AND n.nspname IN ('public', 'platform', 'jobs')) AS owns
FROM pg_roles r WHERE r.rolname = current_user
"""
