"""What an answer of a mail server means for one delivery, for its domain, and for the whole issue."""

import datetime as dt
import re
import secrets
from dataclasses import dataclass
from enum import StrEnum

from baukasten.sdk import Answer, Step
from baukasten_newsletter.keys import DeliveryState

FIRST_PAUSE, LONGEST_PAUSE = dt.timedelta(minutes=5), dt.timedelta(hours=6)
MOST_ATTEMPTS = 14
"""With the growing pauses about two days, after which RFC 5321 (4.5.4.1) lets senders give up."""
JITTER = 0.2
POLICY = "5.7."
"""What begins so is said about the sender, not about the recipient (RFC 3463, 3.8)."""
ADDRESS = re.compile(r"[^\s<>\"'(),;:]+@[^\s<>\"'(),;:]+")


class Beyond(StrEnum):
    """What an answer means beyond the one delivery."""

    NOTHING = ""
    DOMAIN = "domain"
    """The recipient's domain wants to be written to more slowly."""
    POLICY = "policy"
    """The domain refuses us, whoever the recipient is."""
    SERVER = "server"
    """Our own mail server takes nothing at the moment."""
    SENDER = "sender"
    """Our own mail server refuses the sender for good."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What is written down about a delivery after an attempt."""

    state: DeliveryState
    code: int | None
    reason: str = ""
    due_at: dt.datetime | None = None
    counts: bool = True
    """Whether it was an attempt at all."""
    uncertain: bool = False
    beyond: Beyond = Beyond.NOTHING


def judge(answer: Answer, attempts: int, now: dt.datetime) -> Outcome:
    """Decide what becomes of a delivery after an answer; ``attempts`` were made before."""
    if answer.taken:
        return Outcome(DeliveryState.HANDED_OVER, answer.code)
    said = words(answer)
    if answer.step in {Step.GREETING, Step.SENDER}:
        beyond = Beyond.SENDER if answer.step is Step.SENDER and answer.for_good else Beyond.SERVER
        return Outcome(DeliveryState.PENDING, answer.code or None, said, counts=False, beyond=beyond)
    if answer.for_good:
        policy = Beyond.POLICY if answer.enhanced.startswith(POLICY) else Beyond.NOTHING
        return Outcome(DeliveryState.FAILED, answer.code, said, beyond=policy)
    throttled = answer.code == 421 or answer.enhanced.startswith("4.7.")
    beyond = Beyond.DOMAIN if throttled else Beyond.NOTHING
    if attempts + 1 >= MOST_ATTEMPTS:
        return Outcome(
            DeliveryState.FAILED, answer.code or None, said, uncertain=answer.uncertain, beyond=beyond
        )
    due = now + pause_after(attempts + 1)
    return Outcome(
        DeliveryState.DEFERRED, answer.code or None, said, due, uncertain=answer.uncertain, beyond=beyond
    )


def pause_after(attempt: int) -> dt.timedelta:
    """Give the pause after an attempt, the first being 1: 5 minutes, 10, 20, … at most 6 hours, a fifth up or down.

    By chance, so that what failed together does not come back together.
    """
    pause = min(FIRST_PAUSE * (1 << min(attempt - 1, 16)), LONGEST_PAUSE)
    share = secrets.randbelow(1001) / 1000
    return pause * (1 - JITTER + 2 * JITTER * share)


def words(answer: Answer) -> str:
    """Give what the server said, without any address: the row outlives the person."""
    said = ADDRESS.sub("…", answer.words)
    return said if said.startswith(answer.enhanced) else f"{answer.enhanced} {said}"
