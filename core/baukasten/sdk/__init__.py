"""What a plugin may call: the one door from plugins to the platform, beside the contract (``baukasten.plugin``).

Every name in ``__all__`` keeps its meaning within a major version; anything else in ``baukasten`` may change.
"""

from baukasten import clock
from baukasten.access.members import names as member_names
from baukasten.access.members import ref as member_by_id
from baukasten.access.members import with_roles as members_with_roles
from baukasten.access.policy import may, refusal, require
from baukasten.audit.service import record
from baukasten.content.lines import render_line
from baukasten.content.markdown import EDITORIAL, normalise
from baukasten.content.markdown import render as render_markdown
from baukasten.content.pointing import Pointing, Reference
from baukasten.content.qr import QrCode, qr_code
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
from baukasten.ids import slug, token
from baukasten.jobs.outbox import publish as publish_event
from baukasten.jobs.queue import enqueue
from baukasten.keyring import Keyring
from baukasten.mail.answers import Answer, Letter, Step
from baukasten.mail.dkim import body_hash as mail_body_hash
from baukasten.mail.headers import address as mail_address
from baukasten.mail.line import Outgoing
from baukasten.mail.line import hand_over as hand_over_mails
from baukasten.mail.message import Sender as MailSender
from baukasten.mail.never import is_never_mailed, mail_again, never_mail, never_mailed
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
from baukasten.moderation.companions import (
    accompanied,
    companion_offers,
    companions_follow,
    companions_of,
    content_in_view,
    forget_companions,
)
from baukasten.moderation.house_rules.notice import rules_notice
from baukasten.moderation.house_rules.service import current as house_rules
from baukasten.moderation.screening.listed import listed_word
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
from baukasten.plugin.work import Work, work
from baukasten.projects.calendar import days_left as days_between
from baukasten.projects.calendar import next_midnight
from baukasten.projects.desks import DeskPart, DeskTab, desk_tabs
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
from baukasten.sdk.calls import (
    MEMBERS,
    Installation,
    absolute_url,
    attempt,
    installation,
    keyring,
    mail_member,
    mail_url,
    outgoing,
    remember,
    reply_address,
    report_url,
    send_mail,
    sign_in_url,
    sign_out_url,
    strongroom,
    tally,
)
from baukasten.seal import as_pem, is_signed
from baukasten.search.preview import Preview, preview_of, previews_of
from baukasten.search.query import find as search
from baukasten.site.letterhead import Letterhead, letterhead
from baukasten.strongroom import Strongroom
from baukasten.tenants.digests import digest_items, digest_items_for, find_digest_items
from baukasten.tenants.sender.service import mail_sender, sender_problems
from baukasten.tenants.settings import read as read_settings
from baukasten.web.forgery import token_field as csrf_field
from baukasten.web.forms import Form
from baukasten.web.guard import guard_fields, guarded, signals_of
from baukasten.web.headers import as_frame, with_frames
from baukasten.web.here import Here, Identity, here
from baukasten.web.i18n import current as translator
from baukasten.web.i18n import dgettext, dngettext, speaking
from baukasten.web.i18n import translator as translator_for
from baukasten.web.languages import Language
from baukasten.web.languages import language as language_named
from baukasten.web.marks import public, requires, signed_in
from baukasten.web.pagecache import valid_until
from baukasten.web.templating import kept_part, part, render
from baukasten.web.uploads import takes_files
from baukasten.web.visitors import carries_session

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
    "DeskPart",
    "DeskTab",
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
    "QrCode",
    "Reason",
    "Reference",
    "Rejected",
    "SafeHtml",
    "Scope",
    "SignInNeeded",
    "Step",
    "Strongroom",
    "Submission",
    "TenantOwned",
    "Timestamps",
    "Told",
    "TooMany",
    "Unavailable",
    "Work",
    "absolute_url",
    "accompanied",
    "add_media",
    "as_frame",
    "as_pem",
    "attach",
    "attempt",
    "carries_session",
    "clock",
    "companion_offers",
    "companions_follow",
    "companions_of",
    "content_in_view",
    "csrf_field",
    "days_between",
    "desk_tabs",
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
    "forget_companions",
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
    "listed_word",
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
    "qr_code",
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
    "sign_out_url",
    "signals_of",
    "signed_in",
    "site_url",
    "slug",
    "speaking",
    "store_upload",
    "strongroom",
    "submit",
    "takes_files",
    "tally",
    "tenant_args",
    "tenant_key",
    "title_of",
    "token",
    "told",
    "translator",
    "translator_for",
    "valid_until",
    "wait_again",
    "with_frames",
    "withdraw_content",
    "work",
    "write_pdf",
]
