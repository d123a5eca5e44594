"""The register signs as RFC 9474 says, agrees with its test vector and with the browser, and refuses the rest."""

import base64
import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from baukasten.keyring import Keyring
from baukasten.web.assets.build import node_command
from baukasten_survey.access import blind
from tests.survey.access import holder

HERE = Path(__file__).parent
SCRIPT = HERE.parents[2] / "plugins/survey/baukasten_survey/static/blind.js"
VECTOR = json.loads((HERE / "rfc9474.json").read_text(encoding="ascii"))
RING = Keyring.of("a secret of this house")
TOKEN = bytes(range(32))


def _vector_key() -> rsa.RSAPrivateKey:
    p, q = int(VECTOR["p"], 16), int(VECTOR["q"], 16)
    d = pow(blind.EXPONENT, -1, (p - 1) * (q - 1))
    parts = rsa.rsa_crt_dmp1(d, p), rsa.rsa_crt_dmq1(d, q), rsa.rsa_crt_iqmp(p, q)
    return rsa.RSAPrivateNumbers(p, q, d, *parts, rsa.RSAPublicNumbers(blind.EXPONENT, p * q)).private_key()


VECTOR_KEY = _vector_key()
VECTOR_PUBLIC = blind.public_bytes(VECTOR_KEY.public_key())
VECTOR_PREPARED = bytes.fromhex(VECTOR["msg_prefix"] + VECTOR["msg"])


@pytest.fixture(scope="module")
def key() -> tuple[bytes, bytes]:
    return blind.new_key(RING, 7)


def _browser(*asked: dict[str, Any]) -> list[Any]:
    call = [node_command(), str(HERE / "holder.mjs"), str(SCRIPT)]
    done = subprocess.run(
        call, input=json.dumps(asked), capture_output=True, text=True, timeout=60, check=True
    )
    answers: list[Any] = json.loads(done.stdout)
    return answers


