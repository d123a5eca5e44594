"""What data protection declares: its jobs."""

from baukasten.plugin import Job, hookimpl
from baukasten.privacy import erase


@hookimpl
def register_jobs() -> list[Job]:
    """Erase a person in one town; forget the account when all towns are done."""
    return [
        # A town's suspension takes nobody's right to be forgotten.
        Job(erase.ERASE_MEMBER, erase.erase_member, even_suspended=True),
        Job(erase.FORGET_ACCOUNT, erase.forget_account, per_tenant=False, max_attempts=20),
    ]
