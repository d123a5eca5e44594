"""What plugins cost in this process: calls, failures and time, per tenant, plugin and hook."""

import datetime as dt
import logging
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, replace

from baukasten import clock
from baukasten.plugin.breaker import Breaker, Circuit
from baukasten.plugin.faults import Failure, Trouble, short

log = logging.getLogger("baukasten.plugin")

KEPT = 10_000
"""Circuits counted in a process; those not called for longest are forgotten first."""

Sink = Callable[[Failure], None]


@dataclass(slots=True)
class Cost:
    """What one hook of one plugin cost one tenant in this process, in calls and seconds."""

    tenant_id: int
    plugin: str
    hook: str
    calls: int = 0
    failures: int = 0
    skipped: int = 0
    seconds: float = 0.0
    slowest: float = 0.0
    last_error: str = ""
    last_at: dt.datetime | None = None
    paused: bool = False
    """The breaker keeps the plugin from being asked."""


class Watch:
    """Counts calls, tells the breaker and hands failures on."""

    def __init__(self, breaker: Breaker, sink: Sink | None = None) -> None:
        """Begin with nothing counted; ``sink`` gets every failure, and must be quick."""
        self.breaker = breaker
        self._sink = sink
        self._costs: OrderedDict[Circuit, Cost] = OrderedDict()
        self._lock = threading.Lock()

    def note_skip(self, circuit: Circuit) -> None:
        """Count a call that the breaker did not let through."""
        with self._lock:
            self._cost(circuit).skipped += 1

    def note(self, circuit: Circuit, seconds: float, failure: Failure | None) -> None:
        """Count a call and hand its failure on."""
        with self._lock:
            cost = self._cost(circuit)
            cost.calls += 1
            cost.seconds += seconds
            cost.slowest = max(cost.slowest, seconds)
            if failure is not None:
                cost.failures += 1
                self._remember_error(cost, failure)
        if failure is not None:
            self._hand_on(failure)

    def note_opened(self, circuit: Circuit, seconds: float, failure: Failure | None) -> None:
        """Tell the operator that a plugin is no longer asked; slowness has no failure of its own before."""
        log.error("plugin %s, hook %s, tenant %s: paused", circuit.plugin, circuit.hook, circuit.tenant_id)
        if failure is None:
            slow = Failure(*_names(circuit), Trouble.SLOW, "", f"took {seconds:.1f} s", seconds, clock.now())
            with self._lock:
                self._remember_error(self._cost(circuit), slow)
            self._hand_on(slow)

    def costs(self) -> list[Cost]:
        """Give copies of all counts, the dearest first."""
        with self._lock:
            counted = [(circuit, replace(cost)) for circuit, cost in self._costs.items()]
        for circuit, cost in counted:
            cost.paused = self.breaker.is_open(circuit)
        return sorted((cost for _, cost in counted), key=lambda cost: cost.seconds, reverse=True)

    def _cost(self, circuit: Circuit) -> Cost:
        cost = self._costs.get(circuit)
        if cost is None:
            while len(self._costs) >= KEPT:
                self._costs.popitem(last=False)
            cost = self._costs[circuit] = Cost(*_names(circuit))
        self._costs.move_to_end(circuit)
        return cost

    @staticmethod
    def _remember_error(cost: Cost, failure: Failure) -> None:
        cost.last_error = f"{failure.error}: {failure.message}" if failure.error else failure.message
        cost.last_at = failure.at

    def _hand_on(self, failure: Failure) -> None:
        if self._sink is None:
            return
        try:
            self._sink(failure)
        except Exception:
            # The page matters more than the note about a plugin's failure, which the log has anyway.
            log.exception("a plugin's failure could not be stored")


def _names(circuit: Circuit) -> tuple[int, str, str]:
    return circuit.tenant_id, circuit.plugin, circuit.hook


def raised(circuit: Circuit, error: Exception, seconds: float) -> Failure:
    """Describe an exception."""
    log.error(
        "plugin %s, hook %s, tenant %s: %s",
        circuit.plugin, circuit.hook, circuit.tenant_id, type(error).__name__, exc_info=error,
    )  # fmt: skip
    name = type(error).__name__
    return Failure(*_names(circuit), Trouble.RAISED, name, short(error), seconds, clock.now())


def rubbish(circuit: Circuit, misfit: str, seconds: float) -> Failure:
    """Describe an answer of the wrong type."""
    log.error(
        "plugin %s, hook %s, tenant %s: answered %s", circuit.plugin, circuit.hook, circuit.tenant_id, misfit
    )
    return Failure(*_names(circuit), Trouble.RUBBISH, "", misfit, seconds, clock.now())
