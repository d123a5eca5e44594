"""The check as a job: ask DNS, keep what it said, let new keys sign whose records were seen."""

from collections.abc import Callable, Sequence
from typing import cast

from sqlalchemy.dialects.postgresql import insert

from baukasten import clock
from baukasten.config import Config
from baukasten.db.session import Scope
from baukasten.jobs.queue import enqueue
from baukasten.mail.dkim import Algorithm
from baukasten.mail.message import Sender
from baukasten.mail.models import MailDomain, MailKey
from baukasten.mail.post import TOOL, Post
from baukasten.mail.zones import TOOL as ZONES
from baukasten.mail.zones import Resolver
from baukasten.plugin.refs import TenantRef
from baukasten.plugin.work import work
from baukasten.tenants.sender import findings, keys, service
from baukasten.tenants.sender.looking import Plan, Published, look, seen

CHECK, AGAIN = "tenants.check_sender", "tenants.check_sender_again"
"""Keys of the jobs: when somebody asks, and each day."""


def order(session: Scope) -> None:
    """Have the town's domain checked soon; one check at a time."""
    enqueue(session, CHECK, queueing_lock=f"{CHECK} {session.tenant_id}")


def check(session: Scope) -> None:
    """Ask DNS about the domain from which the job's town sends, and keep the answer; takes seconds."""
    job = work(session)
    config = cast("Post", job.tools[TOOL]).config
    sender = service.mail_sender(session)
    plan = plan_of(config, job.town, sender, keys.find(session, sender.domain)[1])
    # Nothing is held in the database while DNS is asked.
    session.commit()
    resolver = cast("Callable[[], Resolver]", job.tools[ZONES])()
    found = look(resolver, plan)
    keys.activate(session, plan.domain, seen(found, plan.keys))
    row = insert(MailDomain).values(
        tenant_id=session.tenant_id,
        domain=plan.domain,
        findings=findings.stored(found),
        checked_at=clock.now(),
    )
    session.execute(
        row.on_conflict_do_update(
            index_elements=["tenant_id", "domain"],
            set_={"findings": row.excluded.findings, "checked_at": row.excluded.checked_at},
        )
    )


def check_again(session: Scope) -> None:
    """Check the domain of a town that has keys for it; towns without have nothing that could break."""
    if keys.find(session, service.mail_sender(session).domain)[1]:
        check(session)


def plan_of(config: Config, town: TenantRef, sender: Sender, known: Sequence[MailKey]) -> Plan:
    """Give what there is to look at for a town, whose ``sender`` is named by its own domain."""
    return Plan(
        domain=sender.domain,
        returns=config.answer_domain(town.host) or sender.domain,
        spf_terms=config.spf_terms,
        keys=tuple(
            Published(
                key.id, key.selector, Algorithm(key.algorithm), key.public, retired=key.retired_at is not None
            )
            for key in known
        ),
    )
