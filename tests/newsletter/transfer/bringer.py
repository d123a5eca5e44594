"""A worker in a process of its own that does what waits, and tells how much memory it ever needed."""

import json
import re
import sys
from pathlib import Path

from baukasten import house
from baukasten.config import Config, DatabaseUrls
from baukasten.workshop import make_worker


def main():
    given = json.loads(sys.argv[1])
    config = Config(data_dir=Path(given["data"]), secret_key="only-for-tests", operator_host="betrieb.test")
    database = house.open_database(DatabaseUrls(*given["urls"]), house.load_contract(config))
    make_worker(config, database).run_pending()
    database.close()
    # Not what getrusage says: that begins with the memory of whoever started the process.
    status = Path("/proc/self/status").read_text(encoding="ascii")
    print(re.findall(r"VmHWM:\s+(\d+) kB", status)[0])  # noqa: T201 - kilobytes, for the parent


if __name__ == "__main__":
    main()
