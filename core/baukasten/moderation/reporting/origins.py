"""Where a report comes from: a member, or a network that is known for a day and forgotten after it."""

import hashlib
import hmac

from sqlalchemy import update
from sqlalchemy.orm import Session

from baukasten import clock
from baukasten.identity.limits import Limit, home_of
from baukasten.moderation.models import Report
from baukasten.plugin.refs import MemberRef

NETWORK, MEMBER = (
    Limit("report", 60 * 60, address=0, network=30),
    Limit("report-member", 24 * 60 * 60, address=20, network=0),
)
FORGET_JOB = "moderation.forget_networks"


def origin_of(secret: str, tenant_id: int, reporter: MemberRef | None, remote: str) -> str:
    """Give what tells two reporters of one contribution apart; of a network a keyed hash that changes daily."""
    if reporter is not None:
        return f"m:{reporter.id}"
    day = f"reports:{clock.now():%Y-%m-%d}:{tenant_id}"
    daily = hmac.new(secret.encode(), day.encode(), hashlib.sha256).digest()
    return "n:" + hmac.new(daily, home_of(remote).encode(), hashlib.sha256).hexdigest()


def forget_networks(session: Session) -> None:
    """Forget the networks of earlier days, whose hashes nothing is compared with any more."""
    today = clock.now().replace(hour=0, minute=0, second=0, microsecond=0)
    old = update(Report).where(Report.origin.startswith("n:"), Report.created_at < today).values(origin="")
    session.execute(old, execution_options={"synchronize_session": False})
