"""The command line as a whole: the core's groups, and one group a plugin."""

import sys
from pathlib import Path

import click

from baukasten import __version__
from baukasten.cli.account import account
from baukasten.cli.db import db
from baukasten.cli.demo import demo
from baukasten.cli.docs import docs
from baukasten.cli.doctor import doctor
from baukasten.cli.mail import mail
from baukasten.cli.plugin import plugin
from baukasten.cli.serve import serve, worker
from baukasten.cli.setting import Setting
from baukasten.cli.tenant import tenant
from baukasten.errors import BaukastenError
from baukasten.plugin.faults import PluginError

CORE_COMMANDS: tuple[click.Command, ...] = (
    account,
    db,
    demo,
    docs,
    doctor,
    mail,
    plugin,
    serve,
    tenant,
    worker,
)


class Commands(click.Group):
    """Looks a command up in the core first, so that a broken plugin never locks the operator out."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Name the core's commands and the plugins' groups."""
        setting = ctx.ensure_object(Setting)
        return [*sorted(self.commands), *sorted(setting.contract.registry.commands)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Find a command by name; plugins are loaded only when the core has none."""
        if cmd_name in self.commands:
            return self.commands[cmd_name]
        answer = ctx.ensure_object(Setting).contract.registry.commands.get(cmd_name)
        return None if answer is None else answer.value


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="baukasten")
@click.option(
    "--data", type=click.Path(path_type=Path, file_okay=False), help="Data folder (default: .data)."
)
@click.pass_context
def commands(context: click.Context, data: Path | None) -> None:
    """Baukasten: participation sites of many towns in one installation."""
    context.obj = Setting(data)


for _command in CORE_COMMANDS:
    commands.add_command(_command)


def run() -> None:
    """Run the command line; a refusal of the platform is one sentence, not a traceback."""
    try:
        commands(prog_name="baukasten")
    except (BaukastenError, PluginError) as error:
        click.echo(f"baukasten: {error}", err=True)
        sys.exit(1)
