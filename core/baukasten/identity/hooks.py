"""What the room of accounts declares: its jobs."""

from baukasten.identity import letters, service, tokens
from baukasten.plugin.declarations import Job
from baukasten.plugin.hookspecs import hookimpl


@hookimpl
def register_jobs() -> list[Job]:
    """Give the letters and the tidying."""
    return [
        Job(tokens.SEND_LETTER, letters.send_letter),
        Job(service.SEND_NOTICE, letters.send_notice),
        Job("identity.tidy", letters.tidy, every="41 3 * * *", per_tenant=False),
    ]
