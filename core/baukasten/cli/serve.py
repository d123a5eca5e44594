"""``baukasten serve`` and ``baukasten worker``: the processes that production runs."""

import asyncio
import logging
import signal
import socket
from typing import Any

import click
from flask import Flask
from gunicorn.app.base import BaseApplication

from baukasten.app import create_app, end
from baukasten.cli.setting import Setting, pass_setting
from baukasten.house import open_database
from baukasten.inbox.door import Door
from baukasten.inbox.lmtp import Listener
from baukasten.realtime.serving import answering, listen, only_live, stoppable
from baukasten.web.requests import JsonLines
from baukasten.workshop import make_worker

LOOPBACK = "127.0.0.1"
THREADS = 8
PAGES_PORT, LIVE_PORT, MAIL_PORT = 8000, 8001, 8024


class Server(BaseApplication):  # type: ignore[misc]
    """Gunicorn, configured by us alone; each worker process builds its own application."""

    def __init__(self, setting: Setting, urls: Any, options: dict[str, Any]) -> None:
        """Take the installation and gunicorn's options."""
        self.setting, self.urls, self.options = setting, urls, options
        super().__init__()

    def load_config(self) -> None:
        """Hand our options to gunicorn; a control socket in the home folder is not among them."""
        for name, value in {"control_socket_disable": True, **self.options}.items():
            if name in self.cfg.settings:
                self.cfg.set(name, value)

    def load(self) -> Flask:
        """Build the application, after the fork, so that no connection is shared between processes."""
        database = open_database(self.urls, self.setting.contract, pool_size=self.options["threads"])
        return create_app(self.setting.config, database, threads=self.options["threads"])


def _end(_arbiter: Any, worker: Any) -> None:
    """Let a process that ends in good order write down what it counted."""
    if isinstance(getattr(worker, "wsgi", None), Flask):
        end(worker.wsgi)


def log_lines() -> None:
    """Write one JSON object a line to standard error, ours from INFO on, other libraries' from WARNING on.

    Other libraries do not promise, as we do, to keep names and addresses out of their lines.
    """
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
    logging.getLogger("baukasten").setLevel(logging.INFO)


@click.group()
def serve() -> None:
    """Answer requests."""
    log_lines()


@serve.command()
@click.option("--host", default=LOOPBACK, show_default=True)
@click.option("--port", default=PAGES_PORT, show_default=True)
@click.option("--workers", default=2, show_default=True, help="Processes.")
@click.option(
    "--threads", default=THREADS, show_default=True, help="Threads a process; each may hold a connection."
)
@pass_setting
def pages(setting: Setting, host: str, port: int, workers: int, threads: int) -> None:
    """Serve pages; put a buffering proxy in front."""
    options = {"bind": f"{host}:{port}", "workers": workers, "threads": threads, "worker_class": "gthread"}
    options["worker_exit"] = _end
    with setting.urls() as urls:
        Server(setting, urls, options).run()


@serve.command()
@click.option("--host", default=LOOPBACK, show_default=True)
@click.option("--port", default=LIVE_PORT, show_default=True)
@pass_setting
def live(setting: Setting, host: str, port: int) -> None:
    """Serve live connections in one process."""
    with setting.database() as database:
        try:
            door = listen((host, port), socket.AF_INET6 if ":" in host else socket.AF_INET)
        except OSError as error:
            raise click.ClickException(f"{host}:{port}: {error.strerror}") from error
        with door:
            app = create_app(setting.config, database, live=True)
            only_live(app)
            app.extensions["baukasten.live"].follow()
            with answering(app, [door]), stoppable([signal.SIGINT, signal.SIGTERM]) as asked:
                click.echo(f"Live connections on {host}:{port}")
                asked.wait()
            end(app)


@serve.command("mail")
@click.option("--host", default=LOOPBACK, show_default=True)
@click.option("--port", default=MAIL_PORT, show_default=True)
@pass_setting
def letters(setting: Setting, host: str, port: int) -> None:
    """Take letters from a mail server over LMTP; nobody else may reach this port."""
    with setting.database() as database:
        asyncio.run(Listener(Door(database, setting.config), host, port).serve())


@click.command()
@pass_setting
def worker(setting: Setting) -> None:
    """Run jobs until stopped; any number of workers share one queue."""
    log_lines()
    with setting.database() as database:
        make_worker(setting.config, database).run()
