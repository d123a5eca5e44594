"""Why nothing can be written in a room at this moment, in words for its page."""

from baukasten.plugin import MemberRef, ModuleRef
from baukasten.sdk import Scope, may, opening, refusal
from baukasten_chat.hours import rules
from baukasten_chat.keys import STEER


def why(
    session: Scope, module: ModuleRef, member: MemberRef | None, hours: rules.Hours, permission: str
) -> str:
    """Give why nobody like this reader does something now: phase, hours, permission; empty for who may.

    To a guest nothing is closed that opens by signing in. Views only.
    """
    reason: str = opening(module, permission).reason
    if reason:
        return reason
    if permission not in rules.ALLOWED[hours.phase] and not steers(session, module, member):
        return rules.refusal(hours, permission)
    refused = refusal(session, member, permission, module) if member is not None else None
    return "" if refused is None else str(refused.message)


def steers(session: Scope, module: ModuleRef, member: MemberRef | None) -> bool:
    """Tell whether somebody leads the room, whom its hours do not bind."""
    return member is not None and may(session, member, STEER, module)
