"""``baukasten plugin``: what is installed, who may use it, whether it keeps the contract, and how to begin one."""

from pathlib import Path

import click

from baukasten.audit.service import record_platform
from baukasten.cli import scaffold
from baukasten.cli.setting import Setting, pass_setting
from baukasten.db import embedded
from baukasten.tenants import plugins, service
from baukasten.testing import database as databases
from baukasten.testing.contract import CHECKS, Case


@click.group()
def plugin() -> None:
    """Plugins of this installation."""


@plugin.command(name="list")
@pass_setting
def list_plugins(setting: Setting) -> None:
    """Name the installed plugins."""
    for name, found in setting.contract.manager.plugins.items():
        click.echo(f"{name:<16} {found.manifest.version:<10} {found.distribution:<24} {found.manifest.title}")


@plugin.command()
@click.argument("town")
@click.argument("name")
@click.option("--revoke", is_flag=True, help="Take it back; the town's data stay.")
@pass_setting
def grant(setting: Setting, town: str, name: str, *, revoke: bool) -> None:
    """Let a town use a plugin."""
    with setting.database() as database, database.operator_session() as session:
        found = service.by_slug(session, town)
        change = plugins.revoke if revoke else plugins.grant
        change(session, found.id, name)
        action = "tenants.plugin.revoke" if revoke else "tenants.plugin.grant"
        record_platform(session, None, action, f"tenant:{found.id}", plugin=name)
        session.commit()
    click.echo(f"{found.name} {'may no longer use' if revoke else 'may use'} {name}.")


@plugin.command()
@click.argument("name")
@click.argument("folder", required=False, type=click.Path(path_type=Path, file_okay=False))
def new(name: str, folder: Path | None) -> None:
    """Begin a plugin: a small one that starts and passes its tests, in a folder of its own."""
    made = scaffold.write(name, folder)
    click.echo(f"{made} holds the plugin {name}. Go on with:")
    click.echo(f"  cd {made}")
    click.echo("  pip install --editable .")
    click.echo(f"  baukasten plugin check {name}")
    click.echo("  python -m pytest")


@plugin.command()
@click.argument("name")
@pass_setting
def check(setting: Setting, name: str) -> None:
    """Prove what a machine can of the quality ladder; ends with 1 when something is missing.

    Migrations run in a database that is made for it and gone afterwards.
    """
    missing = 0
    with embedded.running(databases.server_folder(), fast=True) as server:
        case = Case(setting.contract, name, server)
        # An unknown name must be said before any check runs.
        click.echo(f"{case.plugin.manifest.title} {case.plugin.manifest.version}")
        for one in CHECKS:
            problems = one.find(case)
            missing += bool(problems)
            click.echo(f"{'missing' if problems else 'ok':<8} {one.key:<24} {one.title}")
            for problem in problems:
                click.echo(f"{'':<8}   {problem}")
    if missing:
        raise click.exceptions.Exit(1)
