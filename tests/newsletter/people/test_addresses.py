"""Addresses: one way of writing each, no line breaks, quoted local parts, IDN."""

import pytest

from baukasten.errors import Invalid
from baukasten_newsletter.people import addresses


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Anna@Post.Example", "anna@post.example"),
        ("  anna@post.example ", "anna@post.example"),
        ("anna+brief@straßenbahn-ämter.example", "anna+brief@xn--strassenbahn-mter-2qb.example"),
        ("anna@bücher.example", "anna@xn--bcher-kva.example"),
        ("anna@XN--BCHER-KVA.example", "anna@xn--bcher-kva.example"),
        ('"anna"@post.example', "anna@post.example"),
        ('"Anna Siel"@post.example', '"anna siel"@post.example'),
        (r'"anna\ siel"@post.example', '"anna siel"@post.example'),
        (r'"a@b\"c"@post.example', r'"a@b\"c"@post.example'),
    ],
)
def test_one_mailbox_has_one_way_of_writing(typed, kept):
    assert addresses.normal(typed) == kept


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "anna",
        "anna@",
        "@post.example",
        "anna@localhost",
        "anna@post..example",
        "anna.@post.example",
        "anna siel@post.example",
        '"anna"siel@post.example',
        '""@post.example',
        '"anna\\"@post.example',
        "änna@post.example",
        "anna@post.example\r\nBcc: alle@post.example",
        "anna\n@post.example",
        '"anna\r\n"@post.example',
        "anna\x00@post.example",
        "anna@post.example\u2028",
        "anna\ud800@post.example",
        "anna@[127.0.0.1]",
        f"{'a' * 65}@post.example",
        f"anna@{'ä' * 4000}.example",
    ],
)
def test_what_is_no_address_is_refused(typed):
    with pytest.raises(Invalid) as refused:
        addresses.normal(typed)
    assert list(refused.value.errors) == ["address"]


def test_a_fingerprint_is_the_same_in_all_towns_and_tells_nothing(session, database, other_town):
    here = addresses.fingerprint(session, "anna@post.example")
    with database.session(other_town.id) as there:
        assert addresses.fingerprint(there, "anna@post.example") == here
    assert len(here) == 32
    assert addresses.fingerprint(session, "anne@post.example") != here
