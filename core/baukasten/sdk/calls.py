"""What the toolkit has of its own, because it takes more than one room: counting, mailing, addresses, commands."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any, Protocol, TypeVar, cast

import click
from flask import url_for
from sqlalchemy import Table

from baukasten.access.members import addresses as member_addresses
from baukasten.access.models import Membership
from baukasten.db.session import Scope
from baukasten.errors import Unavailable
from baukasten.identity.limits import Limit, Limiter
from baukasten.keyring import Keyring
from baukasten.mail import line
from baukasten.mail.line import Outgoing
from baukasten.mail.post import TOOL, Post
from baukasten.mail.sending import post as post_mail
from baukasten.plugin.refs import ContentRef, TenantRef
from baukasten.plugin.work import work
from baukasten.strongroom import Strongroom
from baukasten.web.here import here
from baukasten.web.platform import platform

T = TypeVar("T")

MEMBERS: Table = Membership.metadata.tables["membership"]
"""For joins that need people's names: ``tenant_id``, ``id`` and ``display_name`` are promised, nothing else."""


def remember(key: tuple[Any, ...], load: Callable[[], T]) -> T:
    """Give what ``load`` gave for this town and key until a public page of the town changes; views only.

    The first part of the key is the plugin's name. For what many pages show and few requests change.
    """
    return platform().memo.get(here().tenant.id, key, load)


def tally(key: str, thing: int) -> None:
    """Count the page that is being made as one view of a thing, also each time it is shown from memory; views only.

    The key is that of a declared ``Tally``, which gets the counts about every half minute; crawlers and
    questions for the head are not counted. Raises LookupError for a key that nobody declared.
    """
    platform().tallies.see(key, thing)


def reply_address(session: Scope, purpose: str, member_id: int, target_id: int) -> str:
    """Give the signed address to which a member answers in a matter, or to which a mail's reports go; jobs only.

    Empty where the installation takes no mail; raises LookupError for a purpose without a mailbox.
    """
    if purpose not in session.contract.registry.mailboxes:
        raise LookupError(f"nobody takes letters for {purpose}")
    job = work(session)
    return cast("Post", job.tools[TOOL]).reply_address(job.town, purpose, member_id, target_id)


def mail_member(session: Scope, member_id: int, subject: str, text: str, html: str, *, language: str) -> bool:
    """Send a member a mail whose words are made already; tells whether there is an address. Jobs only.

    Raises Unavailable for a later try.
    """
    address = member_addresses(session, [member_id]).get(member_id)
    if not address:
        return False
    job = work(session)
    post = cast("Post", job.tools[TOOL])
    post.send_ready(job.town, address, subject, text, html, language=language, active=job.active)
    return True


def outgoing(session: Scope) -> Outgoing:
    """Give the process's connections to the mail server, for many mails at a time; jobs only."""
    return cast("Outgoing", work(session).tools[line.TOOL])


def send_mail(
    session: Scope, to: str, template: str, subject: str, *, language: str = "", **values: Any
) -> str:
    """Send a job's one mail in the town's name and give its Message-ID, the same at each attempt; jobs only.

    Empty where the address was refused for good. Raises Unavailable for a later try, and Invalid for no address.
    """
    job = work(session)
    if not post_mail(session, to, template, subject, values, language=language, headers={}):
        return ""
    return cast("Post", job.tools[TOOL]).message_id(job.tenant, job.job_id, to)


def mail_url(session: Scope, path: str, language: str = "") -> str:
    """Give the full address of a path of the town, in a language, for mails; jobs only."""
    job = work(session)
    return cast("Post", job.tools[TOOL]).url(job.town, path, language)


def attempt(
    name: str,
    seconds: int,
    *,
    address: str = "",
    network: str = "",
    per_address: int = 0,
    per_network: int = 0,
) -> None:
    """Count a try of an address and from a network within so many seconds; raises TooMany above either number.

    What is given is stored as a keyed hash of the day; a refused try counts too. Views only.
    """
    house = platform()
    limit = Limit(name, seconds, address=per_address, network=per_network)
    Limiter(house.database, house.config.secret_key).take(limit, address=address, network=network)


def keyring(session: Scope) -> Keyring:
    """Give the keys for hashing and locking; a purpose begins with the plugin's name, and a town's with its number."""
    return session.contract.keyring


def strongroom(session: Scope) -> Strongroom:
    """Give the place for the town's secrets that must not lie in the database and not outlive their use.

    A name begins with the plugin's. Raises Unavailable in a process without a data folder, LookupError without a town.
    """
    folder = session.contract.data_dir
    if folder is None:
        raise Unavailable("this process keeps no files, so it has no strongroom")
    if session.tenant_id is None:
        raise LookupError("secrets belong to a town, and no town is set")
    return Strongroom.of(folder, session.tenant_id)


def absolute_url(path: str) -> str:
    """Give the full address of a path below the town's own host, for feeds and the like; views only."""
    return platform().config.origin(here().tenant.host) + path


def sign_in_url(back: str) -> str:
    """Give the address of the sign-in page that leads back to an address of this site; views only."""
    return url_for("identity.sign_in", next=back)


def sign_out_url() -> str:
    """Give the address to which a form is sent that signs out; its field ``next`` says where to go on; views only."""
    return url_for("identity.sign_out")


def report_url(content: ContentRef) -> str:
    """Give the address of the form that reports a contribution; views only."""
    return url_for("moderation.report", key=f"{content.type}:{content.id}")


class Installation(Protocol):
    """What a plugin's commands start from: plugins, database, towns."""

    def town(self, slug: str) -> AbstractContextManager[tuple[Scope, TenantRef]]:
        """Open a session of the app's role in a town's scope; raises NotFound for an unknown short name."""

    def public_key(self) -> str:
        """Give the key by which everybody can check what this installation signs, in base64."""


def installation() -> Installation:
    """Give the installation that the running command works on; commands only."""
    return cast("Installation", click.get_current_context().find_root().obj)
