"""The samples of letters that mail programs write, and what each is to be read as."""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from baukasten.mail.incoming.reading import Envelope

FOLDER = Path(__file__).with_name("samples")
SECRET = "only-for-tests"
SERVER = "mx.stadt.example"
"""The name under which our receiving server notes its findings."""
MARK, DOMAIN, MEMBER = "antwort+marke", "stadt.example", "anna.torf@post.example"
"""What stands in the samples for a signed local part, the town's host and the member's address."""


@dataclass(frozen=True)
class Sample:
    """One letter and what is known about it."""

    name: str
    known: dict[str, Any]

    def raw(self, mark: str = MARK, domain: str = DOMAIN, member: str = MEMBER) -> bytes:
        """Give the letter as it would come to a real town from a real member."""
        written = (FOLDER / f"{self.name}.eml").read_bytes()
        # Names in Message-IDs and elsewhere stay apart in each town, so that no letter is the copy of another.
        for old, new in ((MARK, mark), (MEMBER, member), (DOMAIN, domain)):
            written = written.replace(old.encode(), new.encode())
        return written.replace(b"mx." + domain.encode(), SERVER.encode())

    def envelope(self, mark: str = MARK, domain: str = DOMAIN, member: str = MEMBER) -> Envelope:
        """Give what the server says about it."""
        usual = f"{mark}@{domain}"
        recipient = self.known.get("recipient", usual)
        if recipient == f"{MARK}@{DOMAIN}".upper():
            recipient = usual.upper()
        return Envelope(recipient.replace(DOMAIN, domain), self.known.get("envelope", member))


SAMPLES = [
    Sample(name, known)
    for name, known in tomllib.loads((FOLDER / "outcomes.toml").read_text(encoding="utf-8")).items()
]
TAKEN = [one for one in SAMPLES if "outcome" not in one.known and one.known["text"]]
"""Those that a person wrote and that have words of their own."""
