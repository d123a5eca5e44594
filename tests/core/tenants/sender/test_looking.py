"""What DNS says about a domain is judged record by record."""

import pytest

from baukasten.mail.dkim import Algorithm
from baukasten.tenants.sender.findings import About, Finding, Verdict, stored
from baukasten.tenants.sender.looking import Plan, Published, look, seen
from tests.core.mail.zone import Zone

KEY = Published(1, "bk1", Algorithm.RSA, "QUJD")
SECOND = Published(2, "bk2", Algorithm.ED25519, "REVG")
OLD = Published(3, "bk3", Algorithm.RSA, "R0hJ", retired=True)
PLAN = Plan("stadt.example", "mitreden.stadt.example", ("include:_spf.centre.example",), (KEY, SECOND, OLD))
RIGHT = {
    ("bk1._domainkey.stadt.example", "TXT"): ["v=DKIM1; k=rsa; p=QUJD"],
    ("bk2._domainkey.stadt.example", "TXT"): ["v=DKIM1; k=ed25519; p=REVG"],
    ("bk3._domainkey.stadt.example", "TXT"): ["v=DKIM1; k=rsa; p=R0hJ"],
    ("stadt.example", "TXT"): ["v=spf1 include:_spf.centre.example -all", "something else"],
    ("mitreden.stadt.example", "TXT"): ["v=spf1 redirect=_spf.centre.example"],
    ("_spf.centre.example", "TXT"): ["v=spf1 ip4:192.0.2.0/28 -all"],
    ("_dmarc.stadt.example", "TXT"): ["v=DMARC1; p=quarantine"],
    ("mitreden.stadt.example", "MX"): ["mx.centre.example"],
}


def found(plan: Plan = PLAN, silent: str = "", **changes: list[str]) -> list[Finding]:
    """Look at the right records, some of them changed: ``TXT_stadt_example=[…]``."""
    records = dict(RIGHT)
    for key, texts in changes.items():
        kind, _, name = key.partition("_")
        records[name.replace("_", ".").replace("KEY", "_domainkey").replace("POLICY", "_dmarc"), kind] = texts
    return look(Zone(records, frozenset({silent})), plan)


def codes(findings: list[Finding], about: About) -> list[tuple[str, str]]:
    return [(one.code, str(one.verdict)) for one in findings if one.about is about]


def test_what_is_right_is_found_right():
    findings = found()
    assert [(str(one.about), one.name, one.code, str(one.verdict)) for one in findings] == [
        ("dkim", "bk1._domainkey.stadt.example", "dkim_good", "good"),
        ("dkim", "bk2._domainkey.stadt.example", "dkim_good", "good"),
        ("dkim", "bk3._domainkey.stadt.example", "dkim_good", "good"),
        ("spf", "stadt.example", "spf_good", "good"),
        ("spf", "mitreden.stadt.example", "spf_good", "good"),
        ("dmarc", "_dmarc.stadt.example", "dmarc_good", "good"),
        ("mx", "mitreden.stadt.example", "mx_good", "good"),
    ]
    assert seen(findings, PLAN.keys) == {1, 2, 3}


KEYS = {
    "v=DKIM1; k=rsa; p=QU JD": "dkim_good",
    "p=QUJD": "dkim_good",
    "v=DKIM1;h=sha256:sha1;s=email;t=s;n=note;p=QUJD;": "dkim_good",
    "v=DKIM1; t=y:s; p=QUJD": "dkim_testing",
    "v=DKIM1; k=rsa; p=": "dkim_empty",
    "v=DKIM1; k=rsa": "dkim_empty",
    "hello": "dkim_empty",
    "v=DKIM1; k=rsa; p=QUJE": "dkim_other",
    "v=DKIM1; k=ed25519; p=QUJD": "dkim_other",
    "v=DKIM2; k=rsa; p=QUJD": "dkim_other",
    "v=DKIM1; h=sha1; p=QUJD": "dkim_other",
    "v=DKIM1; s=tlsrpt; p=QUJD": "dkim_other",
}


@pytest.mark.parametrize(("record", "code"), KEYS.items(), ids=KEYS)
def test_a_keys_record_is_held_against_ours(record, code):
    findings = found(TXT_bk1_KEY_stadt_example=[record])
    verdict = {"dkim_good": "good", "dkim_testing": "weak"}.get(code, "bad")
    assert codes(findings, About.DKIM)[0] == (code, verdict)
    assert seen(findings, PLAN.keys) == ({1, 2, 3} if code == "dkim_good" else {2, 3})


