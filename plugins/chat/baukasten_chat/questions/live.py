"""Asking and voting over a live connection; the pages' forms call the same two functions."""

from dataclasses import asdict
from typing import Any

from baukasten.plugin import LiveEvent, MemberRef, ModuleRef
from baukasten.sdk import Denied, Here, Invalid, Scope
from baukasten_chat.keys import ASK, VOTE
from baukasten_chat.questions import rows, service, voting

LONGEST_NONCE = 64


def ask(place: Here, data: Any) -> dict[str, Any]:
    """Ask a question; ``data`` has body, perhaps nonce and anonymous. Gives what became of it."""
    sent = _checked(data)
    body, nonce, anonymous = sent.get("body"), sent.get("nonce", ""), sent.get("anonymous", False)
    if not isinstance(body, str) or not isinstance(nonce, str) or not isinstance(anonymous, bool):
        raise Invalid
    told = asked(place.session, *who(place), body, nonce, anonymous=anonymous)
    place.session.commit()
    return told


def asked(
    session: Scope, actor: MemberRef, module: ModuleRef, body: str, nonce: str, *, anonymous: bool
) -> dict[str, Any]:
    """Ask a question, as a form or a socket brought it; raises as ``service.ask`` does, and Invalid for an odd mark."""
    if len(nonce) > LONGEST_NONCE or not nonce.isprintable():
        raise Invalid
    return asdict(service.ask(session, actor, module, body=body, nonce=nonce, anonymous=anonymous))


def vote(place: Here, data: Any) -> dict[str, Any]:
    """Vote for a question, or take that back; ``data`` has number and on. Gives the votes it has now."""
    sent = _checked(data)
    number, on = sent.get("number"), sent.get("on")
    if type(number) is not int or not isinstance(on, bool) or not 0 < number <= rows.BIGGEST:
        raise Invalid
    actor, module = who(place)
    votes = voting.vote(place.session, actor, module, number, on=on)
    place.session.commit()
    return {"number": number, "votes": votes, "on": on}


def who(place: Here) -> tuple[MemberRef, ModuleRef]:
    """Give who acts, and the room's module; raises Denied for a guest."""
    if place.member is None or place.module is None:
        raise Denied
    return place.member, place.module


def _checked(data: Any) -> dict[str, Any]:
    if not isinstance(data, dict):
        raise Invalid
    return data


EVENTS = [LiveEvent("ask", ASK, ask, in_module=True), LiveEvent("vote", VOTE, vote, in_module=True)]
