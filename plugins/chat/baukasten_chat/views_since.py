"""What scripts ask where no ring reaches them: changes since a version, and stretches of messages."""

import hashlib
from typing import Any

from flask import Response, request
from flask import json as writing

from baukasten.plugin import ModuleRef
from baukasten.sdk import Scope, here, people_in, requires
from baukasten_chat import rooms
from baukasten_chat.hours import shown as hours
from baukasten_chat.keys import READ, ROOM
from baukasten_chat.messages import history
from baukasten_chat.page import own, stretch
from baukasten_chat.page.kept import PACE, Kept
from baukasten_chat.routes import VERSION, routes

_kept = Kept()
POLL_HEADER = "Poll-After"
"""Seconds until a client without a live connection asks again; no part of the answer, which often stays the same."""


@routes.get(f"/seit/{VERSION}")
@requires(READ)
def since(module: ModuleRef, version: int) -> Response:
    """Tell what changed in a room after a version, and the facts of the room as they are now."""
    place = here()
    room = rooms.of_module(place.session, module)
    key = (place.session.tenant_id, room.id, place.language, version)
    told = _kept.get(key, room.version, lambda: _since(place.session, module, room, version))
    if place.member is not None and told["messages"]:
        mine = own.of(place.session, place.member, room.id, told["messages"], waiting=False)
        told = {**told, **_personal(mine)}
    response = _answer(told)
    response.headers[POLL_HEADER] = str(PACE.ask())
    return response


@routes.get("/verlauf")
@requires(READ)
def older(module: ModuleRef) -> Response:
    """Give a stretch of messages by number, for who scrolls."""
    place = here()
    room = rooms.of_module(place.session, module)
    found = stretch.load(place.session, room, stretch.asked(request.args))
    mine = own.of(place.session, place.member, room.id, found.messages, waiting=False)
    told = {"messages": found.messages, "older": found.older, "newer": found.newer, "version": room.version}
    return _answer({**told, **_personal(mine)})


def _since(session: Scope, module: ModuleRef, room: stretch.RoomRow, version: int) -> dict[str, Any]:
    found = history.since(session, room, version)
    return {
        "version": found.version,
        "complete": found.complete,
        "messages": found.messages,
        "questions": found.questions,
        "votes": found.votes,
        "facts": hours.room_facts(session, module, room),
        "count": people_in(session, ROOM, room.id),
    }


def _personal(mine: own.Own) -> dict[str, Any]:
    """Give what only one person is told: which messages are theirs, and what they pressed."""
    return {"mine": mine.ids, "pressed": {number: sorted(kinds) for number, kinds in mine.pressed.items()}}


def _answer(told: dict[str, Any]) -> Response:
    """Write an answer that costs a client nothing as long as it stays the same (RFC 9110, conditional requests)."""
    body = writing.dumps(told, ensure_ascii=False, separators=(",", ":"))
    response = Response(body, mimetype="application/json")
    response.headers["Cache-Control"] = "private, no-cache"
    response.set_etag(hashlib.blake2b(body.encode(), digest_size=12).hexdigest())
    response.make_conditional(request)
    return response
