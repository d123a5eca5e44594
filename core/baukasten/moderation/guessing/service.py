"""A guess that orders the queue: learnt from the town's own decisions, told by words, deciding nothing."""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from typing import Any, cast

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from baukasten import clock
from baukasten.db.session import Scope
from baukasten.errors import NotFound, Unavailable
from baukasten.jobs.queue import enqueue
from baukasten.moderation import kinds
from baukasten.moderation.cases import GUESS_JOB, UNSYNCED, waiting
from baukasten.moderation.guessing.models import GuessModel
from baukasten.moderation.guessing.words import likelihood, telling, words
from baukasten.moderation.models import GENTLE, Case, CaseCause, Decision
from baukasten.moderation.steps import ref_of
from baukasten.plugin.refs import Content

LEARN_JOB = "moderation.learn"
ENOUGH, ENOUGH_OF_EACH = 60, 15
"""Decisions, and of each outcome, below which there is nothing to learn."""
MOST_DECISIONS = 4_000
AT_ONCE = 200
"""Cases that one job guesses about; it queues the next one itself."""
SECONDS = 120
MODULE = "baukasten.moderation.guessing.learning"


def learn(session: Session) -> None:
    """Learn from the town's newest decisions, if they are enough, and guess anew about what waits.

    Without scikit-learn (the extra ``guessing``) nothing is learnt, and the queue has no such order.
    """
    if find_spec("sklearn") is None:
        return
    scope = cast("Scope", session)
    examples = decided(scope)
    measures = sum(judged for _text, judged in examples)
    if len(examples) < ENOUGH or not ENOUGH_OF_EACH <= measures <= len(examples) - ENOUGH_OF_EACH:
        return
    learnt = _learn_apart(examples)
    values = {**learnt, "trained_at": clock.now(), "decisions": len(examples)}
    row = insert(GuessModel).values(tenant_id=scope.tenant_id, **values)
    scope.execute(row.on_conflict_do_update(index_elements=["tenant_id"], set_=values))
    forget = update(Case).where(*waiting()).values(guess=0, guess_words=[])
    scope.execute(forget, execution_options=UNSYNCED)
    scope.commit()
    guess(scope)


def guess(session: Session) -> None:
    """Guess about the newest cases that have no guess yet."""
    scope = cast("Scope", session)
    model = scope.scalar(select(GuessModel))
    if model is None:
        return
    unseen = (*waiting(), Case.guess == 0, Case.cause != CaseCause.APPEAL.value)
    query = select(Case).where(*unseen, Case.content_type.in_(kinds.judged_types(scope)))
    cases = scope.scalars(query.order_by(Case.id.desc()).limit(AT_ONCE)).all()
    contents = kinds.find_all(scope, (ref_of(case) for case in cases))
    for case in cases:
        content = contents.get(ref_of(case))
        found = words(_text(scope, content)) if content is not None else []
        case.guess = likelihood(model.bias, model.weights, found)
        case.guess_words = telling(model.weights, found)
    if len(cases) == AT_ONCE:
        enqueue(scope, GUESS_JOB, queueing_lock=f"{GUESS_JOB} {scope.tenant_id}")
    scope.commit()


def decided(session: Scope) -> list[tuple[str, bool]]:
    """Give texts that people of the town judged, and whether they took a measure that still stands."""
    undone = select(Decision.reverses).where(Decision.reverses.is_not(None))
    query = (
        select(Decision.evidence, Decision.measure, Decision.id.in_(undone).label("reversed"))
        .where(Decision.undone_at.is_(None), Decision.case_id.is_not(None), ~Decision.automated)
        .order_by(Decision.id.desc())
        .limit(MOST_DECISIONS)
    )
    return [
        (
            f"{row.evidence.get('title', '')} {row.evidence['text']}",
            row.measure not in GENTLE and not row.reversed,
        )
        for row in session.execute(query)
        if row.evidence.get("text")
    ]


def _text(session: Scope, content: Content) -> str:
    try:
        detail = kinds.content_type(session, content.ref.type).detail
    except NotFound:
        detail = None
    whole = detail(session, content.ref.id) if detail is not None else None
    return f"{content.title} {whole.text if whole else content.excerpt}"


def _learn_apart(examples: Sequence[tuple[str, bool]]) -> dict[str, Any]:
    """Let a process of its own learn; raises Unavailable where it does not come to an end."""
    environ = {
        "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
        "PYTHONUTF8": "1",
        "OMP_NUM_THREADS": "1",
    }
    command = [sys.executable, "-P", "-m", MODULE]
    try:
        done = subprocess.run(
            command,
            input=json.dumps(examples).encode(),
            capture_output=True,
            timeout=SECONDS,
            env=environ,
            check=True,
        )
    except (subprocess.TimeoutExpired, subprocess.CalledProcessError) as error:
        raise Unavailable from error
    learnt: dict[str, Any] = json.loads(done.stdout)
    return learnt
