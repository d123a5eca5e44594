"""The run's database as processes with made plugins see it, and towns that have them."""

from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType

from sqlalchemy import text

from baukasten.config import Config
from baukasten.db.session import Database, connect
from baukasten.plugin import registry
from baukasten.plugin.contract import Contract
from baukasten.plugin.discovery import Plugin
from baukasten.plugin.manager import PluginManager
from baukasten.plugin.refs import TenantRef
from baukasten.rooms import HOOKS
from baukasten.seal import Seal
from baukasten.tenants import plugins


@contextmanager
def house_with(database: Database, made: ModuleType, config: Config | None = None) -> Iterator[Database]:
    """Open the database for a process with one made plugin; with settings it also has a folder and a seal."""
    manager = PluginManager([Plugin.of(made)], HOOKS)
    more = (config.data_dir, Seal.of(config.secret_key)) if config else ()
    contract = Contract(manager, registry.build(manager), *more)
    app, operator = (
        one.url.render_as_string(hide_password=False) for one in (database.app, database.operator)
    )
    opened = connect(app, operator, contract)
    yield opened
    opened.close()


def drop_jobs(house: Database) -> None:
    """Let no job wait, whoever left it."""
    with house.operator_session() as session:
        session.execute(text("DELETE FROM jobs.procrastinate_jobs"))
        session.commit()


def switch_on(house: Database, town: TenantRef, name: str) -> None:
    """Grant a town a plugin and switch it on there."""
    with house.operator_session() as session:
        plugins.grant(session, town.id, name)
        session.commit()
    with house.session(town.id) as session:
        plugins.switch_on(session, town, name)
        session.commit()
