"""One client's faults are its own; who goes is forgotten; what is said is answered in order."""

import json
import time

import pytest
from gevent.event import Event

from baukasten.realtime import frames, sockets, wire
from baukasten.testing.wire import PATIENCE, masked

LIMIT = 4096
"""As the stage has it."""
CALL = '421["call","x"]'


def closed_with(client):
    """Read on until the server closes, and give the code it does so with."""
    while True:
        opcode, payload = client.frame()
        if opcode == frames.CLOSE:
            with pytest.raises(ConnectionError):
                client.frame()
            return int.from_bytes(payload[:2], "big")


def test_a_handshake_is_answered_without_length_and_without_extensions(stage):
    offered = {
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
        "Sec-WebSocket-Extensions": "permessage-deflate",
    }
    with stage.client(headers=offered) as client:
        lines = client.answer.lower().split("\r\n")
        # The example of RFC 6455, section 1.3.
        assert "sec-websocket-accept: s3pplmbitxaq9kygzzhzrbk+xoo=" in lines
        unwanted = ("content-length", "transfer-encoding", "sec-websocket-extensions")
        assert [line for line in lines if line.startswith(unwanted)] == []
        assert client.join()


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-WebSocket-Version": "8"},
        {"Sec-WebSocket-Version": ""},
        {"Sec-WebSocket-Key": ""},
        {"Sec-WebSocket-Key": "c2hvcnQ="},
        {"Sec-WebSocket-Key": "!" * 24},
        {"Connection": "keep-alive"},
        {"Upgrade": "h2c"},
        {"Origin": "http://elsewhere"},
    ],
    ids=lambda headers: "-".join(map("".join, headers.items())),
)
def test_a_wrong_handshake_is_refused(stage, headers):
    with pytest.raises(ConnectionError, match=r"HTTP/1.1 400 "):
        stage.client(headers=headers)
    assert stage.do(lambda: (len(stage.engine.sockets), stage.seen)) == (0, [])


def test_a_socket_has_its_own_origin(stage):
    with stage.client(headers={"Origin": "http://here"}) as client:
        assert client.join()


def test_events_of_one_socket_are_answered_in_the_order_in_which_they_came(stage):
    with stage.client() as client:
        client.join()
        for at in range(40):
            client.say(f'42{at}["call",{at},{0.01 if at % 7 == 0 else 0}]')
        answers = [client.text() for _ in range(40)]
    assert answers == [f'43{at}[{{"heard":{at}}}]' for at in range(40)]


def test_nobody_waits_for_the_long_answer_of_another(stage):
    with stage.client() as slow, stage.client() as quick:
        slow.join()
        quick.join()
        slow.say('421["call","slow",0.6]')
        slow.say('422["call","slow as well"]')
        for at in range(20):
            assert quick.call("call", at) == {"heard": at}
        assert "slow as well" not in stage.seen
        assert [slow.text(), slow.text()] == ['431[{"heard":"slow"}]', '432[{"heard":"slow as well"}]']


def test_more_than_waits_for_a_handler_is_left_unread_and_nothing_lost(stage):
    with stage.client() as client:
        client.join()
        client.sock.sendall(b"".join(masked(frames.TEXT, f'42["call",{at}]'.encode()) for at in range(3000)))
        assert client.call("call", "last") == {"heard": "last"}
    assert stage.seen[2:3002] == list(range(3000))


MALFORMED = {
    "bytes": (masked(frames.BINARY, b"\x00\x01"), frames.UNSUPPORTED),
    "no mask": (frames.text_frame(CALL), frames.BROKEN_RULE),
    "not utf-8": (masked(frames.TEXT, b"4\xff\xfe"), frames.NOT_TEXT),
    "half a close code": (masked(frames.CLOSE, b"\x03"), frames.BROKEN_RULE),
    "too long": (masked(frames.TEXT, b"4" * (LIMIT + 1)), frames.TOO_LARGE),
    "too long in parts": (
        masked(frames.TEXT, b"4" * LIMIT, last=False) + masked(frames.CONTINUATION, b"4"),
        frames.TOO_LARGE,
    ),
    **{
        words: (masked(frames.TEXT, words.encode()), frames.NOT_ALLOWED)
        for words in (
            '42["disconnect"]',
            '42["connect"]',
            '42["shout"]',
            '42[{"call":1}]',
            '42[["call"]]',
            "42[]",
            '42{"call":1}',
            '42"call"',
            "42",
            '42["call"',
            "42" + "[" * 3000,
            '4299["call",' + "9" * 4000 + "]",
            '42/other,["call"]',
            '451-["call",{"_placeholder":true,"num":0}]',
            '4599999999-["call",{"_placeholder":true,"num":0}]',
            '461-1["call"]',
            '44{"message":"no"}',
            "43",
            "4",
            "4x",
            "49",
            "",
            "0",
            "2probe",
            "5",
            "bAAAA",
            "x",
        )
    },
}


