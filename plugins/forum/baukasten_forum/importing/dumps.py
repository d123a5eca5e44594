"""The import of another forum's dump at the command line: sort, say what is there, store."""

from pathlib import Path
from types import ModuleType

import click

from baukasten.plugin import ModuleRef, TenantRef
from baukasten.sdk import Scope
from baukasten_forum.importing import discourse, order, phpbb, sources, storing
from baukasten_forum.importing.staging import staging

ORIGINS: dict[str, ModuleType] = {sources.DISCOURSE: discourse, sources.PHPBB: phpbb}


def take(
    session: Scope,
    town: TenantRef,
    module: ModuleRef,
    file: Path,
    kind: str,
    *,
    files: Path | None,
    batch: int,
    dry_run: bool,
) -> None:
    """Take a dump over, or only say what would be taken. Raises DumpError before anything is written."""
    origin = ORIGINS[kind]
    with staging() as sorted_dump:
        click.echo(f"reading {file.name} as a dump of {kind} for {town.name}, {module.title}")
        origin.sort(sorted_dump, file, files)
        order.finish(sorted_dump)
        total = sorted_dump.count("SELECT count(*) FROM post")
        progress = storing.Progress(total)
        if dry_run:
            progress.present = storing.present(session, module, sorted_dump, origin)
        else:
            for progress in storing.take_over(session, module, sorted_dump, origin, kind, batch=batch):
                click.echo(f"{progress.done} of {total}")
        for line in sorted_dump.report.lines():
            click.echo(line)
        if dry_run:
            click.echo(
                f"{total - progress.present} would be new, {progress.present} already there; nothing was written"
            )
        else:
            click.echo(f"{progress.new} new, {progress.present} already there, {progress.files} files")
