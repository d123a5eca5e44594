"""The import of a table at the command line: what it says while it works, and at the end."""

from pathlib import Path

import click

from baukasten.plugin import ModuleRef, TenantRef
from baukasten.sdk import Scope
from baukasten_forum.importing import table
from baukasten_forum.importing.contributions import Outcome, take_over
from baukasten_forum.importing.table import Refused
from baukasten_forum.posts import is_web_address


def take(
    session: Scope, town: TenantRef, module: ModuleRef, file: Path, *, batch: int, dry_run: bool
) -> None:
    """Take a table over, or only say what is wrong with it. Raises WrongTableError."""
    rows = table.read(file)
    click.echo(f"{len(rows)} rows for {town.name}, {module.title}")
    outcome = Outcome()
    if dry_run:
        for row in rows:
            if isinstance(row, Refused):
                outcome.refused.append(row)
            elif not is_web_address(row.source_url):
                outcome.no_address.append(row)
        _report(outcome)
        click.echo("nothing was written")
        return
    for outcome in take_over(session, module, rows, batch=batch):
        # Written after the commit, so that what is shown as done stays done.
        click.echo(f"{outcome.done} of {len(rows)}")
    _report(outcome)


def _report(outcome: Outcome) -> None:
    for entry in outcome.no_address:
        shown = entry.source_url or "nothing"
        click.echo(f"line {entry.line} ({entry.external_id}): its source is no web address: {shown}")
    for refused in outcome.refused:
        click.echo(str(refused), err=True)
    click.echo(
        f"{outcome.new} new, {outcome.present} already there, {len(outcome.refused)} refused, "
        f"{len(outcome.no_address)} without a web address"
    )
