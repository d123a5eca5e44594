"""``baukasten forum``: take contributions over from a file, check an archive."""

from pathlib import Path

import click

from baukasten.sdk import installation
from baukasten_forum.exporting import parcel
from baukasten_forum.importing import contributions, dumps, sources, tables
from baukasten_forum.importing.contributions import BATCH


@click.group()
def forum() -> None:
    """Forums of the towns."""


@forum.command("import")
@click.argument("tenant")
@click.argument("module", metavar="PROJECT/MODULE")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--from",
    "kind",
    type=click.Choice(sources.KINDS),
    help="What the file is; its content tells unless said.",
)
@click.option(
    "--files",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Folder of the attachments, where they are not in the file.",
)
@click.option("--dry-run", is_flag=True, help="Tell what would be taken, and write nothing.")
@click.option("--batch", type=click.IntRange(1, 1_000), default=BATCH, help="Rows a transaction.")
def import_(
    tenant: str, module: str, file: Path, kind: str | None, files: Path | None, *, dry_run: bool, batch: int
) -> None:
    """Take contributions over from a CSV file with external_id, title, body and source_url.

    Or a whole forum: from a backup of Discourse (.tar.gz, dump.sql), or from a MySQL dump of phpBB 3. May be
    stopped and run again: what is there already is left as it is.
    """
    found = kind or sources.guess(file)
    with installation().town(tenant) as (session, town):
        place = contributions.find_forum(session, module)
        if found == sources.CSV:
            tables.take(session, town, place, file, batch=batch, dry_run=dry_run)
        else:
            dumps.take(session, town, place, file, found, files=files, batch=batch, dry_run=dry_run)


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