@pytest.mark.parametrize("name", MALFORMED, ids=lambda name: name[:24])
def test_what_is_malformed_closes_that_socket_alone(stage, name):
    data, code = MALFORMED[name]
    with stage.client() as neighbour, stage.client() as client:
        neighbour.join()
        client.join()
        client.sock.sendall(data)
        assert closed_with(client) == code
        stage.until(lambda: stage.people.count("room") == 1)
        assert stage.do(lambda: stage.seen[4:]) == ["out: transport error"]
        stage.ring("still here")
        assert neighbour.event() == ["ring", "still here"]
        assert neighbour.call("call", "me") == {"heard": "me"}


def test_a_message_of_just_the_limit_is_heard(stage):
    with stage.client() as client:
        client.join()
        words = "x" * (LIMIT - len('4210["call",""]'))
        client.say(f'4210["call","{words}"]')
        assert len(json.loads(client.text()[4:])[0]["heard"]) == len(words)


def test_a_websockets_ping_is_answered_in_its_turn(stage):
    with stage.client() as client:
        client.join()
        stage.ring("before")
        client.send(frames.PING, b"anybody?")
        assert client.frame() == (frames.TEXT, b'42["ring","before"]')
        assert client.frame() == (frames.PONG, b"anybody?")


def test_who_says_goodbye_is_answered_and_forgotten(stage):
    with stage.client() as client:
        client.join()
        client.send(frames.CLOSE, (1000).to_bytes(2, "big"))
        assert closed_with(client) == frames.NORMAL
    stage.until(lambda: not stage.engine.is_busy())
    assert stage.seen == ["connect", "in", "out: transport close"]
    assert stage.people.get_namespaces() == []


def test_who_just_hangs_up_is_forgotten(stage):
    with stage.client() as client:
        client.join()
    stage.until(lambda: not stage.engine.is_busy())
    assert stage.seen == ["connect", "in", "out: transport close"]
    assert (stage.people.get_namespaces(), stage.io.server.environ) == ([], {})


def test_what_was_said_before_hanging_up_is_heard_first(stage):
    with stage.client() as client:
        client.join()
        client.say('42["call","slow",0.05]')
        client.say('42["call","last words"]')
    stage.until(lambda: not stage.engine.is_busy())
    assert stage.seen == ["connect", "in", "slow", "last words", "out: transport close"]


def test_who_hangs_up_while_being_looked_at_goes_after_coming_in(stage):
    stage.hold = Event()
    with stage.client() as client:
        client.text()
        client.say("40")
        stage.until(lambda: stage.seen == ["connect"])
    stage.until(lambda: not stage.engine.sockets)
    assert stage.seen == ["connect"]
    stage.do(stage.hold.set)
    stage.until(lambda: not stage.engine.is_busy())
    assert stage.seen == ["connect", "in", "out: transport close"]
    assert (stage.people.get_namespaces(), stage.people.occupied()) == ([], [])


def test_who_is_sent_away_hears_it_and_the_socket_is_closed(stage):
    with stage.client() as client:
        sid = client.join()
        stage.ring("one last thing")
        stage.do(lambda: (stage.io.server.disconnect(sid), stage.io.server.disconnect(sid)))
        said = [client.frame() for _ in range(3)]
        assert said == [
            (frames.TEXT, b'42["ring","one last thing"]'),
            (frames.TEXT, b"41"),
            (frames.CLOSE, b"\x03\xe8"),
        ]
    stage.until(lambda: not stage.engine.is_busy())
    assert stage.seen == ["connect", "in", "out: server disconnect"]


def test_who_is_sent_away_on_the_way_in_does_not_arrive(stage):
    stage.hold = Event()
    with stage.client() as client:
        client.text()
        client.say("40")
        stage.until(lambda: stage.seen == ["connect"])
        (sid,) = stage.do(lambda: [sid for sid, _engine in stage.people.get_participants("/", None)])
        stage.do(lambda: stage.io.server.disconnect(sid))
        assert stage.do(lambda: stage.seen) == ["connect", "out: server disconnect"]
        stage.do(stage.hold.set)
        assert client.frame() == (frames.TEXT, b"41")
        assert closed_with(client) == frames.NORMAL
    stage.until(lambda: not stage.engine.is_busy())
    assert stage.seen == ["connect", "out: server disconnect", "in"]
    assert (stage.people.get_namespaces(), stage.people.occupied(), stage.io.server.environ) == ([], [], {})


def test_what_the_sent_away_said_meanwhile_is_not_heard(stage):
    with stage.client() as client:
        sid = client.join()
        client.say('42["call","slow",0.1]')
        client.say('42["call","unheard"]')
        stage.until(lambda: "slow" in stage.seen)
        stage.do(lambda: stage.io.server.disconnect(sid))
        assert closed_with(client) == frames.NORMAL
    stage.until(lambda: not stage.engine.is_busy())
    assert "unheard" not in stage.seen


