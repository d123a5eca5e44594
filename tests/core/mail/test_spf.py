"""SPF records are read and counted as receivers do it, with the part at fault named."""

import pytest

from baukasten.mail import spf
from baukasten.mail.spf import Fault
from baukasten.mail.zones import NoAnswerError
from tests.core.mail.zone import Zone

HERE = "stadt.example"
CENTRE = "_spf.centre.example"


def zone(*own: str, **more: str) -> Zone:
    """Give a zone with records of the town and of the data centre, and others by name with _ for dots."""
    names = {(name.replace("_", ".") + ".example", "TXT"): [text] for name, text in more.items()}
    return Zone(
        {
            (HERE, "TXT"): own,
            (CENTRE, "TXT"): ["v=spf1 ip4:192.0.2.0/28 ip6:2001:db8:1::/48 -all"],
            ("mail.stadt.example", "A"): ["198.51.100.7"],
            ("mail.stadt.example", "AAAA"): ["2001:db8:2::7"],
            (HERE, "MX"): ["mail.stadt.example"],
            **names,
        }
    )


def read(*own: str, **more: str) -> spf.Report:
    return spf.read(zone(*own, **more), HERE)


COUNTED = {
    "v=spf1 -all": 0,
    "v=spf1": 0,
    "V=SPF1 IP4:192.0.2.1 -ALL": 0,
    "v=spf1 ip4:192.0.2.0/24 ip6:2001:db8::/32 ~all": 0,
    "v=spf1 a -all": 1,
    "v=spf1 a:mail.stadt.example/24//64 -all": 1,
    "v=spf1 mx a include:_spf.centre.example ptr -all": 4,
    "v=spf1 exists:%{i}.check.example -all": 1,
    "v=spf1 include:%{d}.check.example -all": 1,
    "v=spf1 redirect=_spf.centre.example": 1,
    "v=spf1 -all redirect=_spf.centre.example": 0,
    "v=spf1 -all a a a a a a a a a a a a": 0,
    "v=spf1 exp=why.stadt.example unknown=x -all": 0,
    "v=spf1 ?mx -a:mail.stadt.example ~all": 2,
}


@pytest.mark.parametrize(("record", "lookups"), COUNTED.items(), ids=COUNTED)
def test_questions_are_counted_as_receivers_count_them(record, lookups):
    report = read(record)
    assert (report.fault, report.lookups) == (None, lookups)


FAULTS = {
    "none": ((), Fault.NONE, ""),
    "something else": (("hello", "v=spf10 -all"), Fault.NONE, ""),
    "several": (("v=spf1 -all", "v=spf1 mx -all"), Fault.SEVERAL, ""),
    "unknown term": (("v=spf1 ipv4:192.0.2.1 -all",), Fault.WRONG_TERM, "ipv4:192.0.2.1"),
    "no address": (("v=spf1 ip4:192.0.2.300 -all",), Fault.WRONG_TERM, "ip4:192.0.2.300"),
    "wrong kind": (("v=spf1 ip4:2001:db8::1 -all",), Fault.WRONG_TERM, "ip4:2001:db8::1"),
    "nothing included": (("v=spf1 include: -all",), Fault.WRONG_TERM, "include:"),
    "include of nobody": (("v=spf1 include -all",), Fault.WRONG_TERM, "include"),
    "too long a network": (("v=spf1 a/33 mx -all",), Fault.WRONG_TERM, "a/33"),
    "empty include": (
        ("v=spf1 include:nothing.example -all",), Fault.WRONG_INCLUDE, "include:nothing.example",
    ),
    "empty redirect": (("v=spf1 redirect=nothing.example",), Fault.WRONG_INCLUDE, "redirect=nothing.example"),
}  # fmt: skip


@pytest.mark.parametrize(("records", "fault", "term"), FAULTS.values(), ids=FAULTS)
def test_a_record_that_receivers_throw_away_is_named_with_its_term(records, fault, term):
    asked = zone(*records)
    asked.records = {**asked.records, (HERE, "A"): ["198.51.100.9"]}
    report = spf.read(asked, HERE)
    assert (report.fault, report.term) == (fault, term)


def test_ten_questions_are_taken_and_eleven_are_not():
    more = {f"part{number}": "v=spf1 a:mail.stadt.example -all" for number in range(5)}
    five = "v=spf1 " + " ".join(f"include:{name}.example" for name in more)
    assert (read(f"{five} -all", **more).fault, read(f"{five} -all", **more).lookups) == (None, 10)
    eleven = read(f"{five} mx -all", **more)
    assert (eleven.fault, eleven.lookups) == (Fault.TOO_MANY, 11)


