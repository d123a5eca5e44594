"""Who a signed link speaks for; wrong ones, old ones and those of other towns are all unknown."""

from typing import Any

from sqlalchemy import select

from baukasten.sdk import NotFound, Scope, keyring
from baukasten_newsletter import links
from baukasten_newsletter.keys import Purpose
from baukasten_newsletter.models import Subscriber

CONFIRM, SETTINGS, LEAVE = "/newsletter/bestaetigen/", "/newsletter/einstellungen/", "/newsletter/abmelden/"
NEVER = "/newsletter/nie-wieder/"
PATHS = {
    Purpose.CONFIRM: CONFIRM,
    Purpose.PREFERENCES: SETTINGS,
    Purpose.LEAVE: LEAVE,
    Purpose.NEVER: NEVER,
}


def path(session: Scope, purpose: Purpose, subscriber_id: int, epoch: int) -> str:
    """Give the path of a person's page, without a language."""
    town = session.tenant_id or 0
    return PATHS[purpose] + links.make(keyring(session), town, purpose, subscriber_id, epoch)


def of(session: Scope, token: str, purpose: Purpose) -> Any:
    """Give the subscriber's row that a token speaks for; raises NotFound, for every wrong token alike."""
    number = links.subscriber_of(token)
    query = select(*Subscriber.__table__.c).where(Subscriber.id == (number or 0))
    row = session.execute(query).one_or_none()
    epoch = row.epoch if row is not None else 0
    right = links.is_right(token, keyring(session), session.tenant_id or 0, purpose, epoch)
    if row is None or not right:
        raise NotFound
    return row
