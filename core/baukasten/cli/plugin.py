"""``baukasten plugin``: what is installed, who may use it, whether it keeps the contract, and how to begin one."""

import click

from baukasten.audit.service import record_platform
from baukasten.cli.setting import Setting, pass_setting
from baukasten.tenants import plugins, service


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
