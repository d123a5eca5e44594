"""``baukasten newsletter``: prove that the log of consents is whole."""

import click

from baukasten.sdk import installation
from baukasten_newsletter.people import log


@click.group()
def newsletter() -> None:
    """Newsletters of the towns."""


@newsletter.command()
@click.argument("tenant")
def verify(tenant: str) -> None:
    """Compute a town's log of consents anew; ends with 1 and the number of the first entry that is not whole."""
    with installation().town(tenant) as (session, town):
        broken = log.verify(session)
    if broken is not None:
        raise click.ClickException(f"{town.slug}: the log of consents is broken from entry {broken} on")
    click.echo(f"{town.slug}: the log of consents is whole")
