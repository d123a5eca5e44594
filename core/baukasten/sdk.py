"""What a plugin may call: the one door from plugins to the platform, beside the contract (``baukasten.plugin``).

Every name in ``__all__`` keeps its meaning within a major version; anything else in ``baukasten`` may change.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any, Protocol, TypeVar, cast

import click
from flask import url_for
from sqlalchemy import Table

from baukasten import clock
from baukasten.access.members import addresses as member_addresses
from baukasten.access.members import names as member_names
from baukasten.access.members import ref as member_by_id
from baukasten.access.members import with_roles as members_with_roles
from baukasten.access.models import Membership
from baukasten.access.policy import may, refusal, require
from baukasten.audit.service import record
from baukasten.content.lines import render_line
from baukasten.content.markdown import EDITORIAL, normalise
from baukasten.content.markdown import render as render_markdown
from baukasten.content.pointing import Pointing, Reference
from baukasten.content.sanitize import SANITISER_VERSION, SafeHtml
from baukasten.content.text import excerpt, plain, shorten, title_of
from baukasten.db import rls
from baukasten.db.base import Base, TenantOwned, Timestamps, tenant_args, tenant_key
from baukasten.db.relations import related
from baukasten.db.session import Scope
from baukasten.errors import (
    N_,
    BaukastenError,
    Closed,
    Conflict,
    Denied,
    Invalid,
    NotFound,
    SignInNeeded,
    TooMany,
    Unavailable,
)
from baukasten.exports.pdf import pdf_possible, write_pdf
from baukasten.exports.sheet import harmless as harmless_cell
from baukasten.exports.signing import public_key, sign
from baukasten.identity.limits import Limit, Limiter
from baukasten.ids import slug, token
from baukasten.jobs.outbox import publish as publish_event
from baukasten.jobs.queue import enqueue
from baukasten.keyring import Keyring
from baukasten.mail import line
from baukasten.mail.dkim import body_hash as mail_body_hash
from baukasten.mail.headers import address as mail_address
from baukasten.mail.line import Answer, Letter, Outgoing, Step
from baukasten.mail.line import hand_over as hand_over_mails
from baukasten.mail.message import Sender as MailSender
from baukasten.mail.never import is_never_mailed, mail_again, never_mail, never_mailed
from baukasten.mail.post import TOOL, Post
from baukasten.mail.sending import post as post_mail
from baukasten.media.models import MODULE as MODULE_MEDIA
from baukasten.media.service import (
    MAX_PAPERS,
    MAX_PICTURES,
    add_media,
    attach,
    detach,
    forget_media,
    media_by_id,
    media_of,
    own_uploads,
    read_media,
    remove_media,
    set_alt,
)
from baukasten.media.storing import store_upload
from baukasten.moderation.house_rules.notice import rules_notice
from baukasten.moderation.house_rules.service import current as house_rules
from baukasten.moderation.service import (
    Reason,
    Rejected,
    Submission,
    Told,
    let_in,
    reasons,
    submit,
    told,
    wait_again,
)
from baukasten.moderation.service import publish as publish_content
from baukasten.moderation.service import refuse as refuse_content
from baukasten.moderation.service import withdraw as withdraw_content
from baukasten.notify.service import notify
from baukasten.plugin.refs import ContentRef, TenantRef
from baukasten.plugin.work import Work, work
from baukasten.projects.calendar import days_left as days_between
from baukasten.projects.calendar import next_midnight
from baukasten.projects.handing import hand_over, receivers
from baukasten.projects.links import module_path, module_url
from baukasten.projects.links import spoken as site_url
from baukasten.projects.locate import module_for
from baukasten.projects.phases import Opening, end_text, is_open, moment_text, opening
from baukasten.projects.queries import (
    find_project,
    list_projects,
    module_at,
    module_by_id,
    modules,
    modules_by_id,
)
from baukasten.realtime.bell import ring
from baukasten.realtime.exchange import people_in
from baukasten.realtime.pace import Buckets
from baukasten.seal import as_pem, is_signed
from baukasten.search.preview import Preview, preview_of, previews_of
from baukasten.search.query import find as search
from baukasten.site.letterhead import Letterhead, letterhead
from baukasten.tenants.digests import digest_items, digest_items_for, find_digest_items
from baukasten.tenants.sender.service import mail_sender, sender_problems
from baukasten.tenants.settings import read as read_settings
from baukasten.web.forgery import token_field as csrf_field
from baukasten.web.forms import Form
from baukasten.web.guard import guard_fields, guarded, signals_of
from baukasten.web.headers import as_frame, with_frames
from baukasten.web.here import Here, Identity, here
from baukasten.web.i18n import current as translator
from baukasten.web.i18n import dgettext, dngettext
from baukasten.web.languages import Language
from baukasten.web.languages import language as language_named
from baukasten.web.marks import public, requires, signed_in
from baukasten.web.pagecache import valid_until
from baukasten.web.platform import platform
from baukasten.web.templating import kept_part, part, render
from baukasten.web.uploads import takes_files

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


def absolute_url(path: str) -> str:
    """Give the full address of a path below the town's own host, for feeds and the like; views only."""
    return platform().config.origin(here().tenant.host) + path


