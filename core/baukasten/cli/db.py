"""``baukasten db``: bring the database up to date, compare it, take a plugin's tables away."""

import click
from sqlalchemy import create_engine

from baukasten import house
from baukasten.cli.setting import Setting, pass_setting
from baukasten.config import DatabaseUrls
from baukasten.db import migrate
from baukasten.errors import NotFound


@click.group()
def db() -> None:
    """The database and its migrations."""


@db.command()
@click.argument("plugin", required=False)
@pass_setting
def upgrade(setting: Setting, plugin: str | None) -> None:
    """Bring all lineages, or one plugin's, up to date; safe to run again and while the site is up."""
    chains = house.lineages(setting.contract)
    if plugin is not None:
        chains = [_chain(chains, plugin)]
    with setting.urls() as urls:
        house.upgrade(_owned(urls), chains)
    click.echo("The database is up to date.")


@db.command()
@pass_setting
def check(setting: Setting) -> None:
    """Say how far each lineage is; ends with 1 when the code and the database do not fit."""
    with setting.urls() as urls:
        engine = create_engine(_owned(urls).owner)
        with engine.connect() as connection:
            found = [migrate.standing(connection, chain) for chain in house.lineages(setting.contract)]
        engine.dispose()
    for one in found:
        state = "up to date" if one.current else f"the code wants {one.code}"
        click.echo(f"{one.lineage:<16} {one.database or 'nothing':<8} {state}")
    if not all(one.current for one in found):
        raise click.exceptions.Exit(1)


@db.command()
@click.argument("plugin")
@click.option("--yes", is_flag=True, help="Do not ask; the rows are gone for good.")
@pass_setting
def drop(setting: Setting, plugin: str, *, yes: bool) -> None:
    """Take away all tables of a plugin, in every town."""
    if not yes:
        click.confirm(f"All tables of {plugin} with the rows of every town will be gone. Go on?", abort=True)
    with setting.urls() as urls:
        engine = create_engine(_owned(urls).owner)
        migrate.drop(engine, _chain(house.lineages(setting.contract), plugin))
        engine.dispose()
    click.echo(f"The tables of {plugin} are gone.")


def _chain(chains: list[migrate.Lineage], name: str) -> migrate.Lineage:
    for chain in chains:
        if chain.name == name:
            return chain
    known = ", ".join(chain.name for chain in chains)
    raise NotFound(f"There is no lineage {name}; there are {known}.")


def _owned(urls: DatabaseUrls) -> DatabaseUrls:
    if not urls.owner:
        raise click.UsageError("Set BAUKASTEN_OWNER_DATABASE_URL: only the owner may change tables.")
    return urls