def test_records_that_include_each_other_come_to_an_end():
    report = read(
        "v=spf1 include:loop.example -all", loop="v=spf1 include:stadt.example include:loop.example -all"
    )
    assert report.fault is Fault.TOO_MANY
    assert report.lookups > 30
    wide = "v=spf1 " + "include:loop.example " * 20
    assert read("v=spf1 include:loop.example -all", loop=wide).fault is Fault.TOO_MANY
    turning = read("v=spf1 redirect=loop.example", loop="v=spf1 redirect=loop.example")
    assert turning.fault is Fault.TOO_MANY


def test_two_terms_that_find_nothing_are_taken_and_three_are_not():
    two = "v=spf1 a:x1.example a:x2.example"
    assert (read(f"{two} -all").fault, read(f"{two} -all").voids) == (None, 2)
    assert read(f"{two} mx:x3.example -all").fault is Fault.VOIDS


def test_a_domain_with_too_many_servers_for_mail_is_found():
    many = zone("v=spf1 mx -all")
    many.records = {**many.records, (HERE, "MX"): [f"mx{number}.example" for number in range(11)]}
    report = spf.read(many, HERE)
    assert (report.fault, report.term) == (Fault.EXCHANGES, "mx")


@pytest.mark.parametrize(("record", "end"), [
    ("v=spf1 -all", "-"), ("v=spf1 ~all", "~"), ("v=spf1 all", "+"), ("v=spf1 ?all", "?"), ("v=spf1 mx", ""),
    ("v=spf1 redirect=_spf.centre.example", "-"),
])  # fmt: skip
def test_how_a_record_ends(record, end):
    assert read(record).end == end


COVERED = {
    "include:_spf.centre.example": ["v=spf1 include:_spf.centre.example -all", "v=spf1 redirect=_spf.centre.example",
        "v=spf1 include:inner.example -all"],
    "ip4:192.0.2.3": ["v=spf1 include:_spf.centre.example -all", "v=spf1 ip4:192.0.2.0/24 -all",
        "v=spf1 ip4:192.0.2.3"],
    "ip4:192.0.2.0/29": ["v=spf1 include:_spf.centre.example -all"],
    "ip6:2001:db8:1::5": ["v=spf1 include:_spf.centre.example -all"],
    "a:mail.stadt.example": ["v=spf1 a:mail.stadt.example -all", "v=spf1 mx -all",
        "v=spf1 ip4:198.51.100.0/24 ip6:2001:db8:2::/64 -all", "v=spf1 a:mail.stadt.example/24//48 -all"],
    "mx:stadt.example": ["v=spf1 mx -all"],
}  # fmt: skip
UNCOVERED = {
    "include:_spf.centre.example": ["v=spf1 -all", "v=spf1 -include:_spf.centre.example ~all",
        "v=spf1 ?include:inner.example",
        "v=spf1 -all include:_spf.centre.example"],
    "ip4:192.0.2.3": ["v=spf1 ip4:192.0.2.4 -all", "v=spf1 -ip4:192.0.2.3 ~all"],
    "ip4:192.0.2.0/24": ["v=spf1 include:_spf.centre.example -all"],
    "a:mail.stadt.example": ["v=spf1 ip4:198.51.100.0/24 -all", "v=spf1 ~mx -all"],
    "a:nothing.example": ["v=spf1 mx -all"],
    "mx:nothing.example": ["v=spf1 mx -all"],
}  # fmt: skip


@pytest.mark.parametrize(
    ("needed", "record", "expected"),
    [(needed, record, True) for needed, records in COVERED.items() for record in records]
    + [(needed, record, False) for needed, records in UNCOVERED.items() for record in records],
)
def test_whether_our_mails_are_let_through(needed, record, expected):
    asked = zone(record, inner="v=spf1 include:_spf.centre.example -all")
    assert spf.read(asked, HERE).covers(needed, asked) is expected


def test_no_answer_is_no_finding():
    asked = zone("v=spf1 include:_spf.centre.example -all")
    asked.silent = frozenset({CENTRE})
    with pytest.raises(NoAnswerError):
        spf.read(asked, HERE)


@pytest.mark.parametrize(("records", "missing", "expected"), [
    ([], ["include:x.example"], "v=spf1 include:x.example ~all"),
    ([], [], "v=spf1 mx ~all"),
    (["v=spf1 mx -all"], ["include:x.example", "a:y.example"], "v=spf1 include:x.example a:y.example mx -all"),
    (["v=spf1 mx -all"], [], "v=spf1 mx -all"),
])  # fmt: skip
def test_the_record_to_publish_keeps_what_stands(records, missing, expected):
    assert spf.proposed(records, missing) == expected
