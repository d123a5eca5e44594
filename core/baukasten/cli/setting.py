"""What every command starts from: settings, plugins, and a database that is closed again."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import click

from baukasten import config, house
from baukasten.config import Config, DatabaseUrls
from baukasten.db.session import Database, Scope
from baukasten.plugin.contract import Contract
from baukasten.plugin.refs import TenantRef
from baukasten.seal import Seal
from baukasten.tenants import service


@dataclass
class Setting:
    """The installation that a command works on."""

    data_dir: Path | None = None

    @cached_property
    def config(self) -> Config:
        """The settings, read when first needed."""
        return config.load(data_dir=self.data_dir)

    @cached_property
    def contract(self) -> Contract:
        """The plugins, loaded when first needed."""
        return house.load_contract(self.config)

    def public_key(self) -> str:
        """Give the key by which everybody can check what this installation signs, in base64."""
        return Seal.of(self.config.secret_key).public_key

    @contextmanager
    def urls(self) -> Iterator[DatabaseUrls]:
        """Run the database for the length of a command."""
        with house.database_urls(self.config) as urls:
            yield urls

    @contextmanager
    def database(self) -> Iterator[Database]:
        """Open the database for serving; it must be up to date."""
        with self.urls() as urls:
            database = house.open_database(urls, self.contract)
            try:
                yield database
            finally:
                database.close()

    @contextmanager
    def town(self, slug: str) -> Iterator[tuple[Scope, TenantRef]]:
        """Open a session of the app's role in a town's scope; raises NotFound for an unknown short name."""
        with self.database() as database:
            with database.operator_session() as console:
                town = service.by_slug(console, slug)
            with database.session(town.id) as session:
                yield session, town


pass_setting = click.make_pass_decorator(Setting)
