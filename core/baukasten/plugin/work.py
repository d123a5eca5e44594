"""What a running job may know besides its values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, cast

from sqlalchemy.orm import Session

from baukasten.plugin.refs import TenantRef

KEY = "baukasten.work"


@dataclass(frozen=True, slots=True)
class Work:
    """One attempt at a job."""

    job_id: int
    """Stays the same for all attempts, so that what goes out twice can be told by it."""
    attempt: int
    """1 for the first."""
    tenant: TenantRef | None
    """The town in whose scope the job runs; None for work of the whole installation."""
    active: frozenset[str]
    """Plugins that work for the town."""
    tools: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    """What the process lends its jobs, by name, such as the way out for mails."""

    @property
    def town(self) -> TenantRef:
        """The town; raises LookupError in a job of the whole installation."""
        if self.tenant is None:
            raise LookupError("this job runs for no town")
        return self.tenant


def begin(session: Session, work: Work) -> None:
    """Tell a job's session what it works on; the worker's part."""
    session.info[KEY] = work


def work(session: Session) -> Work:
    """Give what the session's job works on; raises LookupError outside a job."""
    if KEY not in session.info:
        raise LookupError("this session belongs to no job")
    return cast("Work", session.info[KEY])