def sign_in_url(back: str) -> str:
    """Give the address of the sign-in page that leads back to an address of this site; views only."""
    return url_for("identity.sign_in", next=back)


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


__all__ = [
    "EDITORIAL",
    "MAX_PAPERS",
    "MAX_PICTURES",
    "MEMBERS",
    "MODULE_MEDIA",
    "N_",
    "SANITISER_VERSION",
    "Answer",
    "Base",
    "BaukastenError",
    "Buckets",
    "Closed",
    "Conflict",
    "Denied",
    "Form",
    "Here",
    "Identity",
    "Installation",
    "Invalid",
    "Keyring",
    "Language",
    "Letter",
    "Letterhead",
    "MailSender",
    "NotFound",
    "Opening",
    "Outgoing",
    "Pointing",
    "Preview",
    "Reason",
    "Reference",
    "Rejected",
    "SafeHtml",
    "Scope",
    "SignInNeeded",
    "Step",
    "Submission",
    "TenantOwned",
    "Timestamps",
    "Told",
    "TooMany",
    "Unavailable",
    "Work",
    "absolute_url",
    "add_media",
    "as_frame",
    "as_pem",
    "attach",
    "attempt",
    "clock",
    "csrf_field",
    "days_between",
    "detach",
    "dgettext",
    "digest_items",
    "digest_items_for",
    "dngettext",
    "end_text",
    "enqueue",
    "excerpt",
    "find_digest_items",
    "find_project",
    "forget_media",
    "guard_fields",
    "guarded",
    "hand_over",
    "hand_over_mails",
    "harmless_cell",
    "here",
    "house_rules",
    "installation",
    "is_never_mailed",
    "is_open",
    "is_signed",
    "kept_part",
    "keyring",
    "language_named",
    "let_in",
    "letterhead",
    "list_projects",
    "mail_address",
    "mail_again",
    "mail_body_hash",
    "mail_member",
    "mail_sender",
    "mail_url",
    "may",
    "media_by_id",
    "media_of",
    "member_by_id",
    "member_names",
    "members_with_roles",
    "module_at",
    "module_by_id",
    "module_for",
    "module_path",
    "module_url",
    "modules",
    "modules_by_id",
    "moment_text",
    "never_mail",
    "never_mailed",
    "next_midnight",
    "normalise",
    "notify",
    "opening",
    "outgoing",
    "own_uploads",
    "part",
    "pdf_possible",
    "people_in",
    "plain",
    "preview_of",
    "previews_of",
    "public",
    "public_key",
    "publish_content",
    "publish_event",
    "read_media",
    "read_settings",
    "reasons",
    "receivers",
    "record",
    "refusal",
    "refuse_content",
    "related",
    "remember",
    "remove_media",
    "render",
    "render_line",
    "render_markdown",
    "reply_address",
    "report_url",
    "require",
    "requires",
    "ring",
    "rls",
    "rules_notice",
    "search",
    "send_mail",
    "sender_problems",
    "set_alt",
    "shorten",
    "sign",
    "sign_in_url",
    "signals_of",
    "signed_in",
    "site_url",
    "slug",
    "store_upload",
    "submit",
    "takes_files",
    "tally",
    "tenant_args",
    "tenant_key",
    "title_of",
    "token",
    "told",
    "translator",
    "valid_until",
    "wait_again",
    "with_frames",
    "withdraw_content",
    "work",
    "write_pdf",
]
