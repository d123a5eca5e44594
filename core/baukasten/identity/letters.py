"""Letters of the room: what a request's link says, decided when the letter is written, outside any request."""

import logging
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import text

from baukasten import clock
from baukasten.db.session import Scope
from baukasten.identity import service, sessions, tokens
from baukasten.identity.models import Token
from baukasten.identity.tokens import Purpose
from baukasten.mail.post import TOOL, Post
from baukasten.mail.transport import Refused
from baukasten.plugin.text import lazy
from baukasten.plugin.work import work

_ = lazy("core")
log = logging.getLogger(__name__)
TIDY = text("SELECT platform.tidy_identity(:moment)")


@dataclass(frozen=True, slots=True)
class Letter:
    """One kind of letter; its path may carry a secret."""

    name: str
    subject: str
    path: str

    @property
    def template(self) -> str:
        """Base name of the mail's templates."""
        return f"identity/mail/{self.name}"


CONFIRM = Letter("confirm", _("Confirm your address for %(town)s"), "/konto/bestaetigen/{secret}")
ALREADY = Letter("already", _("You already have an account"), "/konto/anmelden")
RECOVER = Letter("recover", _("Set a new password"), "/konto/wiederherstellen/{secret}")
CHANGE = Letter("change_email", _("Confirm your new address"), "/konto/bestaetigen/{secret}")
TAKEN = Letter("taken", _("This address belongs to an account already"), "/konto/anmelden")
NOTICES = {
    "address_changed": Letter(
        "address_changed", _("Your address has been changed"), "/konto/wiederherstellen"
    ),
    "password_changed": Letter(
        "password_changed", _("Your password has been changed"), "/konto/wiederherstellen"
    ),
}


def send_letter(session: Scope, *, token_id: int) -> None:
    """Write to the address of a request: the link, or that there is nothing to do; unknown ones get no recovery."""
    token = session.get(Token, token_id)
    if token is None or token.used_at is not None or token.expires_at <= clock.now():
        return
    language = str(token.data.get("language", ""))
    found = service.find(session, token.email)
    letter = _answer(token, found.id if found else None)
    if letter is None:
        tokens.retire(token)
        return
    if "{secret}" not in letter.path:
        tokens.retire(token)
        session.flush()
        _send(session, token.email, letter, language, "")
        return
    secret = tokens.arm(token, _post(session).link_secret(f"token:{token.id}"))
    if token.purpose == Purpose.RECOVER and found is not None:
        token.account_id = found.id
    # Before the letter goes out, so that its link works for the fastest reader, and after a crash.
    session.commit()
    _send(session, token.email, letter, language, secret)


def send_notice(
    session: Scope,
    *,
    kind: str,
    account_id: int | None = None,
    token_id: int | None = None,
    language: str = "",
) -> None:
    """Tell somebody after the fact: a changed password to the account, a changed address to the old one."""
    if token_id is not None:
        token = session.get(Token, token_id)
        if token is None or not token.data.get("old"):
            return
        to, language = str(token.data["old"]), str(token.data.get("language", ""))
        token.data = {}
    elif account_id is not None:
        sessions.act_as(session, account_id)
        to = service.own(session, account_id).email
    else:
        return
    _send(session, to, NOTICES[kind], language, "")


def tidy(session: Scope) -> None:
    """Forget what is over: counted attempts after two days, requests and sessions a week after their end."""
    session.execute(TIDY, {"moment": clock.now()})


def _answer(token: Token, account_id: int | None) -> Letter | None:
    """Choose the letter; whoever asked saw the same page in every case."""
    known = account_id is not None
    if token.purpose == Purpose.RECOVER:
        return RECOVER if known else None
    if token.purpose == Purpose.CONFIRM:
        return ALREADY if known else CONFIRM
    return TAKEN if known and account_id != token.account_id else CHANGE


def _post(session: Scope) -> Post:
    return cast("Post", work(session).tools[TOOL])


def _send(session: Scope, to: str, letter: Letter, language: str, secret: str) -> None:
    job, post = work(session), _post(session)
    values: dict[str, Any] = {"link": post.url(job.tenant, letter.path.format(secret=secret), language)}
    known = {"Message-ID": post.message_id(job.tenant, job.job_id, to)}
    try:
        post.send(
            job.tenant,
            to,
            letter.template,
            letter.subject,
            language=language,
            active=job.active,
            headers=known,
            **values,
        )
    except Refused:
        # The address does not exist; a later try would change nothing, and the person sees no difference.
        log.info("a letter %s was refused for good", letter.name)