def test_who_is_refused_hears_it_and_the_socket_is_closed(stage):
    stage.refuse = True
    with stage.client() as client:
        client.text()
        client.say("40")
        assert client.frame()[1].startswith(b"44")
        assert closed_with(client) == frames.NORMAL
    stage.until(lambda: not stage.engine.is_busy())
    assert (stage.seen, stage.people.get_namespaces()) == (["connect"], [])


def test_an_accident_on_the_way_in_leaves_nothing_behind(stage):
    stage.fail = True
    with stage.client() as client:
        client.text()
        client.say("40")
        assert closed_with(client) == frames.NORMAL
    stage.until(lambda: not stage.engine.is_busy())
    assert (stage.people.get_namespaces(), stage.io.server.environ) == ([], {})


def test_an_unknown_namespace_is_no_way_to_stay(stage):
    with stage.client() as client:
        client.text()
        client.say("40/elsewhere,")
        assert client.frame()[1].startswith(b"44/elsewhere,")
        assert closed_with(client) == frames.NORMAL


def test_coming_in_twice_is_refused_and_the_first_time_stays(stage):
    with stage.client() as client:
        client.join()
        client.say("40")
        assert client.frame()[1].startswith(b"44")
        assert client.call("call", "me") == {"heard": "me"}
    assert stage.seen.count("connect") == 1


def test_who_never_says_what_they_came_for_is_sent_away(stage, monkeypatch):
    monkeypatch.setattr(wire, "CONNECT_SECONDS", 0.1)
    with stage.client() as client:
        assert closed_with(client) == frames.NOT_ALLOWED
    stage.until(lambda: not stage.engine.is_busy())
    assert stage.seen == []


def test_who_answers_pings_stays_and_who_does_not_goes(make_stage):
    stage = make_stage(ping_interval=0.1, ping_timeout=1.0)
    with stage.client() as lively, stage.client() as silent:
        lively.join()
        silent.join()
        until = time.monotonic() + PATIENCE
        while stage.do(lambda: stage.people.count("room")) > 1:
            assert time.monotonic() < until
            assert lively.call("call", "me") == {"heard": "me"}
            time.sleep(0.02)
        assert lively.call("call", "me") == {"heard": "me"}
        assert stage.do(lambda: [one for one in stage.seen if "out" in one]) == ["out: ping timeout"]
        with pytest.raises(ConnectionError):
            closed_with(silent)


def test_nobody_is_judged_by_a_time_in_which_the_process_was_held_up(make_stage, monkeypatch):
    monkeypatch.setattr(sockets, "HELD_UP_SECONDS", 1.0)
    monkeypatch.setattr(sockets, "TICK_SECONDS", 0.8)
    stage = make_stage(ping_interval=0.1, ping_timeout=0.25)
    with stage.client() as client:
        client.join()
        assert client.frame() == (frames.TEXT, b"2")
        stage.do(lambda: time.sleep(1.2))
        time.sleep(0.1)
        client.say("3")
        assert client.call("call", "me") == {"heard": "me"}
        assert stage.seen == ["connect", "in", "me"]


def test_who_does_not_hang_up_after_the_farewell_is_cut_off(stage, monkeypatch):
    monkeypatch.setattr(wire, "LEAVE_SECONDS", 0.1)
    with stage.client() as client:
        sid = client.join()
        waiting = stage.do(lambda: (stage.io.server.disconnect(sid), len(stage.engine.leaving)))
        assert waiting[1] == 1
        stage.until(lambda: not stage.engine.leaving)
        assert closed_with(client) == frames.NORMAL


def test_a_herd_comes_in_and_everybody_hears_the_same(stage):
    herd = [stage.client() for _ in range(150)]
    for one in herd:
        one.text()
        one.say("40")
    for one in herd:
        assert one.text().startswith("40")
    stage.ring({"n": 1})
    stage.ring({"n": 2})
    assert {json.dumps([one.event(), one.event()]) for one in herd} == {
        '[["ring", {"n": 1}], ["ring", {"n": 2}]]'
    }
    for one in herd:
        one.sock.close()
    stage.until(lambda: not stage.engine.is_busy())
    assert stage.people.get_namespaces() == []


def test_the_end_says_goodbye_to_everybody(make_stage):
    stage = make_stage()
    with stage.client() as one, stage.client() as other:
        one.join()
        other.join()
        stage.asked.set()
        assert (closed_with(one), closed_with(other)) == (frames.GOING_AWAY, frames.GOING_AWAY)
    stage.thread.join(60)
    assert stage.seen.count("out: server disconnect") == 2
