"""What the room of jobs declares: handing on events, picking up what a dead worker left, forgetting old failures."""

from collections.abc import Mapping
from typing import Any

from baukasten.db.session import Scope
from baukasten.jobs import care, outbox
from baukasten.plugin.declarations import Job
from baukasten.plugin.hookspecs import hookimpl
from baukasten.plugin.work import work

EVENT_ATTEMPTS = 12
"""With the queue's growing pauses about six hours."""


def hand_on(session: Scope, *, plugin: str, event: str, facts: Mapping[str, Any]) -> None:
    """Tell one listener of one event; raises EventFailedError so that it is told again."""
    job = work(session)
    known = outbox.rebuild(session, event, facts)
    if known is not None:
        outbox.deliver(session, job.active, plugin, known)


@hookimpl
def register_jobs() -> list[Job]:
    """Give the room's jobs."""
    return [
        Job("jobs.event", hand_on, max_attempts=EVENT_ATTEMPTS),
        Job("jobs.stalled", care.pick_up_stalled, every="* * * * *", per_tenant=False),
        Job("jobs.tidy", care.forget_old, every="17 3 * * *", per_tenant=False),
    ]
