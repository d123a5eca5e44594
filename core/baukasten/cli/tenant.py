"""``baukasten tenant``: open, list and suspend towns."""

import click

from baukasten.access import members
from baukasten.audit.service import record_platform
from baukasten.cli.setting import Setting, pass_setting
from baukasten.errors import NotFound
from baukasten.identity import service as identity
from baukasten.plugin.refs import Role
from baukasten.tenants import plugins, service


@click.group()
def tenant() -> None:
    """Towns of this installation."""


@tenant.command()
@click.argument("slug")
@click.argument("name")
@click.argument("hosts", nargs=-1, required=True)
@click.option("--theme", default="klar", show_default=True)
@click.option("--all-plugins", is_flag=True, help="Grant every installed plugin.")
@pass_setting
def create(
    setting: Setting, slug: str, name: str, hosts: tuple[str, ...], theme: str, *, all_plugins: bool
) -> None:
    """Open a town on its hosts; the first one is primary, the others lead to it."""
    with setting.database() as database, database.operator_session() as session:
        town = service.create(session, slug=slug, name=name, hosts=hosts, theme=theme)
        for plugin in setting.contract.manager.plugins if all_plugins else ():
            plugins.grant(session, town.id, plugin)
        record_platform(session, None, "tenants.tenant.create", f"tenant:{town.id}")
        session.commit()
    click.echo(f"{town.name} is open on {town.host}.")


@tenant.command(name="list")
@pass_setting
def list_towns(setting: Setting) -> None:
    """Name all towns."""
    with setting.database() as database, database.operator_session() as session:
        for town in service.list_towns(session):
            state = "suspended" if town.suspended else "active"
            click.echo(f"{town.slug:<20} {state:<10} {town.host:<40} {town.name}")


@tenant.command()
@click.argument("slug")
@click.option("--undo", is_flag=True, help="Open the site again.")
@pass_setting
def suspend(setting: Setting, slug: str, *, undo: bool) -> None:
    """Close a town's site to everybody; nothing is lost."""
    with setting.database() as database, database.operator_session() as session:
        town = service.by_slug(session, slug)
        service.suspend(session, town.id, suspended=not undo)
        record_platform(session, None, "tenants.tenant.suspend", f"tenant:{town.id}", suspended=not undo)
        session.commit()
    click.echo(f"{town.name} is {'open again' if undo else 'suspended'}.")


@tenant.command()
@click.argument("slug")
@click.argument("address")
@click.option("--role", type=click.Choice([Role.ADMIN.value, Role.MODERATOR.value]), default=Role.ADMIN.value)
@pass_setting
def appoint(setting: Setting, slug: str, address: str, role: str) -> None:
    """Make somebody who has an account the town's administrator or moderator; the first one comes this way."""
    with setting.town(slug) as (session, town):
        found = identity.find(session, address)
        if found is None:
            raise NotFound(
                f"Nobody has an account with the address {address}: let the person register first."
            )
        members.appoint(session, found.id, found.display_name, {Role(role)})
        session.commit()
    click.echo(f"{address} is {role} of {town.name}.")
