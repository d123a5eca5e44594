"""The sentences of the page about the sender: what each record is for, and what a check's finding means."""

import datetime as dt
from collections.abc import Mapping

from baukasten.mail.models import MailKey
from baukasten.plugin.text import lazy
from baukasten.tenants.sender import keys
from baukasten.tenants.sender.findings import Finding
from baukasten.web import i18n

_ = lazy("core")

SPF = _("Says which servers may send mails of this domain.")
SPF_RETURNS = _("The same for the domain to which undeliverable mails come back.")
DMARC = _("Says what receivers do with mails that neither signature nor server speaks for.")
MX = _("Reports about mails that could not be delivered come back to this domain.")

UNCHECKED = _("A check shows what stands here and what should.")

FOUND: Mapping[str, str] = {
    "unclear": _("DNS gave no answer in time. Check again later."),
    "dkim_good": _("The record stands as it should."),
    "dkim_missing": _("There is no record under this name. A new one can take some hours until it is seen."),
    "dkim_several": _("Several records stand under this name. Keep only the one shown here."),
    "dkim_empty": _("The record under this name holds no key. Replace it by the value shown here."),
    "dkim_other": _("Another key stands under this name. Replace it by the whole value shown here."),
    "dkim_testing": _("The record calls itself a test (t=y). Take this part out."),
    "spf_good": _(
        "The record is right. It takes %(lookups)s of the ten questions that receivers ask at most."
    ),
    "spf_none": _("There is no SPF record. Create the one shown here."),
    "spf_several": _("Several SPF records stand here, so receivers believe none. Merge them into one."),
    "spf_wrong_term": _(
        "Receivers cannot read the part %(term)s and ignore the whole record. Correct this part."
    ),
    "spf_wrong_include": _(
        "The part %(term)s leads to a domain without an SPF record of its own. Take it out."
    ),
    "spf_too_many": _(
        "Receivers would have to ask %(lookups)s questions and give up after ten. "
        "Take out services that do not send for you any more."
    ),
    "spf_voids": _("More than two parts lead to names that do not exist. Take them out."),
    "spf_exchanges": _(
        "The part %(term)s leads to more than ten servers. Name the servers that send instead."
    ),
    "spf_uncovered": _("The record does not let our servers through. Add this part: %(term)s"),
    "spf_open": _("The record ends in +all and lets everybody send in your name. Let it end in ~all."),
    "dmarc_good": _("The policy is found (p=%(wish)s). Sender, signature and return address agree."),
    "dmarc_by_key": _(
        "The policy is found (p=%(wish)s). The return address belongs to %(returns)s; "
        "the signature alone speaks for your domain, and that is enough."
    ),
    "dmarc_missing": _(
        "There is no DMARC record. Large providers want one from everybody who writes to many."
    ),
    "dmarc_several": _("Several DMARC records stand under this name, so none counts. Keep one."),
    "mx_good": _("A server takes mails for this domain."),
    "mx_missing": _(
        "No server takes mails for this domain. Ask your data centre which MX record belongs here."
    ),
    "mx_refuses": _(
        "The domain says that it takes no mails. Ask your data centre which MX record belongs here."
    ),
    "mx_address": _("Mails find a server only by the address of this name. An MX record is surer."),
}


def of_finding(found: Finding) -> str:
    """Say what a finding means, and what to do."""
    text = FOUND.get(found.code, FOUND["unclear"])
    return i18n.fill(str(text), str.__str__(text), found.facts)


def of_key(key: MailKey, stays: dt.timedelta) -> str:
    """Say what a key does at present."""
    formats = i18n.current().formats
    if keys.is_new(key):
        return str(_("This key signs nothing yet: it begins as soon as a check finds its record."))
    if key.retired_at is not None:
        day = formats.date(key.retired_at + stays)
        return str(_("This key has been replaced. Leave its record in DNS until %(day)s.")) % {"day": day}
    if key.active_since is None:
        return ""
    day = formats.date(key.active_since)
    return str(_("This key has been signing your mails since %(day)s.")) % {"day": day}
