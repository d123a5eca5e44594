"""A worker in a process of its own that sends until it is killed.

The clock stands a few seconds further in each run; leases of the run before are not over.
"""

import datetime as dt
import json
import sys
import threading
from pathlib import Path

from baukasten import clock, house
from baukasten.config import Config, DatabaseUrls
from baukasten.workshop import make_worker


def main():
    given = json.loads(sys.argv[1])
    config = Config(
        data_dir=Path(given["data"]),
        secret_key="only-for-tests",
        operator_host="betrieb.test",
        smtp_url=f"smtp://127.0.0.1:{given['port']}?starttls=no",
    )
    clock.set_to(dt.datetime.fromisoformat(given["now"]))
    database = house.open_database(DatabaseUrls(*given["urls"]), house.load_contract(config))
    make_worker(config, database).start()
    print("ready", flush=True)  # noqa: T201 - what the parent waits for
    threading.Event().wait()


if __name__ == "__main__":
    main()
