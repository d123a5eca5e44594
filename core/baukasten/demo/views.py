"""The demo's own pages, on its own host only: towns and accounts, and the mailbox."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

from flask import Blueprint, Response, current_app, url_for
from flask.typing import ResponseReturnValue

from baukasten.access.forms import ROLES
from baukasten.demo import letters
from baukasten.demo.folder import Keys
from baukasten.demo.plans import TownPlan
from baukasten.mail.transport import FileTransport, StoredMail
from baukasten.plugin.refs import Role
from baukasten.plugin.text import lazy
from baukasten.web.marks import public
from baukasten.web.templating import render

_ = lazy("core")
blueprint = Blueprint("demo", __name__)
EXTENSION = "baukasten.demo"
SHOWN = 100


@dataclass(frozen=True, slots=True)
class Exhibit:
    """What the demo's pages show."""

    towns: Sequence[TownPlan]
    keys: Keys
    mailbox: FileTransport
    port: int
    operator_host: str

    def url(self, address: str) -> str:
        """Give an address with the port that this demo runs at."""
        return f"{address}:{self.port}/" if self.port else f"{address}/"


def exhibit() -> Exhibit:
    """Give what this process exhibits."""
    return cast("Exhibit", current_app.extensions[EXTENSION])


@blueprint.get("/demo/")
@public
def start() -> ResponseReturnValue:
    """Show the way into every town and role."""
    shown = exhibit()
    return render(
        "demo/start.html",
        title=_("Demo"),
        here=url_for(".start"),
        towns=[_town(shown, town) for town in shown.towns],
        accounts=[_account(shown, account) for account in shown.keys.accounts],
        password=shown.keys.password,
        mailbox_url=url_for(".mailbox"),
        operator_url=shown.url(f"http://{shown.operator_host}"),
        letters=len(shown.mailbox.list(limit=SHOWN)),
    )


@blueprint.get("/postfach/")
@public
def mailbox() -> ResponseReturnValue:
    """List the mails that would have been sent, newest first."""
    return _mailbox(None)


@blueprint.get("/postfach/<letter_id>")
@public
def letter(letter_id: str) -> ResponseReturnValue:
    """Show one mail beside the list; raises NotFound."""
    return _mailbox(exhibit().mailbox.read(letter_id))


@blueprint.get("/postfach/<letter_id>/html")
@public
def html(letter_id: str) -> ResponseReturnValue:
    """Show a mail as a program for mails would: on a page of its own that may run and load nothing."""
    mail = exhibit().mailbox.read(letter_id)
    response = Response(mail.html or letters.as_html(mail.text))
    response.headers["Content-Security-Policy"] = letters.POLICY
    return response


def _mailbox(opened: StoredMail | None) -> str:
    stored = exhibit().mailbox.list(limit=SHOWN)
    chosen = None if opened is None else opened.id
    return render(
        "demo/mailbox.html",
        title=_("Mailbox of the demo"),
        here=url_for(".mailbox"),
        letters=[_line(mail, chosen) for mail in stored],
        letter=None if opened is None else _letter(opened),
    )


def _line(mail: StoredMail, chosen: str | None) -> dict[str, Any]:
    address = url_for(".letter", letter_id=mail.id)
    return {"id": mail.id, "to": mail.to, "subject": mail.subject, "when": mail.date, "url": address,
            "current": mail.id == chosen}  # fmt: skip


def _letter(mail: StoredMail) -> dict[str, Any]:
    address = url_for(".html", letter_id=mail.id)
    return {
        "to": mail.to,
        "sender": f"{mail.sender_name} <{mail.sender}>" if mail.sender_name else mail.sender,
        "subject": mail.subject,
        "when": mail.date,
        "text": mail.text,
        "html_url": address if mail.html else "",
        "links": letters.links(mail.text),
    }


def _town(shown: Exhibit, town: TownPlan) -> dict[str, str]:
    return {
        "name": town.name,
        "tagline": town.tagline,
        "url": shown.url(f"http://{town.host}"),
        "picture": town.picture,
        "text": town.text,
    }


def _account(shown: Exhibit, account: Any) -> dict[str, str]:
    role = _("Data centre") if account.role == Role.OPERATOR else ROLES[Role(account.role)]
    path = "konto/anmelden"
    return {
        "role": str(role),
        "town": account.town or str(_("All towns")),
        "name": account.name,
        "address": account.email,
        "url": shown.url(account.url) + path,
    }
