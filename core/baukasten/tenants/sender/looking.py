"""Looking into DNS: whether receivers will believe that a town's mails come from its domain."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from baukasten.mail import dkim, dmarc, spf
from baukasten.mail.zones import Kind, NoAnswerError, Resolver
from baukasten.tenants.sender.findings import About, Finding, Verdict


@dataclass(frozen=True, slots=True)
class Published:
    """A key whose record belongs into DNS."""

    id: int
    selector: str
    algorithm: dkim.Algorithm
    public: str
    retired: bool = False

    def name(self, domain: str) -> str:
        """Give the name under which its record stands (RFC 6376, 3.6.2.1)."""
        return f"{self.selector}._domainkey.{domain}"


@dataclass(frozen=True, slots=True)
class Plan:
    """What a check looks at."""

    domain: str
    """Of the sender's address, in ASCII."""
    returns: str
    """Domain of the addresses to which mails come back that cannot be delivered."""
    spf_terms: tuple[str, ...] = ()
    """What SPF records must let through; none where nobody said."""
    keys: tuple[Published, ...] = ()

    @property
    def senders(self) -> tuple[str, ...]:
        """Domains whose SPF receivers ask: single mails have the sender as their envelope, newsletters the return."""
        return tuple(dict.fromkeys((self.domain, self.returns)))


def look(resolver: Resolver, plan: Plan) -> list[Finding]:
    """Ask for all records; what DNS does not answer in time is unclear, and nothing is raised."""
    asked: list[tuple[Finding, Callable[[], Finding]]] = [
        *(
            (
                _unclear(About.DKIM, key.name(plan.domain), key.selector),
                lambda key=key: _dkim(resolver, plan, key),
            )
            for key in plan.keys
        ),
        *((_unclear(About.SPF, one), lambda one=one: _spf(resolver, plan, one)) for one in plan.senders),
        (_unclear(About.DMARC, f"_dmarc.{plan.domain}"), lambda: _dmarc(resolver, plan)),
        (_unclear(About.MX, plan.returns), lambda: _mx(resolver, plan.returns)),
    ]
    return [_or_unclear(ask, unclear) for unclear, ask in asked]


def seen(findings: Sequence[Finding], keys: Sequence[Published]) -> set[int]:
    """Name the keys whose records stand as they should."""
    good = {one.selector for one in findings if one.about is About.DKIM and one.verdict is Verdict.GOOD}
    return {key.id for key in keys if key.selector in good}


def _unclear(about: About, name: str, selector: str = "") -> Finding:
    return Finding(about, name, Verdict.UNCLEAR, "unclear", selector=selector)


def _or_unclear(ask: Callable[[], Finding], unclear: Finding) -> Finding:
    try:
        return ask()
    except NoAnswerError:
        return unclear


def _dkim(resolver: Resolver, plan: Plan, key: Published) -> Finding:
    name = key.name(plan.domain)
    found = resolver.ask(name, Kind.TXT)
    code = _key_code(found, key)
    good = {"dkim_good": Verdict.GOOD, "dkim_testing": Verdict.WEAK}
    # Mails of a retired key are believed a little less surely without its record, and no new one needs it.
    verdict = good.get(code, Verdict.WEAK if key.retired else Verdict.BAD)
    return Finding(About.DKIM, name, verdict, code, found=found, selector=key.selector)


def _key_code(found: Sequence[str], key: Published) -> str:
    """Hold the records of one selector against our key, as receivers read them (RFC 6376, 3.6.1)."""
    if len(found) != 1:
        return "dkim_several" if found else "dkim_missing"
    tags = {
        name.strip(): "".join(value.split())
        for name, equals, value in (part.partition("=") for part in found[0].split(";"))
        if equals
    }
    if not tags.get("p"):
        return "dkim_empty"
    if tags["p"] != key.public or tags.get("k", "rsa") != key.algorithm or tags.get("v", "DKIM1") != "DKIM1":
        return "dkim_other"
    if "sha256" not in tags.get("h", "sha256").split(":") or not {"*", "email"} & {
        *tags.get("s", "*").split(":")
    }:
        return "dkim_other"
    return "dkim_testing" if "y" in tags.get("t", "").split(":") else "dkim_good"


def _spf(resolver: Resolver, plan: Plan, domain: str) -> Finding:
    report = spf.read(resolver, domain)
    facts: dict[str, str | int] = {"lookups": report.lookups, "term": report.term}
    missing = [] if report.fault else [one for one in plan.spf_terms if not report.covers(one, resolver)]
    # What stands there and cannot be read is for people to mend: anything proposed might throw away what they need.
    if report.fault in {None, spf.Fault.NONE}:
        facts["value"] = spf.proposed(report.records, plan.spf_terms if report.fault else missing)
    if report.fault is not None:
        verdict, code = Verdict.BAD, f"spf_{report.fault}"
    elif missing:
        verdict, code = Verdict.BAD, "spf_uncovered"
        facts["term"] = " ".join(missing)
    elif report.end == "+":
        verdict, code = Verdict.WEAK, "spf_open"
    else:
        verdict, code = Verdict.GOOD, "spf_good"
    return Finding(About.SPF, domain, verdict, code, facts, report.records)


def _dmarc(resolver: Resolver, plan: Plan) -> Finding:
    own = f"_dmarc.{plan.domain}"
    found = [one for one in resolver.ask(own, Kind.TXT) if one.lower().startswith("v=dmarc1")]
    if len(found) > 1:
        return Finding(About.DMARC, own, Verdict.BAD, "dmarc_several", found=found)
    policy = dmarc.policy(resolver, plan.domain)
    if policy is None:
        return Finding(About.DMARC, own, Verdict.WEAK, "dmarc_missing", found=found)
    # Signatures carry the sender's own domain and are in line always; SPF speaks for the return addresses.
    strict = policy.tag("aspf") == "s"
    both = dmarc.aligned(resolver, plan.returns, plan.domain, strict=strict)
    code = "dmarc_good" if both else "dmarc_by_key"
    facts = {"wish": policy.wish(plan.domain), "returns": plan.returns}
    return Finding(About.DMARC, f"_dmarc.{policy.domain}", Verdict.GOOD, code, facts, (policy.record,))


def _mx(resolver: Resolver, domain: str) -> Finding:
    hosts = resolver.ask(domain, Kind.MX)
    if hosts == (".",):
        return Finding(About.MX, domain, Verdict.BAD, "mx_refuses")
    if hosts:
        return Finding(About.MX, domain, Verdict.GOOD, "mx_good", found=hosts)
    if resolver.ask(domain, Kind.A) or resolver.ask(domain, Kind.AAAA):
        return Finding(About.MX, domain, Verdict.WEAK, "mx_address")
    return Finding(About.MX, domain, Verdict.BAD, "mx_missing")
