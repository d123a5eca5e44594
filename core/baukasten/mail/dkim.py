"""Signatures that prove a mail's domain and its words (DKIM, RFC 6376), by RSA and by Ed25519 (RFC 8463) beside it."""

import base64
import datetime as dt
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key

from baukasten import clock

RSA_BITS = 2048
"""What every receiver takes (RFC 8301: at least 1024, 2048 better; longer ones fit badly into DNS)."""
SIGNED = (
    "from",
    "to",
    "subject",
    "date",
    "message-id",
    "mime-version",
    "content-type",
    "content-transfer-encoding",
    "reply-to",
    "list-unsubscribe",
    "list-unsubscribe-post",
    "list-id",
    "list-archive",
    "auto-submitted",
    "content-language",
)
"""Headers that a signature covers where they are present, in the order of its ``h=``."""
OVERSIGNED = frozenset({"from", "to", "subject", "date"})
"""Named once more than they occur, so that nobody adds a second one on the way (RFC 6376, 8.15)."""

# Single blanks are left alone, for they are many.
_BLANK = re.compile(r"[ \t\r\n]{2,}|[\t\r\n]")
_LINE_END = re.compile(rb"\r\n|\r|\n")
_NEXT = re.compile(rb"\r\n(?![ \t])")
_NAME = re.compile(rb"[!-9;-~]+[ \t]*")
_LINE = 72


class Algorithm(StrEnum):
    """How a key signs; the value stands in ``k=`` of its DNS record."""

    RSA = "rsa"
    ED25519 = "ed25519"


@dataclass(frozen=True, slots=True)
class Key:
    """A private key, ready to sign, and the selector under which its public part stands in DNS."""

    selector: str
    algorithm: Algorithm
    private: RSAPrivateKey | Ed25519PrivateKey = field(repr=False)

    @classmethod
    def load(cls, selector: str, der: bytes) -> "Key":
        """Read what ``generate`` gave; raises ValueError for anything else."""
        # Proving once more that the numbers are prime takes 45 ms; what we made ourselves lies locked and unchanged.
        private = serialization.load_der_private_key(der, password=None, unsafe_skip_rsa_key_validation=True)
        if isinstance(private, Ed25519PrivateKey):
            return cls(selector, Algorithm.ED25519, private)
        if isinstance(private, RSAPrivateKey):
            return cls(selector, Algorithm.RSA, private)
        raise ValueError("DKIM knows keys of RSA and Ed25519")

    def sign(self, data: bytes) -> bytes:
        """Sign canonical headers; Ed25519 signs their hash (RFC 8463, 3)."""
        if isinstance(self.private, RSAPrivateKey):
            return self.private.sign(data, PKCS1v15(), hashes.SHA256())
        return self.private.sign(hashlib.sha256(data).digest())


def generate(algorithm: Algorithm) -> tuple[bytes, str]:
    """Make a key: its private part (PKCS #8, DER) and its public part as ``p=`` of the DNS record wants it."""
    private: RSAPrivateKey | Ed25519PrivateKey
    if algorithm is Algorithm.RSA:
        private = generate_private_key(public_exponent=65537, key_size=RSA_BITS)
        public = private.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )
    else:
        private = Ed25519PrivateKey.generate()
        # The bare 32 bytes, unlike RSA (RFC 8463, 4.2).
        public = private.public_key().public_bytes_raw()
    der = private.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return der, base64.b64encode(public).decode("ascii")


def record(algorithm: Algorithm, public: str) -> str:
    """Give the text of the DNS record that publishes a key (RFC 6376, 3.6.1)."""
    return f"v=DKIM1; k={algorithm}; p={public}"


@dataclass(frozen=True, slots=True)
class _Plan:
    """What follows from the names of a mail's headers alone, and is the same for each mail of an issue."""

    places: tuple[tuple[int, str], ...]
    """Which headers go in, in order, each with the beginning of its canonical line."""
    named: str
    """The value of ``h=``, folded."""


