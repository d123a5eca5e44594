"""Much that is said in a large room travels together; in a small one, or said singly, everything leaves at once."""

import itertools
import time

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


def end_of_task(hall):
    """Let time pass, and give what the one follower ends with."""
    task = hall.server.at_work[0]
    hall.server.pass_time()
    return task.get()


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
    hall.say(1, 2, 3, 4)
    assert hall.heard() == [ring(1), ring(2)]
    hall.server.pass_time()
    assert hall.heard() == [ring(1), ring(2), ring(3, 4)]
    hall.say(5)
    assert hall.heard() == [ring(1), ring(2), ring(3, 4)]
    hall.server.pass_time()
    told = [ring(1), ring(2), ring(3, 4), ring(5)]
    assert [hall.heard(engine) for engine in hall.ears] == [told] * (FEW + 1)


def test_what_comes_singly_never_waits(hall, monkeypatch):
    moments = itertools.count(0, 2 * GAP_SECONDS)
    monkeypatch.setattr(time, "monotonic", lambda: next(moments))
    hall.come(FEW + 1)
    hall.say(1, 2, 3)
    assert hall.heard() == [ring(1), ring(2), ring(3)]
    assert hall.server.tasks == []


def test_after_a_pause_nothing_waits_and_nothing_is_left(hall):
    hall.come(FEW + 1)
    hall.say(1, 2)
    hall.server.pass_time()
    assert hall.server.at_work == []
    hall.say(3)
    assert hall.heard() == [ring(1), ring(2), ring(3)]


def test_a_failure_while_news_waits_makes_nobody_wait_for_ever(hall, monkeypatch):
    hall.come(FEW + 1)
    hall.say(1, 2, 3)
    with monkeypatch.context() as broken:
        broken.setattr(hall.people, "emit_together", lambda *_what: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            end_of_task(hall)
    hall.say(4)
    assert hall.heard() == [ring(1), ring(2), ring(4)]


def test_very_much_does_not_wait_for_the_gap(hall):
    hall.come(FEW + 1)
    hall.say(*range(MOST_TOGETHER + 3))
    at_once, together = [ring(0), ring(1)], range(2, MOST_TOGETHER + 2)
    assert hall.heard() == [*at_once, ring(*together)]
    hall.server.pass_time()
    assert hall.heard() == [*at_once, ring(*together), ring(MOST_TOGETHER + 2)]


def test_each_room_has_a_pace_of_its_own(hall):
    hall.come(FEW + 1)
    hall.come(2, "small")
    hall.say(1, 2, 3)
    hall.say(4, 5, 6, room="small")
    assert (hall.heard(), hall.heard("small0")) == ([ring(1), ring(2)], [ring(4), ring(5), ring(6)])


def test_who_leaves_meanwhile_hears_nothing_more_and_who_comes_hears_it(hall):
    gone = hall.come(FEW + 1)[0]
    hall.say(1, 2, 3)
    hall.people.leave_room(gone, "/", "room")
    hall.let_in("late")
    hall.server.pass_time()
    assert (hall.heard("room0"), hall.heard("late")) == ([ring(1), ring(2)], [ring(3)])


def test_a_room_that_emptied_is_told_again_once_somebody_comes(hall):
    sids = hall.come(FEW + 1)
    hall.say(1, 2, 3)
    for sid in sids:
        hall.people.leave_room(sid, "/", "room")
    hall.server.pass_time()
    hall.server.pass_time()
    assert hall.server.at_work == []
    hall.people.enter_room(sids[0], "/", "room")
    hall.say(4)
    assert hall.heard() == [ring(1), ring(2), ring(4)]
