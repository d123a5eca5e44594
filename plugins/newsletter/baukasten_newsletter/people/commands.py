"""``baukasten newsletter``: prove that the log of consents is whole, and go on under another secret."""

import click

from baukasten.sdk import installation, record
from baukasten_newsletter.people import log, watching


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


@newsletter.command("accept-secret")
@click.argument("tenant")
def accept_secret(tenant: str) -> None:
    """Let a town send again under a changed secret; who is on a list of "never again" is no longer recognised."""
    with installation().town(tenant) as (session, town):
        people = watching.accept_secret(session)
        record(session, None, "newsletter.secret.accept", people=people)
        session.commit()
    click.echo(f"{town.slug}: {people} subscribers are known under the secret of now")
