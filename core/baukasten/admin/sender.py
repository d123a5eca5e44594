"""What the page about the sender shows: which records belong into DNS, what the last check found, what to do."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from flask import url_for

from baukasten.admin import sender_words as words
from baukasten.mail import dkim
from baukasten.mail.dkim import Algorithm
from baukasten.mail.post import default_sender
from baukasten.mail.sending import SENDER
from baukasten.plugin.text import lazy
from baukasten.tenants.sender import keys
from baukasten.tenants.sender.checking import plan_of
from baukasten.tenants.sender.findings import About, Finding, Verdict
from baukasten.tenants.sender.looking import Plan
from baukasten.tenants.sender.service import Standing, standing
from baukasten.web.here import Here
from baukasten.web.platform import platform

_ = lazy("core")

PIECE = 255
"""The longest string in a TXT record; longer texts stand in several (RFC 1035, 3.3.14)."""
POLICY = "v=DMARC1; p=none"
"""The mildest policy: it changes nothing for mails that the town sends by other ways."""
STATES: Mapping[Verdict, tuple[str, str, str]] = {
    Verdict.GOOD: (_("found"), "ok", "done"),
    Verdict.WEAK: (_("could be better"), "warn", "warning"),
    Verdict.BAD: (_("not right yet"), "bad", "no"),
    Verdict.UNCLEAR: (_("no answer"), "warn", "clock"),
}
UNCHECKED = (_("not checked yet"), "", "clock")


@dataclass(frozen=True, slots=True)
class Entry:
    """One record of DNS."""

    id: str
    title: str
    note: str
    """What there is to know beside the check."""
    state: str
    kind: str
    icon: str
    said: str
    """What the check found, and what to do."""
    name: str
    type: str
    value: str
    """Empty where only the data centre knows it, and where a check must first see what stands."""
    found: tuple[str, ...]
    """What stands there instead."""
    discard: int = 0
    """The key that can still be given up."""

    @property
    def pieces(self) -> str:
        """Give a long value in strings of their own, as some providers want it typed."""
        if len(self.value) <= PIECE:
            return ""
        parts = [self.value[start : start + PIECE] for start in range(0, len(self.value), PIECE)]
        return " ".join(f'"{part}"' for part in parts)


def context(place: Here) -> dict[str, Any]:
    """Give the values of the page; three statements."""
    stands = standing(place.session, place.tenant)
    plan = plan_of(platform().config, place.tenant, stands.sender, stands.keys)
    kinds = {Algorithm(key.algorithm): key for key in stands.keys if key.retired_at is None}
    waiting = {Algorithm(key.algorithm) for key in stands.keys if keys.is_new(key)}
    return {
        "sender": stands.sender,
        "own": stands.sender.address != default_sender(place.tenant).address,
        "leaves": place.session.contract.mails_leave,
        "hindrance": stands.hindrance,
        "flawed": any(one.verdict in {Verdict.BAD, Verdict.WEAK} for one in stands.findings),
        "checked_at": stands.checked_at,
        "entries": list(_entries(stands, plan)),
        "has_key": Algorithm.RSA in kinds,
        "may_change": Algorithm.RSA in kinds and Algorithm.RSA not in waiting,
        "may_add": Algorithm.RSA in kinds and Algorithm.ED25519 not in kinds,
        "settings_url": url_for("admin.settings_group", key=SENDER),
    }


def _entries(stands: Standing, plan: Plan) -> Iterator[Entry]:
    for key, published in zip(stands.keys, plan.keys, strict=True):
        found = next((one for one in stands.findings if one.selector == key.selector), None)
        yield _entry(
            f"key-{key.id}",
            str(_("Signature (DKIM), key %(key)s")) % {"key": key.selector},
            found,
            note=words.of_key(key, keys.STAYS),
            name=published.name(plan.domain),
            value=dkim.record(published.algorithm, key.public),
            discard=key.id if keys.is_new(key) else 0,
        )
    for number, domain in enumerate(plan.senders):
        found = _about(stands, About.SPF, domain)
        note = words.SPF if domain == plan.domain else words.SPF_RETURNS
        title = str(_("Permitted servers (SPF) for %(domain)s")) % {"domain": domain}
        value = str(found.facts.get("value", "")) if found else ""
        yield _entry(f"spf-{number}", title, found, note=str(note), name=domain, value=value)
    policy = _about(stands, About.DMARC)
    yield _entry(
        "dmarc",
        str(_("Policy for receivers (DMARC)")),
        policy,
        note=str(words.DMARC),
        name=policy.name if policy else f"_dmarc.{plan.domain}",
        value=_policy_value(policy),
    )
    returns = _about(stands, About.MX, plan.returns)
    title = str(_("Server for what comes back (MX)"))
    yield _entry("mx", title, returns, note=str(words.MX), name=plan.returns, value="", kind="MX")


def _policy_value(found: Finding | None) -> str:
    if found is not None and found.verdict is Verdict.GOOD:
        return found.found[0]
    return POLICY if found is not None and found.verdict is Verdict.WEAK else ""


def _about(stands: Standing, about: About, name: str = "") -> Finding | None:
    return next((one for one in stands.findings if one.about is about and name in {"", one.name}), None)


def _entry(
    mark: str,
    title: str,
    found: Finding | None,
    *,
    note: str,
    name: str,
    value: str,
    kind: str = "TXT",
    discard: int = 0,
) -> Entry:
    state, colour, icon = STATES[found.verdict] if found else UNCHECKED
    wrong = found is not None and found.verdict is not Verdict.GOOD
    return Entry(
        id=mark,
        title=title,
        note=note,
        state=str(state),
        kind=colour,
        icon=icon,
        said=words.of_finding(found) if found else str(words.UNCHECKED),
        name=name,
        type=kind,
        value=value,
        found=tuple(found.found) if found and (wrong or not value) else (),
        discard=discard,
    )


def algorithm_of(value: str) -> Algorithm | None:
    """Give the kind of key that a form names; nothing for any other word."""
    return Algorithm(value) if value in set(Algorithm) else None
