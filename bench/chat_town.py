"""Our side of the live bench: a town with a live room, the live process as production serves it, and the bell."""

import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager, nullcontext
from dataclasses import dataclass

from sqlalchemy import text

from baukasten import config, house
from baukasten.access import members
from baukasten.projects.queries import module_by_id
from baukasten.realtime import exchange
from baukasten.realtime.bell import ring
from baukasten_chat.messages import service
from bench.chat_servers import LiveServer, running
from bench.chat_speaker import Say, obey
from bench.chat_wires import KIND, TALK, message
from bench.ground import SECRET, Ground, Place, open_place
from bench.load import free_port

FEATURES = ("chat.talk",)
ROOMY = {"capacity": 10_000, "busy_per_minute": 0}
"""A room that neither turns anybody away nor slows itself."""
PEOPLE = 400
"""So many talk in turn: one person alone would be asked to wait."""
ROOM = text("SELECT id FROM chat_room WHERE tenant_id = :tenant AND module_id = :module")
JOIN = text(
    "INSERT INTO membership (tenant_id, display_name) "
    "SELECT :tenant, 'Buergerin ' || n FROM generate_series(1, :count) AS n RETURNING id"
)


@dataclass(frozen=True, slots=True)
class LiveRoom:
    """Where the crowd goes in."""

    place: Place
    number: int
    people: list[int]
    """Memberships of those who talk."""
    environ: dict[str, str]
    """What processes need to know of the installation."""

    @contextmanager
    def serving(self) -> Iterator[LiveServer]:
        """Run the live process as production does."""
        port = free_port()
        command = [sys.executable, "-m", "baukasten", "serve", "live", "--port", str(port)]
        with running(command, port, str(port), self.environ) as server:
            yield server


def open_room(base: Ground, number: int = 1) -> LiveRoom:
    """Open a town with a live room that everybody may hear."""
    place = open_place(base, number, KIND, FEATURES, ROOMY)
    with base.database.session(place.id) as session:
        room_id = session.execute(ROOM, {"tenant": place.id, "module": place.module_id}).scalar_one()
        people = session.execute(JOIN, {"tenant": place.id, "count": PEOPLE}).scalars().all()
        session.commit()
    environ = {
        "BAUKASTEN_DATA": str(base.config.data_dir),
        "BAUKASTEN_SECRET_KEY": SECRET,
        "BAUKASTEN_DATABASE_URL": base.urls.app,
        "BAUKASTEN_OPERATOR_DATABASE_URL": base.urls.operator,
        "BAUKASTEN_SCHEME": "http",
    }
    return LiveRoom(place, room_id, sorted(people), environ)


class Voice:
    """Speaks from outside the live process, as pages and jobs do; it finds the installation in the environment."""

    def __init__(self, tenant_id: int) -> None:
        """Open the database; raises RuntimeError without an address."""
        setting = config.load()
        if setting.database is None:
            raise RuntimeError("who speaks needs BAUKASTEN_DATABASE_URL")
        self.tenant_id = tenant_id
        self.database = house.open_database(setting.database, house.load_contract(setting))
        self.exchange = exchange.install(self.database, setting)

    def close(self) -> None:
        """Give connections back."""
        self.exchange.bus.close()
        self.database.close()

    def bell(self, number: int) -> Say:
        """Ring a room: in a transaction of the town, told after its commit."""

        def ring_one(turn: int, due: int) -> None:
            with self.database.session(self.tenant_id) as session:
                ring(session, KIND, number, message(KIND, number, turn, due))
                session.commit()

        return ring_one

    def people(self, module_id: int, first: int) -> Say:
        """Say messages as people do: stored under the room's lock, looked at by all screens, and then rung."""

        def say_one(turn: int, due: int) -> None:
            with self.database.session(self.tenant_id) as session:
                actor = members.ref(session, first + turn % PEOPLE)
                module = module_by_id(session, module_id)
                if module is None:
                    raise RuntimeError("the room is gone")
                service.say(session, actor, module, body=TALK.format(due=due))
                session.commit()

        return say_one


def main(arguments: list[str]) -> int:
    """Speak as somebody orders it; arguments: ``bell``, town, room; or ``people``, town, module, first member."""
    way, tenant_id, *numbers = arguments
    with closing(Voice(int(tenant_id))) as voice:
        say = getattr(voice, way)(*map(int, numbers))
        obey(lambda: nullcontext(say))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
