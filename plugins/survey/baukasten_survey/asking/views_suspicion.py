"""What makes an answer look suspicious: it is flagged and counted all the same, and never where answers are sealed."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from flask import request

from baukasten.sdk import TooMany, attempt, clock, here, signals_of
from baukasten_survey.asking.drafts import Work
from baukasten_survey.asking.shelf import Facts
from baukasten_survey.keys import SEALED, AdmissionKind, Flag

HOUR = 3600
PROVEN, UNPROVEN = 3000, 600
"""Forms of open surveys that one network may begin in an hour: an office or a school has one address for all; without
the puzzle that browsers solve by themselves it is fewer."""
BURST = 60
"""Answers from one network in ten minutes, from which on they are flagged."""
SAME, LONG_ENOUGH = 5, 60
"""Answers that are word for word equal within a day, and how many signs make that strange."""


def count_beginning(facts: Facts) -> None:
    """Count a form of an open survey; raises TooMany far above what an office needs."""
    network = request.remote_addr or ""
    proven = signals_of(here()).proven
    name, most = ("survey.begin", PROVEN) if proven else ("survey.begin-unproven", UNPROVEN)
    attempt(f"{name} {facts.id}", HOUR, network=network, per_network=most)


def flags(facts: Facts, work: Work, answers: Mapping[str, Any]) -> list[Flag]:
    """Give what is suspicious about an answer that is about to be taken."""
    if facts.anonymity in SEALED:
        return []
    found = []
    if clock.now().timestamp() - work.begun < facts.least_seconds:
        found.append(Flag.FAST)
    if signals_of(here()).trapped:
        found.append(Flag.TRAP)
    if work.kind == AdmissionKind.VISIT and _is_above(
        f"survey.burst {facts.id}", 600, request.remote_addr or "", BURST
    ):
        found.append(Flag.BURST)
    said = json.dumps(dict(answers), sort_keys=True, ensure_ascii=False)
    if len(said) >= LONG_ENOUGH and _is_above(
        f"survey.same {facts.id}", 24 * HOUR, hashlib.sha256(said.encode()).hexdigest(), SAME
    ):
        found.append(Flag.SAME)
    return found


def _is_above(name: str, seconds: int, value: str, most: int) -> bool:
    try:
        attempt(name, seconds, address=value, per_address=most)
    except TooMany:
        return True
    return False
