"""Closing an account and removing every trace of the person, town by town (GDPR Art. 17).

The discussion stays readable: contributions lose their author, not their place.
"""

from typing import Any

from sqlalchemy import delete, text

from baukasten.access import members
from baukasten.access.models import Membership
from baukasten.db.session import Database, Scope
from baukasten.errors import N_, Invalid
from baukasten.identity import service as identity
from baukasten.jobs.outbox import publish
from baukasten.jobs.queue import enqueue
from baukasten.plugin.events import MemberErased
from baukasten.privacy import export, inventory
from baukasten.tenants import service as tenants
from baukasten.web.i18n import dgettext

ERASE_MEMBER, FORGET_ACCOUNT = "privacy.erase_member", "privacy.forget_account"
LAST_ADMIN = N_("In %(town)s you are the last administrator. Appoint another one first.")
FORGET = text("SELECT platform.forget_account(:account)")


class NotYetForgottenError(Exception):
    """A town still knows the account; the queue tries again when it has finished."""


def refuse_last_admin(database: Database, account_id: int) -> None:
    """Raise Invalid while a town would lose the last person who may run it."""
    with database.session(None, account_id) as session:
        places = export.memberships(session)
    for tenant_id, member_id in places:
        with database.session(tenant_id, account_id) as session:
            if members.is_last_admin(session, member_id):
                town = tenants.by_id(session, tenant_id).name
                raise Invalid({"": dgettext("core", LAST_ADMIN, town=town)})


def close(session: Scope, account_id: int) -> int:
    """Close an account at once and queue its erasure in every town; gives the number of towns.

    The session must act for the account. What follows is safe to run again after any crash.
    """
    places = export.memberships(session)
    identity.close_account(session, account_id)
    for tenant_id, member_id in places:
        enqueue(session, ERASE_MEMBER, tenant_id=tenant_id, member_id=member_id)
    enqueue(session, FORGET_ACCOUNT, tenant_id=None, account_id=account_id)
    return len(places)


def erase_member(session: Scope, *, member_id: int, **_values: Any) -> None:
    """Remove a person from the session's town: each store erases its own, then the membership goes."""
    for store in inventory.all_datasets(session.contract.registry):
        store.erase(session, member_id)
    gone = session.execute(
        delete(Membership).where(Membership.id == member_id).returning(Membership.id)
    ).all()
    if gone and session.tenant_id is not None:
        publish(session, MemberErased(session.tenant_id, member_id))


def forget_account(session: Scope, *, account_id: int, **_values: Any) -> None:
    """Remove the closed account once no town knows it; raises NotYetForgottenError until then."""
    if not session.execute(FORGET, {"account": account_id}).scalar_one():
        raise NotYetForgottenError(f"account {account_id} is still a member of a town")
