"""Policies and organisations are found by the walk up the tree."""

import pytest

from baukasten.mail import dmarc
from tests.core.mail.zone import Zone


def zone(**records: str) -> Zone:
    """Give a zone with policies; names are written with _ for dots, below example."""
    return Zone(
        {
            ("_dmarc." + (f"{name.replace('_', '.')}.example" if name != "example" else name), "TXT"): [text]
            for name, text in records.items()
        }
    )


def test_a_domain_has_its_own_policy():
    found = dmarc.policy(zone(stadt="v=DMARC1; p=quarantine; sp=reject"), "stadt.example")
    assert found is not None
    assert (found.domain, found.wish("stadt.example"), found.wish("brief.stadt.example")) == (
        "stadt.example", "quarantine", "reject",
    )  # fmt: skip


def test_a_domain_without_one_has_that_of_its_organisation():
    asked = zone(stadt="v=DMARC1; p=reject")
    found = dmarc.policy(asked, "brief.stadt.example")
    assert found is not None
    assert (found.domain, found.wish("brief.stadt.example")) == ("stadt.example", "reject")
    assert dmarc.policy(asked, "other.example") is None


@pytest.mark.parametrize("record", ["p=reject; v=DMARC1", "v=spf1 -all", "v=DMARC2; p=none", "", ";;="])
def test_what_does_not_begin_right_is_no_policy(record):
    assert dmarc.policy(zone(stadt=record), "stadt.example") is None


def test_two_policies_are_none():
    asked = Zone({("_dmarc.stadt.example", "TXT"): ["v=DMARC1; p=none", "v=DMARC1; p=reject"]})
    assert dmarc.policy(asked, "stadt.example") is None


NONE = "v=DMARC1; p=none"
ORGANISATIONS = {
    "nobody says anything": ({}, "a.b.stadt.example", "a.b.stadt.example"),
    "itself": ({"stadt": NONE}, "stadt.example", "stadt.example"),
    "the shortest name": ({"brief_stadt": NONE, "stadt": NONE}, "a.brief.stadt.example", "stadt.example"),
    "says that it is its own": (
        {"brief_stadt": f"{NONE}; psd=n", "stadt": NONE}, "a.brief.stadt.example", "brief.stadt.example",
    ),
    "below a public suffix": (
        {"stadt": NONE, "example": f"{NONE}; psd=y"}, "a.stadt.example", "stadt.example",
    ),
    "below a public suffix without an own one": ({"example": f"{NONE}; psd=y"}, "a.stadt.example", "stadt.example"),
    "the suffix itself": ({"example": f"{NONE}; psd=y"}, "example", "example"),
    "capitals": ({"stadt": "V=DMARC1 ; P=NONE;"}, "a.stadt.example", "stadt.example"),
}  # fmt: skip


@pytest.mark.parametrize(("records", "domain", "expected"), ORGANISATIONS.values(), ids=ORGANISATIONS)
def test_the_organisation_is_found_by_walking_up(records, domain, expected):
    assert dmarc.organisation(zone(**records), domain) == expected


def test_the_walk_is_short_however_long_the_name():
    asked = zone()
    dmarc.organisation(asked, "a.b.c.d.e.f.g.h.i.j.k.l.example")
    assert [name for name, _ in asked.asked] == [
        "_dmarc.a.b.c.d.e.f.g.h.i.j.k.l.example",
        "_dmarc.g.h.i.j.k.l.example",
        "_dmarc.h.i.j.k.l.example",
        "_dmarc.i.j.k.l.example",
        "_dmarc.j.k.l.example",
        "_dmarc.k.l.example",
        "_dmarc.l.example",
        "_dmarc.example",
    ]


def test_a_domain_speaks_for_another_of_its_organisation_unless_that_is_strict():
    asked = zone(stadt=NONE)
    pairs = [
        ("stadt.example", "stadt.example"),
        ("a.stadt.example", "stadt.example"),
        ("x.example", "stadt.example"),
    ]
    assert [dmarc.aligned(asked, *pair, strict=False) for pair in pairs] == [True, True, False]
    assert [dmarc.aligned(asked, *pair, strict=True) for pair in pairs] == [True, False, False]
