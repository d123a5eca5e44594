"""A thousand clients in one room: our live server beside Node's socket.io and the bare ws fan-out, in one run."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from functools import partial
from statistics import median

from bench.aims import Aims
from bench.chat_crowd import Crowd, Heard
from bench.chat_servers import LiveServer, install_peers, peer, spread
from bench.chat_speaker import WIRES, Speaker
from bench.chat_town import LiveRoom, open_room
from bench.chat_wires import KIND
from bench.ground import ground, say

AIMED = 10.0
"""Messages a second at which latency is compared: ten thousand deliveries a second among a thousand."""
STEADY = (5.0, 40.0, 80.0)
PEOPLE_RATES = (5.0, 40.0)
FIRST, STEEPER, LAST = 20.0, 1.4, 2_000.0
SLOW = 0.25
"""Seconds; where a hundredth of the deliveries comes later, the ramp ends."""
PATIENCE, CLIMBING = 60.0, 3.0
"""Seconds that the last deliveries of a stretch may take; on a busy machine peers lag far behind."""
BUSY = 0.9
"""Share of its processor from which the crowd is no witness any more."""
WANTED = {"socketio": 1.0, "ws": 1.5}
"""CPU of a delivery of ours in that of a peer."""
WARMING, FEW = 40.0, 20


@dataclass(frozen=True, slots=True)
class Scale:
    """How large and how long a run is."""

    clients: int
    seconds: float
    rounds: int
    step: float
    last: float = LAST


FULL, QUICK = Scale(1_000, 6.0, 3, 3.0), Scale(100, 1.0, 1, 0.5, 100.0)


@dataclass(frozen=True, slots=True)
class Contender:
    """One kind of live server: how it is started, and how it is spoken to."""

    name: str
    run: Callable[[], AbstractContextManager[LiveServer]]
    wire: str
    room: LiveRoom | None = None
    """Ours; the peers' room is made by entering."""
    voice: tuple[str, ...] = ()
    """How our room is spoken to."""

    @property
    def host(self) -> str:
        """The name under which clients ask for it."""
        return self.room.place.host if self.room else "localhost"

    @property
    def number(self) -> int:
        """The room's number."""
        return self.room.number if self.room else 1

    def speaker(self, server: LiveServer) -> Speaker:
        """Start the process that says its messages."""
        if self.room:
            return Speaker("chat_town", list(self.voice), self.room.environ)
        return Speaker("chat_speaker", [self.wire, str(server.port), str(self.number)], {})


@dataclass(frozen=True, slots=True)
class Stretch:
    """What one rate came to."""

    heard: Heard
    wanted: int
    cpu: float
    """Seconds of the server's CPU a delivery."""
    lag: float
    """Seconds by which the speaker was late at worst."""

    @property
    def held(self) -> bool:
        """Whether everything came, and all but a hundredth within a quarter of a second."""
        return self.heard.count == self.wanted and self.heard.late_by(0.99) <= SLOW

    def line(self, name: str, rate: float) -> str:
        """Give the figures for people."""
        heard = self.heard
        return (
            f"{name:<9} {rate:4.0f}/s {heard.count / heard.seconds:8.0f} deliveries/s   "
            f"p50 {heard.late_by(0.5) * 1000:7.1f} ms   p99 {heard.late_by(0.99) * 1000:7.1f} ms   "
            f"CPU {self.cpu * 1e6:5.2f} µs   {heard.octets / heard.count:4.0f} bytes   "
            f"crowd {heard.load:4.0%}   speaker late {self.lag * 1000:5.1f} ms"
        )


@dataclass(slots=True)
class Round:
    """What one server showed in one go."""

    connects: float
    memory: float
    stretches: dict[float, Stretch] = field(default_factory=dict)


class Stand:
    """A server with its crowd and its speaker, ready to be measured."""

    def __init__(self, contender: Contender, server: LiveServer, speaker: Speaker, crowd: Crowd) -> None:
        """Take what belongs together."""
        self.name, self.server, self.speaker, self.crowd = contender.name, server, speaker, crowd

    def stretch(
        self, rate: float, seconds: float, *, shown: bool = True, patience: float = PATIENCE
    ) -> Stretch:
        """Say messages at a rate and hear them; raises RuntimeError when the server hangs up."""
        count = max(1, round(rate * seconds))
        wanted, cpu = count * len(self.crowd.listeners), self.server.cpu()
        self.speaker.order(rate, count)
        heard = self.crowd.listen(wanted, seconds + patience)
        lag = self.speaker.done()
        if not heard.count:
            raise RuntimeError(f"{self.name}: nothing came")
        found = Stretch(heard, wanted, (self.server.cpu() - cpu) / heard.count, lag)
        if shown:
            print(found.line(self.name, rate), flush=True)
        return found


@contextmanager
def standing(contender: Contender, clients: int) -> Iterator[tuple[Stand, Round]]:
    """Start a server on a processor of its own and fill its room; also gives what letting in cost."""
    servers, others = spread()
    wire = WIRES[contender.wire](KIND, contender.number)
    os.sched_setaffinity(0, servers)
    with contender.run() as server:
        os.sched_setaffinity(0, others)
        speaker = contender.speaker(server)
        try:
            first = Crowd(server.port, contender.host, wire)
            first.open(min(FEW, clients))
            first.close()
            crowd = Crowd(server.port, contender.host, wire)
            entered = _enter(server, crowd, clients)
            yield Stand(contender, server, speaker, crowd), entered
            crowd.close()
        finally:
            speaker.end()
            os.sched_setaffinity(0, servers | others)