def _web_key(public: bytes) -> dict[str, str]:
    numbers = holder._numbers(public)
    n, e = (number.to_bytes(-(-number.bit_length() // 8), "big") for number in (numbers.n, numbers.e))
    return {name: base64.urlsafe_b64encode(part).rstrip(b"=").decode() for name, part in (("n", n), ("e", e))}


def test_the_vector_of_the_rfc_comes_out():
    salt, inverse = bytes.fromhex(VECTOR["salt"]), int(VECTOR["inv"], 16)
    blinded, secret = holder.blind(VECTOR_PUBLIC, VECTOR_PREPARED, salt, inverse)
    assert (blinded.hex(), secret) == (VECTOR["blinded_msg"], inverse)
    signed = blind.blind_sign(VECTOR_KEY, blinded)
    assert signed.hex() == VECTOR["blind_sig"]
    numbers = holder._numbers(VECTOR_PUBLIC)
    # The vector's message is 48 bytes long, our tokens are 32: the signature itself is what is compared.
    plain = int.from_bytes(signed, "big") * secret % numbers.n
    assert f"{plain:0{len(VECTOR['sig'])}x}" == VECTOR["sig"]


def test_the_browser_computes_the_vector_of_the_rfc():
    given = {"key": _web_key(VECTOR_PUBLIC), "prepared": VECTOR_PREPARED.hex()}
    fixed = {"salt": VECTOR["salt"], "inverse": VECTOR["inv"]}
    answers = _browser(
        {"do": "blind", **given, **fixed},
        {"do": "finalize", **given, "signature": VECTOR["blind_sig"], "inverse": VECTOR["inv"]},
        {"do": "verify", **given, "signature": VECTOR["sig"]},
    )
    # Numbers lose their leading noughts on the way.
    assert answers == [[VECTOR["blinded_msg"], VECTOR["inv"].lstrip("0")], VECTOR["sig"], True]


def test_what_a_holder_unblinds_is_a_signature_of_the_token(key):
    public, locked = key
    prepared = holder.prepare(TOKEN)
    blinded, secret = holder.blind(public, prepared)
    signature = holder.finalize(public, prepared, blind.sign(RING, 7, locked, blinded), secret)
    assert blind.verify(public, prepared, signature)
    # Signed twice, a token is the same token: it is spent once.
    again, other = holder.blind(public, prepared)
    second = holder.finalize(public, prepared, blind.sign(RING, 7, locked, again), other)
    assert (again == blinded, second == signature) == (False, False)
    assert blind.digest_of(prepared) != blind.digest_of(holder.prepare(TOKEN))


def test_browser_and_register_agree_in_both_directions(key):
    public, locked = key
    web = _web_key(public)
    tokens = [bytes([at]) * 32 for at in range(4)]
    prepared = _browser(*({"do": "prepare", "message": token.hex()} for token in tokens))
    assert [bytes.fromhex(one)[32:] for one in prepared] == tokens
    assert len({one[:64] for one in prepared}) == 4
    blinded = _browser(*({"do": "blind", "key": web, "prepared": one} for one in prepared))
    signed = [blind.sign(RING, 7, locked, bytes.fromhex(one)).hex() for one, _ in blinded]
    final = _browser(
        *(
            {"do": "finalize", "key": web, "prepared": one, "signature": signature, "inverse": inverse}
            for one, signature, (_, inverse) in zip(prepared, signed, blinded, strict=True)
        )
    )
    for one, signature in zip(prepared, final, strict=True):
        assert blind.verify(public, bytes.fromhex(one), bytes.fromhex(signature))
    # The other way round: what Python's holder got is what the browser calls a signature.
    mine = holder.prepare(TOKEN)
    hidden, secret = holder.blind(public, mine)
    signature = holder.finalize(public, mine, blind.sign(RING, 7, locked, hidden), secret)
    wrong = bytes([signature[0] ^ 1]) + signature[1:]
    asked = [
        {"do": "verify", "key": web, "prepared": mine.hex(), "signature": one.hex()}
        for one in (signature, wrong)
    ]
    assert _browser(*asked) == [True, False]


def test_the_browser_refuses_what_the_register_did_not_sign(key):
    web = _web_key(key[0])
    prepared = holder.prepare(TOKEN).hex()
    small = {"n": web["n"][:100], "e": web["e"]}
    answers = _browser(
        {"do": "finalize", "key": web, "prepared": prepared, "signature": "01" * 256, "inverse": "5"},
        {"do": "finalize", "key": web, "prepared": prepared, "signature": "01" * 255, "inverse": "5"},
        {"do": "blind", "key": small, "prepared": prepared},
        {"do": "blind", "key": {**web, "e": "Aw"}, "prepared": prepared},
    )
    assert [answer["error"] for answer in answers] == [
        "the signature is not the register's",
        "a signature of the wrong length",
        "no key that tokens are signed with",
        "no key that tokens are signed with",
    ]


def test_only_a_blinded_token_is_signed(key):
    public, locked = key
    numbers = holder._numbers(public)
    length = len(numbers.n.to_bytes(256, "big"))
    shapes = [
        b"",
        b"\1",
        bytes(length),
        numbers.n.to_bytes(length, "big"),
        b"\xff" * length,
        b"\1" * (length + 1),
    ]
    for wrong in shapes:
        with pytest.raises(blind.Unsigned, match="no blinded token"):
            blind.sign(RING, 7, locked, wrong)


def test_a_factor_of_the_modulus_is_not_signed():
    factor = int(VECTOR["p"], 16).to_bytes(512, "big")
    with pytest.raises(blind.Unsigned, match="no blinded token"):
        blind.blind_sign(VECTOR_KEY, factor)


def test_a_signature_that_came_out_wrong_is_kept_back(monkeypatch):
    """A fault in one half would give the primes away; here the half's result is off by one."""
    right = blind._power
    monkeypatch.setattr(blind, "_power", lambda numbers, base: right(numbers, base) + 1)
    with pytest.raises(blind.Unsigned, match="came out wrong"):
        blind.blind_sign(VECTOR_KEY, bytes.fromhex(VECTOR["blinded_msg"]))


def test_a_signature_of_something_else_is_none(key):
    public, locked = key
    prepared = holder.prepare(TOKEN)
    blinded, secret = holder.blind(public, prepared)
    signature = holder.finalize(public, prepared, blind.sign(RING, 7, locked, blinded), secret)
    other, _ = blind.new_key(RING, 7)
    flipped = bytes([signature[0] ^ 1]) + signature[1:]
    told = [
        blind.verify(public, holder.prepare(TOKEN), signature),
        blind.verify(other, prepared, signature),
        blind.verify(public, prepared, flipped),
        blind.verify(public, prepared, b""),
        blind.verify(public, prepared, signature + b"\0"),
    ]
    assert told == [False] * 5
    assert not blind.verify(VECTOR_PUBLIC, VECTOR_PREPARED, bytes.fromhex(VECTOR["sig"]))  # 48 bytes, not 32


def test_a_key_opens_in_its_town_alone(key):
    public, locked = key
    blinded, _ = holder.blind(public, holder.prepare(TOKEN))
    for ring, tenant in ((RING, 8), (Keyring.of("a secret of another house"), 7)):
        with pytest.raises(ValueError, match="not locked here"):
            blind.sign(ring, tenant, locked, blinded)


def test_people_compare_keys_by_a_short_fingerprint(key):
    other, _ = blind.new_key(RING, 7)
    mine = blind.fingerprint(key[0])
    assert (len(mine), mine.count(" "), mine == blind.fingerprint(other)) == (24, 4, False)


def test_what_the_register_sees_is_the_same_for_every_token(key):
    """Any token can have led to any blinded one: for each pair there is a secret that fits (RFC 9474, 7.1)."""
    public, locked = key
    numbers = holder._numbers(public)
    one, two = holder.prepare(b"1" * 32), holder.prepare(b"2" * 32)
    blinded, secret = holder.blind(public, one)
    signed = int.from_bytes(blind.sign(RING, 7, locked, blinded), "big")
    elsewhere, other = holder.blind(public, two)
    final = holder.finalize(public, two, blind.sign(RING, 7, locked, elsewhere), other)
    fitting = int.from_bytes(final, "big") * pow(signed, -1, numbers.n) % numbers.n
    assert holder.finalize(public, two, signed.to_bytes(256, "big"), fitting) == final
    assert fitting != secret
