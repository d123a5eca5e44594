"""A signed address says whom and what it is for, in any case of letters, and nobody can make one up."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from baukasten.mail.incoming import addresses
from baukasten.mail.incoming.addresses import Signed

SIGNED = Signed("antwort", 12, 3456, 789_012)
NUMBERS = st.integers(min_value=0, max_value=2**48)


@given(NUMBERS, NUMBERS, NUMBERS)
def test_what_was_signed_is_read_again(tenant, member, target):
    signed = Signed("antwort", tenant, member, target)
    made = addresses.local_part("secret", signed)
    assert len(made) <= 64
    for value in (made, made.upper(), made.title()):
        assert addresses.read("secret", f"{value}@stadt.example") == signed


def test_numbers_too_large_for_an_address_are_refused():
    with pytest.raises(ValueError, match="too long"):
        addresses.local_part("secret", Signed("antwortfach", 2**62, 2**62, 2**62))


def test_each_letter_counts():
    made = addresses.local_part("secret", SIGNED)
    for place in range(len("antwort+"), len(made)):
        changed = made[:place] + ("a" if made[place] != "a" else "b") + made[place + 1 :]
        if addresses.read("secret", f"{changed}@stadt.example") is not None:
            # The last letter carries bits that stand for nothing.
            assert place == len(made) - 1
            assert addresses.read("secret", f"{changed}@stadt.example") == SIGNED


def test_another_secret_or_purpose_reads_nothing():
    made = addresses.local_part("secret", SIGNED)
    assert addresses.read("other", f"{made}@stadt.example") is None
    assert addresses.read("secret", made.replace("antwort", "bounce") + "@stadt.example") is None


@pytest.mark.parametrize(
    "value",
    ["", "antwort@stadt.example", "antwort+@stadt.example", "antwort+11111111111111111111@x", "ä+b@c"],
)
def test_what_is_no_signed_address_is_none(value):
    assert addresses.read("secret", value) is None


def test_the_first_of_ours_among_others_counts():
    made = addresses.local_part("secret", SIGNED)
    forged = f"<{addresses.local_part('other', SIGNED)}@stadt.example>"
    values = ["Anna <anna@post.example>", f"{forged}, <{made}.4f1d2c@stadt.example>"]
    assert addresses.first("secret", values) == SIGNED
    assert addresses.first("secret", values[:1]) is None
