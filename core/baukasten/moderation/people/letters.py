"""The letter that invites a moderator from elsewhere, its signed link, and the clock that ends loans."""

import logging
from typing import cast

from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy import select
from sqlalchemy.orm import Session

from baukasten.db.session import Scope
from baukasten.errors import NotFound
from baukasten.mail.post import TOOL, Post
from baukasten.mail.transport import Refused
from baukasten.moderation.people import loans
from baukasten.moderation.people.models import Loan
from baukasten.plugin.text import lazy
from baukasten.plugin.work import work

_ = lazy("core")
log = logging.getLogger(__name__)
PATH = "/konto/einladung"
PURPOSE = "moderation.loan"
SUBJECT = _("%(town)s asks you to help with moderation")


def token_of(secret: str, tenant_id: int, loan_id: int) -> str:
    """Give the last part of an invitation's path; it holds for this town and this purpose alone."""
    return str(URLSafeSerializer(secret, salt=PURPOSE).dumps([tenant_id, loan_id]))


def read_token(secret: str, tenant_id: int, token: str) -> int:
    """Give the loan of a path's last part; raises NotFound for one that this town did not sign."""
    try:
        signed_for, loan_id = URLSafeSerializer(secret, salt=PURPOSE).loads(token)
    except (BadSignature, ValueError, TypeError) as error:
        raise NotFound from error
    if signed_for != tenant_id:
        raise NotFound
    return int(loan_id)


def send_letter(session: Session, loan_id: int) -> None:
    """Write to the address of an invitation, unless it is over meanwhile."""
    loan = session.scalar(select(Loan).where(Loan.id == loan_id))
    if loan is None or loans.state_of(loan) is not loans.State.INVITED:
        return
    job = work(session)
    post = cast("Post", job.tools[TOOL])
    path = f"{PATH}/{token_of(post.config.secret_key, job.town.id, loan.id)}"
    try:
        post.send(
            job.tenant,
            loan.email,
            "moderation/mail/loan",
            SUBJECT,
            active=job.active,
            headers={"Message-ID": post.message_id(job.tenant, job.job_id, loan.email)},
            link=post.url(job.tenant, path),
            home_town=loan.home,
            until=loan.until,
        )
    except Refused:
        # Whoever invited learns it from the empty answer; the page must not tell which addresses exist.
        log.info("an invitation was refused for good")


def end_loans(session: Session) -> None:
    """End what has run out in this town."""
    loans.finish_all(cast("Scope", session))
    session.commit()
