"""Names of rooms come from numbers that the core knows."""

import pytest

from baukasten.realtime.rooms import WrongRoomError, room


def test_two_towns_kinds_or_things_never_share_a_room():
    names = {
        room(tenant, kind, number) for tenant in (1, 11) for kind in ("chat", "chat_1") for number in (1, 11)
    }
    assert len(names) == 8
    assert room(7, "chat", 3) == "t7:chat:3"


@pytest.mark.parametrize(
    "given", [(0, "chat", 1), (1, "chat", 0), (-1, "chat", 1), (1, "", 1), (1, "chat:2", 1), (1, "a b", 1)]
)
def test_what_the_core_cannot_have_named_is_refused(given):
    with pytest.raises(WrongRoomError):
        room(*given)
