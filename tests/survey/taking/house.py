"""A process that starts the server in front of a survey again and again: each line it reads is a port to serve on.

What takes long is done once, before it forks; the server itself is gunicorn with a worker, as in a town.
"""

import json
import os
import signal
import sys
from functools import partial
from pathlib import Path

from flask import Flask
from gunicorn.app.base import BaseApplication

from baukasten import house
from baukasten.app import create_app
from baukasten.config import Config, DatabaseUrls

THREADS = 4


class Serving(BaseApplication):  # type: ignore[misc]  # gunicorn says nothing of its types
    """Gunicorn as it is run for towns, with one worker."""

    def __init__(self, port, make):
        self.port, self.make = port, make
        super().__init__()

    def load_config(self):
        settings = {
            "bind": f"127.0.0.1:{self.port}",
            "worker_class": "gthread",
            "threads": THREADS,
            "control_socket_disable": True,
            "loglevel": "critical",
        }
        for name, value in settings.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        made: Flask = self.make()
        return made


def serve(config, contract) -> Flask:
    """Build the application in the worker, as no connection may be shared."""
    return create_app(config, house.open_database(config.database, contract), threads=THREADS)


def main():
    given = json.loads(sys.argv[1])
    urls = DatabaseUrls("", given["app"], given["operator"])
    config = Config(
        data_dir=Path(given["data"]),
        secret_key="only-for-tests",
        database=urls,
        scheme="http",
        live_url="local:",
        trusted_proxies=1,
    )
    contract = house.load_contract(config)
    # Who was killed is not waited for.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            os.setsid()
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            Serving(int(line), partial(serve, config, contract)).run()
        sys.stdout.write(f"{child}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