@dataclass(frozen=True)
class Signer:
    """Signs the mails of one domain, once for each key; made once, used for many mails and by several threads."""

    domain: str
    """In ASCII."""
    keys: tuple[Key, ...]
    _plans: dict[tuple[str, ...], _Plan] = field(default_factory=dict, init=False, repr=False, compare=False)

    def sign(self, fields: Sequence[tuple[str, str]], body_hash: bytes, at: dt.datetime) -> str:
        """Give the lines of the ``DKIM-Signature`` headers, each ending in CRLF, to be put before all others.

        ``fields`` are names and values as they stand behind the colon, folds and all; ``body_hash`` is what
        ``body_hash`` gives. Letters outside of ASCII are signed as UTF-8.
        """
        plan = self._plan(tuple([name for name, _ in fields]))
        canonical = "".join(
            [f"{start}{_BLANK.sub(' ', fields[place][1]).strip(' ')}\r\n" for place, start in plan.places]
        )
        middle = f"{int(at.timestamp())};\r\n h={plan.named};\r\n bh={_base64(body_hash)};\r\n b="
        lines = []
        for key, start in self._starts:
            # b= stands last, so that it alone is missing from what is signed (RFC 6376, 3.7).
            value = start + middle
            data = f"{canonical}dkim-signature:{_BLANK.sub(' ', value)}"
            signature = _base64(key.sign(data.encode("utf-8", "surrogateescape")))
            lines.append(f"DKIM-Signature: {value}{_folded(signature)}\r\n")
        return "".join(lines)

    def sign_message(self, content: bytes) -> bytes:
        """Give a whole mail with its signatures on top, its lines ended by CRLF as they travel.

        Raises ValueError for what does not begin with headers.
        """
        content = _LINE_END.sub(b"\r\n", content)
        head, _, body = content.partition(b"\r\n\r\n")
        fields = [_field(line) for line in _NEXT.split(head.removesuffix(b"\r\n"))]
        return self.sign(fields, body_hash(body), clock.now()).encode("ascii") + content

    @cached_property
    def _starts(self) -> tuple[tuple[Key, str], ...]:
        return tuple(
            (
                key,
                f"v=1; a={key.algorithm}-sha256; c=relaxed/simple; d={self.domain};\r\n s={key.selector}; t=",
            )
            for key in self.keys
        )

    def _plan(self, names: tuple[str, ...]) -> _Plan:
        plan = self._plans.get(names)
        if plan is None:
            # Mails have few shapes; whoever sends a thousand of them pays for the planning again.
            if len(self._plans) > 1000:
                self._plans.clear()
            plan = self._plans[names] = _planned(names)
        return plan


def body_hash(body: bytes) -> bytes:
    """Give the SHA-256 of a body whose lines end in CRLF, without the empty lines at its end (RFC 6376, 3.4.3)."""
    if body.endswith(b"\r\n\r\n") or body in {b"", b"\r\n"}:
        body = body.rstrip(b"\r\n") + b"\r\n"
    elif not body.endswith(b"\r\n"):
        body += b"\r\n"
    return hashlib.sha256(body).digest()


def _planned(names: tuple[str, ...]) -> _Plan:
    present: dict[str, list[int]] = {}
    for place, name in enumerate(names):
        present.setdefault(name.lower(), []).append(place)
    places: list[tuple[int, str]] = []
    named: list[str] = []
    for name in SIGNED:
        # Of several with one name the lowest counts as first (RFC 6376, 5.4.2).
        found = present.get(name, [])[::-1]
        places += [(place, f"{name}:") for place in found]
        named += [name] * (len(found) + (name in OVERSIGNED))
    return _Plan(tuple(places), _folded_list(named))


def _folded_list(names: Sequence[str]) -> str:
    lines = [""]
    for name in names:
        if len(lines[-1]) + len(name) > _LINE:
            lines.append("")
        lines[-1] += f"{name}:"
    return "\r\n  ".join(lines).removesuffix(":")


def _folded(signature: str) -> str:
    return "\r\n ".join([signature[start : start + _LINE] for start in range(0, len(signature), _LINE)])


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _field(line: bytes) -> tuple[str, str]:
    name, colon, value = line.partition(b":")
    if not colon or not _NAME.fullmatch(name):
        raise ValueError("a mail begins with its headers")
    return name.rstrip(b" \t").decode("ascii"), value.decode("utf-8", "surrogateescape")
