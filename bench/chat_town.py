"""Our side of the live bench: a town with a live room, the live process as production serves it, and the bell."""

import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager, nullcontext
from dataclasses import dataclass

from sqlalchemy import text

from baukasten import config, house
from baukasten.realtime import exchange
from baukasten.realtime.bell import ring
from bench.chat_servers import LiveServer, running
from bench.chat_speaker import obey
from bench.chat_wires import KIND, message
from bench.ground import SECRET, Ground, Place, open_place
from bench.load import free_port

FEATURES = ("chat.talk",)
ROOMY = {"capacity": 10_000}
ROOM = text("SELECT id FROM chat_room WHERE tenant_id = :tenant AND module_id = :module")


@dataclass(frozen=True, slots=True)
class LiveRoom:
    """Where the crowd goes in."""

    place: Place
    number: int
    environ: dict[str, str]
    """What processes need to know of the installation."""

    @contextmanager
    def serving(self) -> Iterator[LiveServer]:
        """Run the live process as production does."""
        port = free_port()
        command = [sys.executable, "-m", "baukasten", "serve", "live", "--port", str(port)]
        with running(command, port, str(port), self.environ) as server:
            yield server


def open_room(base: Ground) -> LiveRoom:
    """Open a town with a live room that everybody may hear."""
    place = open_place(base, 1, KIND, FEATURES, ROOMY)
    with base.database.session(place.id) as session:
        number = session.execute(ROOM, {"tenant": place.id, "module": place.module_id}).scalar_one()
    environ = {
        "BAUKASTEN_DATA": str(base.config.data_dir),
        "BAUKASTEN_SECRET_KEY": SECRET,
        "BAUKASTEN_DATABASE_URL": base.urls.app,
        "BAUKASTEN_OPERATOR_DATABASE_URL": base.urls.operator,
        "BAUKASTEN_SCHEME": "http",
    }
    return LiveRoom(place, number, environ)


class Bell:
    """Rings as pages and jobs do: in a transaction of the town, told after its commit, over PostgreSQL."""

    def __init__(self, tenant_id: int, number: int) -> None:
        """Read where the installation is from the environment."""
        setting = config.load()
        if setting.database is None:
            raise RuntimeError("the bell needs BAUKASTEN_DATABASE_URL")
        self.tenant_id, self.number = tenant_id, number
        self.database = house.open_database(setting.database, house.load_contract(setting))
        self.exchange = exchange.install(self.database, setting)

    def say(self, turn: int, due: int) -> None:
        """Ring one message."""
        with self.database.session(self.tenant_id) as session:
            ring(session, KIND, self.number, message(KIND, self.number, turn, due))
            session.commit()

    def close(self) -> None:
        """Give connections back."""
        self.exchange.bus.close()
        self.database.close()


def main(arguments: list[str]) -> int:
    """Ring as somebody orders it; arguments are the numbers of town and room."""
    tenant_id, number = map(int, arguments)
    with closing(Bell(tenant_id, number)) as bell:
        obey(lambda: nullcontext(bell.say))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
