"""A live process as production runs it, with the murmuring plugin; started by tests as a command of its own."""

from gevent import monkey

monkey.patch_all()

# Whatever comes below brings sockets and locks, so it comes after.
import json  # noqa: E402
import signal  # noqa: E402
import sys  # noqa: E402
from pathlib import Path  # noqa: E402

from baukasten import house  # noqa: E402
from baukasten.app import create_app, end  # noqa: E402
from baukasten.config import Config, DatabaseUrls  # noqa: E402
from baukasten.realtime.serving import answering, listen, only_live, stoppable  # noqa: E402
from tests.core.realtime.murmur import contract  # noqa: E402


def main():
    """Serve on a free port, and say which."""
    told = json.loads(sys.argv[1])
    config = Config(Path(told["data"]), told["secret"], live_url=told["live_url"])
    database = house.open_database(DatabaseUrls(**told["database"]), contract())
    app = create_app(config, database, live=True)
    only_live(app)
    app.extensions["baukasten.live"].follow()
    with listen(("127.0.0.1", 0)) as door, answering(app, [door]), stoppable([signal.SIGTERM]) as asked:
        sys.stdout.write(f"{door.getsockname()[1]}\n")
        sys.stdout.flush()
        asked.wait()
    end(app)
    database.close()


if __name__ == "__main__":
    main()
