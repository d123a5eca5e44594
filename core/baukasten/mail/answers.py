"""What is said when a mail is handed over: the mail as it travels, the steps of the talk, the server's answer."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class Step(StrEnum):
    """What an answer was given to."""

    GREETING = "greeting"
    """Connecting, encrypting, signing in: nobody's mail is to blame."""
    SENDER = "sender"
    RECIPIENT = "recipient"
    CONTENT = "content"
    """The question whether the words may come."""
    END = "end"
    """The words themselves; from their end on they may have arrived."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of one mail."""

    code: int
    """Of RFC 5321; 0 where the connection broke off without a word."""
    enhanced: str
    """Of RFC 3463, such as 4.7.1; empty where the server speaks no such codes."""
    words: str
    step: Step

    @property
    def taken(self) -> bool:
        """The mail is the server's now."""
        return self.step is Step.END and 200 <= self.code < 300

    @property
    def for_good(self) -> bool:
        """Asking again will not help (RFC 5321, 4.2.1)."""
        return self.code >= 500

    @property
    def uncertain(self) -> bool:
        """All words were written and no answer came: it may have arrived (RFC 1047)."""
        return self.step is Step.END and self.code == 0


@dataclass(frozen=True, slots=True)
class Letter:
    """One mail as a connection carries it; ``content`` has CRLF at its line ends and no other CR or LF."""

    envelope_from: str
    to: str
    content: bytes


class Line(Protocol):
    """One way out for mails, in three steps, so that several can be under way at once; one thread at a time."""

    def begin(self, letter: Letter, until: float) -> None:
        """Announce the mail; until that moment (``time.monotonic``) all has to be done."""

    def write(self) -> None:
        """Send the words, if the server wants them."""

    def finish(self) -> Answer:
        """Give what became of it."""

    def close(self) -> None:
        """Say goodbye."""
