"""The verbs of an account: register, confirm, sign in, recover, change."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy import select, text, update
from sqlalchemy.exc import IntegrityError

from baukasten import clock
from baukasten.db.session import Scope
from baukasten.errors import Conflict, Invalid, NotFound
from baukasten.identity import names, passwords, sessions, tokens
from baukasten.identity.models import Account, Token
from baukasten.identity.tokens import Purpose
from baukasten.jobs import queue
from baukasten.plugin.text import lazy
from baukasten.web.here import Identity

_ = lazy("core")
T = TypeVar("T")

SEND_NOTICE = "identity.send_notice"
FIND = text("SELECT * FROM platform.find_account(:address)")
FORGET_REQUESTS = text("SELECT platform.forget_requests()")
CREATE = text("SELECT platform.create_account(:address, :hash, :name, :moment)")


@dataclass(frozen=True, slots=True)
class Found:
    """An account as the sign-in sees it."""

    id: int
    password_hash: str | None
    display_name: str
    is_operator: bool


def find(session: Scope, address: str) -> Found | None:
    """Give the open account of an address, written in any case."""
    row = session.execute(FIND, {"address": address.strip().lower()}).one_or_none()
    return None if row is None else Found(row.id, row.password_hash, row.display_name, row.is_operator)


def register(
    session: Scope, *, email: str, password: str, display_name: str, language: str = "de", target: str = ""
) -> None:
    """Ask for an account; a letter goes to the address whether it has one already or not.

    ``target`` is the page of this site that the person came from, and goes on to once confirmed.
    There is no account before the link is followed, so nobody can put a password on somebody else's address.
    Raises Invalid that names each field.
    """
    errors: dict[str, str] = {}
    address = _tried(errors, names.address, email) or ""
    _tried(errors, lambda text: passwords.check(text, address=address), password)
    name = _tried(errors, names.display_name, display_name)
    if errors:
        raise Invalid(errors)
    kept = passwords.digest(password)
    tokens.ask(session, Purpose.CONFIRM, address, hash=kept, name=name, language=language, next=target)


def confirm(session: Scope, secret: str) -> int:
    """Make the account that a confirmed registration asked for, and give its id.

    Raises NotFound for a spent link, Conflict when the address got an account meanwhile.
    """
    token = tokens.use(session, secret, Purpose.CONFIRM)
    account_id = create_account(session, token.email, token.data["hash"], token.data["name"])
    tokens.drop_others(session, Purpose.CONFIRM, token.email)
    token.data, token.account_id = {}, account_id
    return account_id


def create_account(session: Scope, email: str, password_hash: str | None, display_name: str) -> int:
    """Make a confirmed account; raises Conflict when the address has one."""
    wanted = {
        "address": email.strip().lower(),
        "hash": password_hash,
        "name": display_name,
        "moment": clock.now(),
    }
    account_id: int | None = session.scalar(CREATE, wanted)
    if account_id is None:
        raise Conflict(_("This address has an account already. Please sign in."))
    return account_id


def sign_in(session: Scope, *, email: str, password: str, host: str = "", user_agent: str = "") -> str:
    """Check address and password and give a new session's secret.

    Raises one and the same Invalid after the same work, whatever is wrong. At the operator's host (a session
    without a tenant) only operators come in.
    """
    found = find(session, email)
    fits = passwords.matches(found.password_hash if found else None, password)
    if found is None or not fits or (session.tenant_id is None and not found.is_operator):
        raise Invalid(
            {
                "": _(
                    "Address and password do not fit together. If you have just registered, confirm your address first."
                )
            }
        )
    secret = sessions.start(session, found.id, host=host, user_agent=user_agent)
    if passwords.is_outdated(found.password_hash or ""):
        _store_password(session, found.id, password)
    return secret


def sign_out(session: Scope, identity: Identity) -> None:
    """End the session that asks."""
    sessions.end(session, identity.account_id, identity.session_id)


def ask_recovery(session: Scope, *, email: str, language: str = "de") -> None:
    """Ask for a link to set a new password; the answer is the same for every address. Raises Invalid."""
    tokens.ask(session, Purpose.RECOVER, names.address(email), language=language)


def recover(session: Scope, secret: str, password: str) -> None:
    """Set the password that a recovery asked for, and end all sessions; raises Invalid, NotFound."""
    # Looked at first, so that a password that is too short does not spend the link.
    waiting = tokens.peek(session, secret, Purpose.RECOVER)
    passwords.check(password, address=waiting.email)
    token = tokens.use(session, secret, Purpose.RECOVER)
    if token.account_id is None:
        raise NotFound
    sessions.end_all(session, token.account_id)
    _store_password(session, token.account_id, password)
    tokens.drop_others(session, Purpose.RECOVER, token.email)
    _tell_changed(session, token.account_id, str(token.data.get("language", "de")))


def change_password(
    session: Scope, identity: Identity, *, current: str, new: str, language: str = "de"
) -> None:
    """Change the password after a look at the current one, and end all other sessions; raises Invalid."""
    account = own(session, identity.account_id)
    _require_password(account, current)
    passwords.check(new, address=account.email, field="new")
    _store_password(session, account.id, new)
    sessions.end_all(session, account.id, keep=identity.session_id)
    _tell_changed(session, account.id, language)


def ask_new_address(
    session: Scope, identity: Identity, *, current: str, email: str, language: str = "de"
) -> None:
    """Ask for another address; the link goes there, and nothing changes before it is followed. Raises Invalid."""
    account = own(session, identity.account_id)
    address = names.address(email)
    _require_password(account, current)
    tokens.ask(session, Purpose.CHANGE_EMAIL, address, account_id=account.id, language=language)


def change_address(session: Scope, secret: str) -> None:
    """Change the address that a confirmed request asked for, and tell the old one; raises NotFound, Conflict."""
    token = tokens.use(session, secret, Purpose.CHANGE_EMAIL)
    if token.account_id is None:
        raise NotFound
    sessions.act_as(session, token.account_id)
    account = own(session, token.account_id)
    token.data = {**token.data, "old": account.email}
    account.email = token.email
    try:
        session.flush()
    except IntegrityError as error:
        session.rollback()
        raise Conflict(_("This address has an account already.")) from error
    queue.enqueue(session, SEND_NOTICE, kind="address_changed", token_id=token.id)


def rename(session: Scope, account_id: int, display_name: str) -> str:
    """Set the name that further towns will show at first, and give it in its stored form; raises Invalid."""
    name = names.display_name(display_name)
    session.execute(update(Account).where(Account.id == account_id).values(display_name=name))
    return name


def close_account(session: Scope, account_id: int) -> None:
    """Close an account for good: no sign-in, no address, no name; frees the address for a new account."""
    sessions.end_all(session, account_id)
    session.execute(FORGET_REQUESTS)
    gone = f"closed-{account_id}@invalid"  # RFC 2606: a domain that never exists
    session.execute(
        update(Account)
        .where(Account.id == account_id)
        .values(email=gone, password_hash=None, display_name="", closed_at=clock.now())
    )


def appoint_operator(session: Scope, account_id: int, *, is_operator: bool = True) -> None:
    """Let an account into the operator's host, or take that back; an operator's session only. Raises NotFound."""
    changed = session.scalars(
        update(Account).where(Account.id == account_id).values(is_operator=is_operator).returning(Account.id)
    ).all()
    if not changed:
        raise NotFound


def own(session: Scope, account_id: int) -> Account:
    """Give an account's own row; raises NotFound when the session does not act for it."""
    account = session.scalar(select(Account).where(Account.id == account_id))
    if account is None:
        raise NotFound
    return account


def waiting(session: Scope, secret: str) -> Token:
    """Give what a confirmation link would do, for the page with its button; raises NotFound."""
    return tokens.peek(session, secret, Purpose.CONFIRM, Purpose.CHANGE_EMAIL)


def _tried(errors: dict[str, str], check: Callable[[str], T], text: str) -> T | None:
    """Check one entry and collect what is wrong, so that a person hears of everything at once."""
    try:
        return check(text)
    except Invalid as error:
        errors.update(error.errors)
        return None


def _require_password(account: Account, password: str) -> None:
    if not passwords.matches(account.password_hash, password):
        raise Invalid({"current": _("This is not your current password.")})


def _store_password(session: Scope, account_id: int, password: str) -> None:
    kept = passwords.digest(password)
    session.execute(update(Account).where(Account.id == account_id).values(password_hash=kept))


def _tell_changed(session: Scope, account_id: int, language: str) -> None:
    queue.enqueue(session, SEND_NOTICE, kind="password_changed", account_id=account_id, language=language)
