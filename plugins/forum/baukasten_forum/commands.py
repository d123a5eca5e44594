"""``baukasten forum``: take contributions over from a file, check an archive."""

from pathlib import Path

import click

from baukasten.sdk import installation
from baukasten_forum import importing, table
from baukasten_forum.exporting import parcel


@click.group()
def forum() -> None:
    """Forums of the towns."""


@forum.command("import")
@click.argument("tenant")
@click.argument("module", metavar="PROJECT/MODULE")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--batch", type=click.IntRange(1, 1_000), default=importing.BATCH, help="Rows a transaction.")
def import_(tenant: str, module: str, file: Path, batch: int) -> None:
    """Take contributions over from a CSV file with external_id, title, body and source_url.

    May be stopped and run again: what is there already is left as it is.
    """
    rows = table.read(file)
    with installation().town(tenant) as (session, town):
        place = importing.find_forum(session, module)
        click.echo(f"{len(rows)} rows for {town.name}, {place.title}")
        outcome = importing.Outcome()
        for outcome in importing.take_over(session, place, rows, batch=batch):
            # Written after the commit, so that what is shown as done stays done.
            click.echo(f"{outcome.done} of {len(rows)}")
    _report(outcome)


@forum.command("verify")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--key", default="", help="Public key to trust, in base64; this installation's own unless said."
)
def verify(file: Path, key: str) -> None:
    """Tell whether a signed archive is as it was made; names each file that is not, and ends with 1.

    The key that lies in the archive proves nothing by itself: whoever changes an archive can put in another.
    """
    finding = parcel.verify(file, key or installation().public_key())
    for problem in finding.problems:
        click.echo(problem, err=True)
    if finding.problems:
        if finding.key:
            click.echo(f"the archive names this key as its own: {finding.key}", err=True)
        raise click.exceptions.Exit(1)
    click.echo(f"{finding.files} files, all as they were signed")


def _report(outcome: importing.Outcome) -> None:
    for entry in outcome.no_address:
        shown = entry.source_url or "nothing"
        click.echo(f"line {entry.line} ({entry.external_id}): its source is no web address: {shown}")
    for refused in outcome.refused:
        click.echo(str(refused), err=True)
    click.echo(
        f"{outcome.new} new, {outcome.present} already there, {len(outcome.refused)} refused, "
        f"{len(outcome.no_address)} without a web address"
    )
