"""``baukasten demo``: three invented towns on this machine, with everything that belongs to them."""

import dataclasses
import logging
import signal
import socket
import time
from collections.abc import Sequence
from pathlib import Path

import click

from baukasten import config, house
from baukasten.access.forms import ROLES
from baukasten.app import CORE_FOLDER, package_folders
from baukasten.cli.setting import Setting, pass_setting
from baukasten.config import Config
from baukasten.demo import build, folder, plans, serving
from baukasten.demo.folder import Keys
from baukasten.demo.views import Exhibit
from baukasten.mail.transport import FileTransport
from baukasten.plugin.refs import Role
from baukasten.realtime.serving import stoppable
from baukasten.web.i18n import load_catalogues

DEFAULT_FOLDER = Path(".data/demo")
HOST = "demo.localhost"
OPERATOR = "Operator"


@click.command()
@click.option(
    "--data", type=click.Path(path_type=Path, file_okay=False), help="Data folder (default: .data/demo)."
)
@click.option("--port", type=click.IntRange(0, 65535), help="Port (default: the first free one from 8000).")
@click.option("--fresh", is_flag=True, help="Throw away what an earlier demo left in the folder.")
@pass_setting
def demo(setting: Setting, data: Path | None, port: int | None, *, fresh: bool) -> None:
    """Show three invented towns with projects, discussions and accounts for every role."""
    begun = time.monotonic()
    path = (data or setting.data_dir or DEFAULT_FOLDER).absolute()
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    with folder.held(path):
        if fresh:
            folder.clear(path)
        folder.claim(path)
        chosen, sockets = serving.listen(port)
        try:
            _show(_config(path, chosen), sockets, begun)
        finally:
            for door in sockets:
                door.close()
    click.echo("The demo has stopped; its data stay.")


def _config(path: Path, port: int) -> Config:
    """Give settings of the demo alone: nothing of the environment, so never somebody's real database."""
    plain = config.load({}, path)
    return dataclasses.replace(plain, demo_host=HOST, scheme="http", public_port=port)


def _show(settings: Config, sockets: Sequence[socket.socket], begun: float) -> None:
    click.echo("The database starts …")
    contract = house.load_contract(settings)
    load_catalogues({"core": CORE_FOLDER, **package_folders(contract)})
    with house.database_urls(settings) as urls:
        house.upgrade(urls, house.lineages(contract))
        database = house.open_database(urls, contract)
        try:
            towns = plans.read()
            keys = folder.keys(settings.data_dir, build.accounts(towns, settings.operator_host))
            build.build(database, towns, keys, click.echo)
            shown = Exhibit(
                towns, keys, FileTransport(settings.mail_dir), settings.public_port, settings.operator_host
            )
            with serving.serving(settings, database, shown, sockets):
                with stoppable([signal.SIGINT, signal.SIGTERM, signal.SIGHUP]) as asked:
                    _print(shown, time.monotonic() - begun)
                    asked.wait()
                click.echo("\nStopping …")
        finally:
            database.close()


def _print(shown: Exhibit, seconds: float) -> None:
    """Print where everything is, and who one may be."""
    click.echo(f"\nThe demo is ready after {seconds:.1f} s. Ctrl-C stops it.\n")
    start = shown.url(f"http://{HOST}")
    places = [("Start page", start), ("Mailbox", f"{start}postfach/")]
    places += [(town.name, shown.url(f"http://{town.host}")) for town in shown.towns]
    _print_table([*places, ("Console", shown.url(f"http://{shown.operator_host}"))])
    click.echo()
    _print_accounts(shown.keys)


def _print_accounts(keys: Keys) -> None:
    rows = [(_role(one.role), one.town or "all towns", one.name, one.email) for one in keys.accounts]
    head = ("Role", "Town", "Name", "E-mail address")
    _print_table([head, tuple("-" * len(word) for word in head), *rows])
    click.echo(f"\n  Password for all: {keys.password}\n")


def _print_table(rows: Sequence[tuple[str, ...]]) -> None:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        click.echo("  " + "  ".join(map(str.ljust, row, widths)).rstrip())


def _role(role: str) -> str:
    return OPERATOR if role == Role.OPERATOR else str(ROLES[Role(role)])