def test_a_missing_record_and_two_of_them():
    missing = found(TXT_bk1_KEY_stadt_example=[], TXT_bk3_KEY_stadt_example=[])
    assert codes(missing, About.DKIM) == [
        ("dkim_missing", "bad"),
        ("dkim_good", "good"),
        ("dkim_missing", "weak"),
    ]
    twice = found(TXT_bk1_KEY_stadt_example=["v=DKIM1; p=QUJD", "v=DKIM1; p=QUJD"])
    assert codes(twice, About.DKIM)[0] == ("dkim_several", "bad")


SPF = {
    "nothing": ([], "spf_none", "bad", "", "v=spf1 include:_spf.centre.example ~all"),
    "two": (["v=spf1 -all", "v=spf1 mx"], "spf_several", "bad", "", None),
    "not us": (
        ["v=spf1 mx -all"], "spf_uncovered", "bad", "include:_spf.centre.example",
        "v=spf1 include:_spf.centre.example mx -all",
    ),
    "everybody": (
        ["v=spf1 include:_spf.centre.example +all"], "spf_open", "weak", "",
        "v=spf1 include:_spf.centre.example +all",
    ),
    "nonsense": (
        ["v=spf1 include:_spf.centre.example nonsense -all"], "spf_wrong_term", "bad", "nonsense", None,
    ),
}  # fmt: skip


@pytest.mark.parametrize(("records", "code", "verdict", "term", "value"), SPF.values(), ids=SPF)
def test_spf_is_judged_with_what_to_publish(records, code, verdict, term, value):
    findings = found(TXT_stadt_example=records, MX_stadt_example=["mx.centre.example"])
    assert codes(findings, About.SPF) == [(code, verdict), ("spf_good", "good")]
    spf = next(one for one in findings if one.about is About.SPF)
    assert (spf.facts["term"], spf.facts.get("value")) == (term, value)


def test_where_nobody_said_what_spf_must_hold_any_right_record_is_good():
    plan = Plan("stadt.example", "stadt.example")
    findings = found(plan, TXT_stadt_example=["v=spf1 -all"])
    assert codes(findings, About.SPF) == [("spf_good", "good")]


def test_dmarc_is_judged_by_what_speaks_for_the_sender():
    apart = Plan("stadt.example", "rueckweg.centre.example")
    assert codes(found(), About.DMARC) == [("dmarc_good", "good")]
    assert codes(found(apart), About.DMARC) == [("dmarc_by_key", "good")]
    strict = ["v=DMARC1; p=reject; aspf=s"]
    assert codes(found(TXT_POLICY_stadt_example=strict), About.DMARC) == [("dmarc_by_key", "good")]
    assert codes(found(TXT_POLICY_stadt_example=[]), About.DMARC) == [("dmarc_missing", "weak")]
    assert codes(found(TXT_POLICY_stadt_example=strict * 2), About.DMARC) == [("dmarc_several", "bad")]
    (above,) = [
        one for one in found(Plan("brief.stadt.example", "brief.stadt.example")) if one.about is About.DMARC
    ]
    assert (above.name, above.facts["wish"]) == ("_dmarc.stadt.example", "quarantine")


def test_mails_that_come_back_need_a_server():
    assert codes(found(MX_mitreden_stadt_example=["."]), About.MX) == [("mx_refuses", "bad")]
    assert codes(found(MX_mitreden_stadt_example=[]), About.MX) == [("mx_missing", "bad")]
    address = found(MX_mitreden_stadt_example=[], AAAA_mitreden_stadt_example=["2001:db8::1"])
    assert codes(address, About.MX) == [("mx_address", "weak")]


@pytest.mark.parametrize(("silent", "unclear"), [
    ("bk1._domainkey.stadt.example", ["bk1._domainkey.stadt.example"]),
    ("_spf.centre.example", ["stadt.example", "mitreden.stadt.example"]),
    ("_dmarc.stadt.example", ["_dmarc.stadt.example"]),
])  # fmt: skip
def test_what_dns_does_not_answer_is_unclear_and_the_rest_is_told(silent, unclear):
    findings = found(silent=silent)
    assert [one.name for one in findings if one.verdict is Verdict.UNCLEAR] == unclear
    assert {one.code for one in findings if one.verdict is Verdict.UNCLEAR} == {"unclear"}
    assert len(findings) == 7


def test_findings_come_back_from_the_database_as_they_were():
    findings = found(TXT_stadt_example=["v=spf1 mx -all"])
    assert [stored([one]) for one in Finding.read_all(stored(findings))] == [
        stored([one]) for one in findings
    ]
    assert Finding.read_all(None) == []
