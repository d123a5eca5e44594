"""People ask for the floor over sockets too, by the same rules."""

import pytest

from tests.chat.test_live import application, call, connect

__all__ = ["application", "connect"]


def test_one_asks_for_the_floor_and_steps_back(connect, hall, anna, queue):
    socket = connect(anna)
    asked = call(socket, "speak", hall, about="Der Steg")
    assert (asked["ok"], set(asked["data"])) == (True, {"id"})
    assert queue() == ["Anna Torf"]
    assert call(socket, "speak", hall)["code"] == "conflict"
    assert call(socket, "leave", hall) == {"ok": True, "data": {}}
    assert call(socket, "leave", hall)["code"] == "not-found"


def test_a_guest_does_not_ask_for_the_floor(connect, hall):
    assert call(connect(), "speak", hall)["code"] == "sign-in"


@pytest.mark.parametrize("about", [7, ["x"], None, "x" * 141, "a\x00b"])
def test_odd_values_are_refused(connect, hall, anna, about):
    assert call(connect(anna), "speak", hall, about=about)["code"] == "invalid"
