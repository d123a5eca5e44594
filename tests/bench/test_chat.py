"""A handful of listeners at a real server: every delivery is counted, and every figure comes out."""

from functools import partial

import pytest

from baukasten.web.assets.build import MODULES
from bench.aims import Aims
from bench.chat import AIMED, STEADY, Contender, Scale, compare, run, standing
from bench.chat_servers import peer

# The browser's socket.io client brings ws along: enough of a server without an installation of its own.
BARE = partial(peer, "ws", {"NODE_PATH": str(MODULES)})
TINY = Scale(5, 0.05, 1, 0.02, 20.0)


@pytest.fixture(scope="module")
def rounds():
    contenders = [Contender(name, BARE, "ws") for name in ("ours", "socketio")]
    return run(contenders, TINY)


def test_every_rate_is_measured_in_each_round(rounds):
    for (found,) in rounds.values():
        assert set(found.stretches) == {*STEADY, AIMED}
        assert found.connects > 0
        for rate, stretch in found.stretches.items():
            assert stretch.heard.count == stretch.wanted == max(1, round(rate * TINY.seconds)) * TINY.clients
            assert 0 < stretch.heard.late_by(0.5) <= stretch.heard.late_by(0.99) < 5
            assert stretch.cpu > 0
            assert stretch.heard.octets / stretch.heard.count > 250


def test_pairs_are_compared(rounds, capsys):
    compare(Aims(), rounds)
    told = capsys.readouterr().out
    assert [line.split(":")[0] for line in told.splitlines() if line.startswith("aim ")] == [
        "aim chat-vs-socketio",
        "aim chat-p99-ratio",
    ]
    assert "ours beside socketio: CPU " in told


def test_a_server_that_hangs_up_is_no_quiet_one():
    with standing(Contender("ws", BARE, "ws"), 2) as (stand, _round):
        stand.server.process.kill()
        with pytest.raises(RuntimeError, match="hung up"):
            stand.crowd.idle(5.0)
