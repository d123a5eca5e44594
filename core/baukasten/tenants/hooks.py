"""What the room of towns declares: the checks of the domains from which they send."""

from baukasten.plugin.declarations import Job
from baukasten.plugin.hookspecs import hookimpl
from baukasten.tenants.sender import checking


@hookimpl
def register_jobs() -> list[Job]:
    """Give the check that somebody asks for, and the daily one."""
    return [
        Job(checking.CHECK, checking.check, max_attempts=3),
        Job(checking.AGAIN, checking.check_again, every="29 5 * * *", max_attempts=3),
    ]
