"""Names of rooms: a socket joins what the core names for it, never what a client asks for."""

from baukasten.errors import BaukastenError


class WrongRoomError(BaukastenError):
    """A room name that the core cannot have given."""


def room(tenant_id: int, kind: str, number: int) -> str:
    """Name the room of one thing of one town, such as a chat; two towns never share a name."""
    if tenant_id <= 0 or number <= 0 or not kind.replace("_", "").isalnum():
        raise WrongRoomError(f"no room is called {tenant_id}:{kind}:{number}")
    return f"t{tenant_id}:{kind}:{number}"
