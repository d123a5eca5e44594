"""The circuit breaker: stops asking a plugin that keeps failing or keeps people waiting, and tries it again later."""

import threading
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

KEPT = 10_000
"""Troubled circuits remembered in a process; the oldest are forgotten first."""


class Circuit(NamedTuple):
    """What degrades alone: one hook of one plugin in one tenant."""

    tenant_id: int
    plugin: str
    hook: str


@dataclass(frozen=True, slots=True)
class Limits:
    """When a circuit opens, in calls and seconds, and how long it stays open."""

    failures: int = 5
    within: float = 60.0
    slow_after: float = 0.5
    slow_calls: int = 3
    slow_total: float = 5.0
    pause: float = 60.0


class Admission(StrEnum):
    """Whether a call may go ahead."""

    CALL = "call"
    TRIAL = "trial"
    SKIP = "skip"


@dataclass(slots=True)
class _State:
    failed_at: deque[float] = field(default_factory=deque)
    slow_calls: int = 0
    slow_seconds: float = 0.0
    open_until: float | None = None


class Breaker:
    """Knows the circuits in trouble; one that works leaves no trace here."""

    def __init__(self, limits: Limits, monotonic: Callable[[], float]) -> None:
        """Begin with all circuits closed; ``monotonic`` gives seconds."""
        self._limits = limits
        self._monotonic = monotonic
        self._states: OrderedDict[Circuit, _State] = OrderedDict()
        self._lock = threading.Lock()

    def admit(self, circuit: Circuit) -> Admission:
        """Tell whether to call; after the pause one call goes through as a trial while others still wait."""
        with self._lock:
            state = self._states.get(circuit)
            if state is None or state.open_until is None:
                return Admission.CALL
            now = self._monotonic()
            if now < state.open_until:
                return Admission.SKIP
            # The next pause begins with the trial, so a trial that never returns blocks nobody for good.
            state.open_until = now + self._limits.pause
            return Admission.TRIAL

    def report(
        self, circuit: Circuit, admission: Admission, seconds: float, *, failed: bool, patient: bool
    ) -> bool:
        """Note how a call went and tell whether it opened the circuit; ``patient`` overlooks slowness."""
        limits = self._limits
        slow = not patient and seconds > limits.slow_after
        with self._lock:
            state = self._states.get(circuit)
            if state is not None and state.open_until is not None:
                return self._after_open(circuit, state, admission, well=not failed and not slow)
            if not failed and not slow:
                self._states.pop(circuit, None)
                return False
            if state is None:
                state = self._remember(circuit)
            now = self._monotonic()
            self._count(state, now, seconds, failed=failed, slow=slow)
            if self._exceeds(state, now):
                state.open_until = now + limits.pause
                return True
            return False

    def is_open(self, circuit: Circuit) -> bool:
        """Tell whether the circuit waits for a trial or its end."""
        with self._lock:
            state = self._states.get(circuit)
            return state is not None and state.open_until is not None

    def _after_open(self, circuit: Circuit, state: _State, admission: Admission, *, well: bool) -> bool:
        # A call that began before the circuit opened proves nothing; only the trial does.
        if admission is not Admission.TRIAL:
            return False
        if well:
            del self._states[circuit]
            return False
        state.open_until = self._monotonic() + self._limits.pause
        return True

    def _remember(self, circuit: Circuit) -> _State:
        while len(self._states) >= KEPT:
            self._states.popitem(last=False)
        state = self._states[circuit] = _State(deque(maxlen=self._limits.failures))
        return state

    @staticmethod
    def _count(state: _State, now: float, seconds: float, *, failed: bool, slow: bool) -> None:
        """Continue the two runs; a call that went otherwise ends the other run."""
        if failed:
            state.failed_at.append(now)
        else:
            state.failed_at.clear()
        state.slow_calls = state.slow_calls + 1 if slow else 0
        state.slow_seconds = state.slow_seconds + seconds if slow else 0.0

    def _exceeds(self, state: _State, now: float) -> bool:
        limits = self._limits
        run = state.failed_at
        failing = len(run) == limits.failures and now - run[0] <= limits.within
        return failing or state.slow_calls >= limits.slow_calls or state.slow_seconds >= limits.slow_total
