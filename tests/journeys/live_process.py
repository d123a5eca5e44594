"""Pages, live connections and jobs of a town in one process beside the tests, as the demo serves them.

Started with the facts of its installation as JSON; says ``ready`` and ends when its standard input does.
"""

from gevent import monkey

monkey.patch_all()

import json  # noqa: E402 - everything that waits must be loaded after gevent took over waiting
import sys  # noqa: E402
from pathlib import Path  # noqa: E402

from gevent.os import tp_read  # noqa: E402

from baukasten import house  # noqa: E402
from baukasten.app import create_app, end  # noqa: E402
from baukasten.config import Config, DatabaseUrls  # noqa: E402
from baukasten.demo.serving import listen  # noqa: E402
from baukasten.realtime import serving  # noqa: E402
from baukasten.workshop import make_worker  # noqa: E402


def main(written: str) -> None:
    """Serve until nobody holds the other end of the input."""
    facts = json.loads(written)
    port, doors = listen(facts["port"])
    config = Config(
        data_dir=Path(facts["data_dir"]),
        secret_key=facts["secret_key"],
        database=DatabaseUrls(*facts["database"]),
        scheme="http",
        public_port=port,
    )
    assert config.database is not None
    database = house.open_database(config.database, house.load_contract(config))
    app = create_app(config, database, live=True)
    app.extensions["baukasten.live"].follow()
    worker = make_worker(config, database)
    with serving.answering(app, doors):
        worker.start()
        sys.stdout.write(f"ready {port}\n")
        sys.stdout.flush()
        while tp_read(sys.stdin.fileno(), 1):
            pass
    worker.stop(1.0)
    end(app)
    database.close()


if __name__ == "__main__":
    main(sys.argv[1])
