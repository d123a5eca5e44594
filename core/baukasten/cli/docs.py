"""``baukasten docs``: write the reference from what is installed."""

from pathlib import Path

import click

from baukasten.cli import reference
from baukasten.cli.setting import Setting, pass_setting


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.pass_context
@pass_setting
def docs(setting: Setting, context: click.Context, folder: Path) -> None:
    """Write the reference: hooks, events, settings, permissions, routes, commands and more, as Markdown."""
    core = context.find_root().command
    groups = list(core.commands.values()) if isinstance(core, click.Group) else []
    changed = reference.write(setting.contract, groups, folder)
    for path in changed:
        click.echo(f"{path} has changed.")
    click.echo(f"{folder} is up to date.")
