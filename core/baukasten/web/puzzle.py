"""Proof of work: a puzzle that costs a browser a moment and a sender of thousands an hour, kept nowhere.

As in ALTCHA: the browser looks for the number whose SHA-256 hash, behind a salt, it was given. Salt and hash are
signed for one town and one person; the salt says when the puzzle ends.
"""

import hashlib
import hmac
import secrets
from dataclasses import dataclass

from baukasten import clock, ids

MOST = 100_000
"""Numbers to look through; half of them on average, and never more."""
SECONDS = 2 * 60 * 60
"""How long a solution is taken: as long as somebody may write."""
LONGEST = 200


@dataclass(frozen=True, slots=True)
class Puzzle:
    """What a browser gets."""

    salt: str
    challenge: str
    signature: str
    most: int = MOST


@dataclass(frozen=True, slots=True)
class Solver:
    """For whom puzzles are made: a member of a town, 0 for its guests."""

    secret: str
    tenant_id: int
    member_id: int

    def new(self) -> Puzzle:
        """Make a puzzle."""
        salt = f"{ids.token(12)}.{int(clock.now().timestamp()) + SECONDS}"
        challenge = hashed(salt, secrets.randbelow(MOST))
        return Puzzle(salt, challenge, self._sign(challenge))

    def proof(self, solution: str) -> str:
        """Give the puzzle's own name if ``salt:number:signature`` solves it in time; else nothing.

        The name is for those who see to it that no solution serves twice.
        """
        if len(solution) > LONGEST or not solution.isascii():
            return ""
        salt, _, rest = solution.partition(":")
        number, _, signature = rest.partition(":")
        name, _, ends = salt.partition(".")
        if not (number.isdecimal() and ends.isdecimal() and len(number) <= 9 and len(ends) <= 12):
            return ""
        signed = self._sign(hashed(salt, int(number)))
        fresh = int(ends) >= clock.now().timestamp()
        return name if fresh and hmac.compare_digest(signed, signature) else ""

    def _sign(self, challenge: str) -> str:
        said = f"puzzle:{self.tenant_id}:{self.member_id}:{challenge}"
        return hmac.new(self.secret.encode(), said.encode(), hashlib.sha256).hexdigest()


def hashed(salt: str, number: int) -> str:
    """Give the hash that a puzzle names."""
    return hashlib.sha256(f"{salt}.{number}".encode()).hexdigest()
