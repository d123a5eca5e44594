"""``baukasten account``: who may use the operator's console."""

import click

from baukasten.audit.service import record_platform
from baukasten.cli.setting import Setting, pass_setting
from baukasten.errors import NotFound
from baukasten.identity import service


@click.group()
def account() -> None:
    """Accounts of this installation."""


@account.command()
@click.argument("address")
@click.option("--revoke", is_flag=True, help="Take it back; the account stays.")
@pass_setting
def operator(setting: Setting, address: str, *, revoke: bool) -> None:
    """Let somebody who has an account into the operator's console."""
    with setting.database() as database:
        with database.session(None) as session:
            found = service.find(session, address)
        if found is None:
            raise NotFound(
                f"Nobody has an account with the address {address}: let the person register first."
            )
        with database.operator_session() as console:
            service.appoint_operator(console, found.id, is_operator=not revoke)
            record_platform(console, None, "identity.operator.appoint", f"account:{found.id}", revoke=revoke)
            console.commit()
    click.echo(f"{address} {'is no longer an operator' if revoke else 'is an operator'}.")
