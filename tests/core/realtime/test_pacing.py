"""Much that is said in a large room travels together; in a small one, or after a pause, everything leaves at once."""

import gevent
import pytest
import socketio
from gevent.event import Event

from baukasten.realtime import frames
from baukasten.realtime.fanout import Fanout
from baukasten.realtime.pacing import FEW, GAP_SECONDS, MOST_TOGETHER, Pace


class Ear:
    """Takes what a line would send."""

    def __init__(self):
        self.heard = []

    def send(self, frame):
        self.heard.append(frame)


class Server(socketio.Server):  # type: ignore[misc]
    """A server whose sleepers wake when the test says so."""

    def __init__(self, **options):
        super().__init__(async_mode="threading", **options)
        self.bell, self.tasks = Event(), []

    def start_background_task(self, target, *args, **kwargs):
        self.tasks.append(gevent.spawn(target, *args, **kwargs))
        gevent.sleep(0)

    def sleep(self, seconds=0):
        assert seconds == GAP_SECONDS
        self.bell.wait()

    def pass_time(self):
        bell, self.bell = self.bell, Event()
        bell.set()
        gevent.sleep(0)

    @property
    def at_work(self):
        return [one for one in self.tasks if not one.dead]


class Hall:
    def __init__(self):
        self.ears: dict[str, Ear] = {}
        self.people = Fanout(self.ears.get, lambda _engine: None)
        self.server = Server(client_manager=self.people)
        self.pace = Pace(self.server)

    def come(self, count, room="room"):
        return [self.let_in(f"{room}{number}", room) for number in range(count)]

    def let_in(self, engine, room="room"):
        self.ears[engine] = Ear()
        sid = self.people.pre_connect(engine, "/") or ""
        self.people.connect(sid, "/")
        self.people.enter_room(sid, "/", room)
        return sid

    def say(self, *numbers, room="room"):
        for number in numbers:
            self.pace.tell("ring", {"n": number}, room)

    def heard(self, engine="room0"):
        return self.ears[engine].heard


def ring(*numbers):
    return b"".join(frames.text_frame(f'42["ring",{{"n":{number}}}]') for number in numbers)


@pytest.fixture
def hall():
    made = Hall()
    yield made
    gevent.killall(made.server.tasks)


def test_a_small_room_hears_everything_at_once(hall):
    hall.come(FEW)
    hall.say(1, 2, 3)
    assert hall.heard() == [ring(1), ring(2), ring(3)]
    assert hall.server.tasks == []


def test_in_a_large_room_what_follows_closely_travels_together(hall):
    hall.come(FEW + 1)
    hall.say(1, 2, 3)
    assert hall.heard() == [ring(1)]
    hall.server.pass_time()
    assert hall.heard() == [ring(1), ring(2, 3)]
    hall.say(4)
    assert hall.heard() == [ring(1), ring(2, 3)]
    hall.server.pass_time()
    assert [hall.heard(engine) for engine in hall.ears] == [[ring(1), ring(2, 3), ring(4)]] * (FEW + 1)


def test_after_a_pause_nothing_waits_and_nothing_is_left(hall):
    hall.come(FEW + 1)
    hall.say(1)
    hall.server.pass_time()
    assert hall.server.at_work == []
    hall.say(2)
    assert hall.heard() == [ring(1), ring(2)]


def test_very_much_does_not_wait_for_the_gap(hall):
    hall.come(FEW + 1)
    hall.say(*range(MOST_TOGETHER + 2))
    together = range(1, MOST_TOGETHER + 1)
    assert hall.heard() == [ring(0), ring(*together)]
    hall.server.pass_time()
    assert hall.heard() == [ring(0), ring(*together), ring(MOST_TOGETHER + 1)]


def test_each_room_has_a_pace_of_its_own(hall):
    hall.come(FEW + 1)
    hall.come(2, "small")
    hall.say(1, 2)
    hall.say(3, 4, room="small")
    assert (hall.heard(), hall.heard("small0")) == ([ring(1)], [ring(3), ring(4)])


def test_who_leaves_meanwhile_hears_nothing_more_and_who_comes_hears_it(hall):
    gone = hall.come(FEW + 1)[0]
    hall.say(1, 2)
    hall.people.leave_room(gone, "/", "room")
    hall.let_in("late")
    hall.server.pass_time()
    assert (hall.heard("room0"), hall.heard("late")) == ([ring(1)], [ring(2)])


def test_a_room_that_emptied_is_told_again_once_somebody_comes(hall):
    sids = hall.come(FEW + 1)
    hall.say(1, 2)
    for sid in sids:
        hall.people.leave_room(sid, "/", "room")
    hall.server.pass_time()
    hall.server.pass_time()
    assert hall.server.at_work == []
    hall.people.enter_room(sids[0], "/", "room")
    hall.say(3)
    assert hall.heard() == [ring(1), ring(3)]
