"""Takes files in a process of its own, where no other thread needs memory, and tells how much each needed at most."""

import json
import sys
import tracemalloc
from pathlib import Path

from baukasten import house
from baukasten.config import Config, DatabaseUrls
from baukasten.plugin.refs import TenantRef
from baukasten.plugin.work import Work, begin
from baukasten_newsletter.transfer import running


def main():
    given = json.loads(sys.argv[1])
    config = Config(data_dir=Path(given["data"]), secret_key="only-for-tests", operator_host="betrieb.test")
    database = house.open_database(DatabaseUrls(*given["urls"]), house.load_contract(config))
    for number in given["imports"]:
        with database.session(given["town"][0]) as session:
            begin(session, Work(0, 1, TenantRef(*given["town"]), frozenset(), {}))
            tracemalloc.start()
            running.run(session, import_id=number)
            print(tracemalloc.get_traced_memory()[1])  # noqa: T201 - bytes, for the parent
            tracemalloc.stop()
            session.commit()
    database.close()


if __name__ == "__main__":
    main()
