"""A process that mixes or answers and is killed at its n-th step: before a statement, a commit, a change of a file.

It reads orders, a line of JSON each, forks for each one, and says what became of the child.
"""

import datetime as dt
import json
import os
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import event

from baukasten import clock, house
from baukasten.config import Config
from baukasten.db.session import Database, connect
from baukasten_survey.mixing import batches, flushing, sealing

if TYPE_CHECKING:
    from _typeshed import HasFileno

FILES = {"open", "os.remove"}


class Steps:
    """Counts what a run does to the world, and ends it with -9 just before its n-th deed."""

    def __init__(self, die_at: int, strongroom: str) -> None:
        self.left, self.strongroom = die_at, strongroom

    def step(self, *_args: object, **_more: object) -> None:
        self.left -= 1
        if self.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def watch(self, database: Database) -> None:
        event.listen(database.app, "before_cursor_execute", self.step)
        event.listen(database.app, "commit", self.step)
        sys.addaudithook(self.on_file)
        sync = os.fsync

        def counted(fd: "int | HasFileno") -> None:
            self.step()
            sync(fd)

        os.fsync = counted

    def on_file(self, what: str, details: tuple[object, ...]) -> None:
        if what in FILES and str(details[0]).startswith(self.strongroom):
            self.step()


def run(order, given, contract, told):
    """Do one order in a child; what was acknowledged goes through the pipe at once."""
    town = order["town"]
    database = connect(given["app"], given["operator"], contract, 1)
    Steps(order["die_at"], given["data"]).watch(database)
    with clock.turned(dt.datetime.fromisoformat(given["now"])):
        if order["do"] == "mix":
            with database.session(town) as session:
                flushing.mix(session)
                session.commit()
            return
        for number in order["numbers"]:
            with database.session(town) as session:
                payload = sealing.encode({"q1": number})
                batches.put(session, order["survey"], 1, payload, 4096)
                session.commit()
            os.write(told, f"{number}\n".encode())


def say(line):
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def main():
    given = json.loads(sys.argv[1])
    contract = house.load_contract(Config(data_dir=Path(given["data"]), secret_key="only-for-tests"))
    say("ready")
    for line in sys.stdin:
        order = json.loads(line)
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(reading)
            run(order, given, contract, writing)
            os._exit(0)
        os.close(writing)
        with os.fdopen(reading, "rb") as pipe:
            told = [int(number) for number in pipe.read().split()]
        _, status = os.waitpid(child, 0)
        killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
        assert killed or status == 0, status
        say(json.dumps({"killed": killed, "told": told}))


if __name__ == "__main__":
    main()
