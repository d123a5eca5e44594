"""Sending one mail as a job: rendered when it goes out, recognisable when it goes out twice."""

import logging
from collections.abc import Mapping
from typing import Any, cast

from baukasten.db.session import Scope
from baukasten.mail.message import Sender
from baukasten.mail.post import TOOL, Post, default_sender
from baukasten.mail.transport import Refused
from baukasten.plugin.refs import TenantRef
from baukasten.plugin.text import LazyText
from baukasten.plugin.work import work

log = logging.getLogger("baukasten.mail")

SEND = "mail.send"
"""Key of the job; queue it with the arguments of ``send``."""
SENDER = "mail.sender"
"""Key of the settings that hold a town's sender."""


def send(
    session: Scope,
    *,
    to: str,
    template: str,
    subject: str,
    values: Mapping[str, Any] | None = None,
    language: str = "",
    headers: Mapping[str, str] | None = None,
) -> None:
    """Send a mail from templates to one address; ``subject`` is an English text of the template's catalogue.

    An address that is refused for good is given up with a log line; anything else is tried again.
    """
    folder = template.partition("/")[0]
    domain = folder if folder in session.contract.manager.plugins else "core"
    post(
        session,
        to,
        template,
        LazyText(domain, subject),
        values or {},
        language=language,
        headers=headers or {},
    )


def post(
    session: Scope,
    to: str,
    template: str,
    subject: str,
    values: Mapping[str, Any],
    *,
    language: str = "",
    headers: Mapping[str, str],
    answers_to: str = "",
) -> bool:
    """Send a job's one mail to an address; tells whether the address took it, raises Unavailable to try again.

    ``answers_to`` is the signed address for answers; mail programs keep one of the three headers that carry it.
    """
    job = work(session)
    office = cast("Post", job.tools[TOOL])
    local_part = answers_to.partition("@")[0]
    known = {**headers, "Message-ID": office.message_id(job.tenant, job.job_id, to, local_part)}
    if answers_to:
        known |= {"Reply-To": answers_to, "References": f"<{answers_to}>"}
    try:
        office.send(
            job.tenant, to, template, subject, language=language, active=job.active, headers=known, **values
        )
    except Refused:
        log.info("job %s: the mail %s was refused for good", job.job_id, template)
        return False
    return True


def sender_from(town: TenantRef, chosen: Mapping[str, Any]) -> Sender:
    """Give the sender from a town's settings; what is empty has its default."""
    usual = default_sender(town)
    return Sender(chosen.get("name") or usual.name, chosen.get("address") or usual.address, usual.domain)
