"""Who asks for a page."""

from baukasten.plugin import MemberRef
from baukasten.sdk import Denied, here


def asker() -> MemberRef:
    """Give the member who asks; raises Denied for everybody else."""
    member = here().member
    if member is None:
        raise Denied
    return member