def _enter(server: LiveServer, crowd: Crowd, clients: int) -> Round:
    """Let everybody in; the first quarter fills what the start left free, so it does not count as memory."""
    part = max(1, clients // 4)
    seconds = crowd.open(part)
    crowd.idle(0.5)
    before = server.memory()
    seconds += crowd.open(clients)
    crowd.idle(1.0)
    return Round(clients / seconds, (server.memory() - before) / (clients - part))


def measure(contender: Contender, scale: Scale, *, climb: bool) -> Round:
    """Give one server's figures at every steady rate, and where it stops holding when asked to climb."""
    with standing(contender, scale.clients) as (stand, found):
        print(
            f"{contender.name:<9} {found.connects:.0f} connects/s, {found.memory / 1000:.1f} KB a connection",
            flush=True,
        )
        stand.stretch(WARMING, scale.step, shown=False)
        for rate in sorted({*STEADY, AIMED}):
            stretch = stand.stretch(rate, scale.seconds)
            if stretch.heard.count != stretch.wanted:
                missing = stretch.wanted - stretch.heard.count
                raise RuntimeError(f"{contender.name}: {missing} deliveries are missing")
            found.stretches[rate] = stretch
        if climb:
            _climb(stand, scale)
    return found


def _climb(stand: Stand, scale: Scale) -> None:
    """Say more and more until a hundredth comes late, something is missing or the server hangs up."""
    rate, best, end = FIRST, 0.0, "as far as this bench goes"
    while rate <= scale.last:
        try:
            stretch = stand.stretch(rate, scale.step, patience=CLIMBING)
        except RuntimeError as error:
            end = str(error)
            break
        if stretch.heard.load > BUSY or stretch.lag > SLOW:
            end = "as far as the crowd hears and the speaker speaks"
            break
        if not stretch.held:
            end = "and no further"
            break
        best, rate = rate, rate * STEEPER
    size = len(stand.crowd.listeners)
    reach = f"p99 within {SLOW * 1000:.0f} ms up to {best:.0f}/s, {best * size:.0f} deliveries/s"
    print(f"ramp {stand.name}: {reach}, {end}", flush=True)


def compare(aims: Aims, rounds: dict[str, list[Round]]) -> None:
    """Print medians of the ratios of each pair of rounds; the worst rate counts."""
    ours = rounds["ours"]
    for name, theirs in rounds.items():
        if name == "ours":
            continue
        pairs = list(zip(ours, theirs, strict=True))
        costs = {
            rate: median(one.stretches[rate].cpu / other.stretches[rate].cpu for one, other in pairs)
            for rate in STEADY
        }
        said = ", ".join(f"{ratio:.2f} at {rate:.0f}/s" for rate, ratio in costs.items())
        connects = median(one.connects / other.connects for one, other in pairs)
        memory = median(one.memory / other.memory for one, other in pairs)
        print(f"ours beside {name}: CPU {said}; connects {connects:.2f}; memory {memory:.2f}")
        verdict = aims.below if name == "socketio" else aims.at_most
        verdict(f"chat-vs-{name}", max(costs.values()), WANTED[name], f" × {name}")
    late = median(
        one.stretches[AIMED].heard.late_by(0.99) / other.stretches[AIMED].heard.late_by(0.99)
        for one, other in zip(ours, rounds["socketio"], strict=True)
    )
    aims.at_most("chat-p99-ratio", late, 1.2, " × socketio")


def run(contenders: list[Contender], scale: Scale) -> dict[str, list[Round]]:
    """Measure all of them in turn, some rounds, the last with the climb."""
    rounds: dict[str, list[Round]] = {contender.name: [] for contender in contenders}
    for turn in range(scale.rounds):
        for contender in contenders:
            last = turn == scale.rounds - 1
            rounds[contender.name].append(measure(contender, scale, climb=last))
    return rounds


def main(arguments: list[str]) -> int:
    """Measure; returns 0 when all aims hold."""
    aims = Aims()
    say("bringing the peers …")
    install_peers()
    with ground() as base:
        say("opening a room …")
        room = open_room(base)
        contenders = [ours(room, "ours", "bell", room.number)]
        contenders += [Contender(name, partial(peer, name), name) for name in ("socketio", "ws")]
        scale = QUICK if "--quick" in arguments else FULL
        compare(aims, run(contenders, scale))
        report_people(ours(room, "people", "people", room.place.module_id, room.people[0]), scale)
    return aims.exit_code()


def ours(room: LiveRoom, name: str, way: str, *numbers: int) -> Contender:
    """Give our live server, spoken to in one of the ways of ``Voice``."""
    return Contender(name, room.serving, "socketio", room, (way, str(room.place.id), *map(str, numbers)))


def report_people(contender: Contender, scale: Scale) -> None:
    """Tell how long a message takes from a person to everybody, stored and looked at on its way."""
    with standing(contender, scale.clients) as (stand, _found):
        stand.stretch(PEOPLE_RATES[0], scale.step, shown=False)
        for rate in PEOPLE_RATES:
            stretch = stand.stretch(rate, scale.seconds)
            if stretch.lag > SLOW:
                most = stretch.heard.count / scale.clients / stretch.heard.seconds
                print(
                    f"{stand.name}: one process stores and looks at {most:.0f} messages a second here",
                    flush=True,
                )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
