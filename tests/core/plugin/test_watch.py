"""What plugins cost is counted per tenant, plugin and hook, and failures are handed on."""

import datetime as dt
import logging

import pytest

from baukasten import clock
from baukasten.plugin import watch as module
from baukasten.plugin.breaker import Breaker, Circuit, Limits
from baukasten.plugin.faults import Failure, Trouble
from baukasten.plugin.watch import Cost, Watch, raised
from tests.core.plugin.made import Stopwatch

NOON = dt.datetime(2026, 5, 3, 12, tzinfo=dt.UTC)
CHEAP = Circuit(7, "forum", "count_stats")
DEAR = Circuit(7, "twin", "fill_outlet")


def watch(sink: module.Sink | None = None) -> Watch:
    return Watch(Breaker(Limits(), Stopwatch()), sink)


def failure(circuit: Circuit, message: str = "boom") -> Failure:
    return Failure(*circuit, Trouble.RAISED, "ValueError", message, 0.5, NOON)


def test_calls_time_and_the_last_error_are_counted() -> None:
    watching = watch()
    watching.note(CHEAP, 0.25, None)
    watching.note(DEAR, 2.0, failure(DEAR, "first"))
    watching.note(DEAR, 0.5, failure(DEAR, "second"))
    watching.note(DEAR, 1.0, None)
    watching.note_skip(DEAR)
    assert watching.costs() == [
        Cost(
            *DEAR,
            calls=3,
            failures=2,
            skipped=1,
            seconds=3.5,
            slowest=2.0,
            last_error="ValueError: second",
            last_at=NOON,
        ),
        Cost(*CHEAP, calls=1, seconds=0.25, slowest=0.25),
    ]


def test_the_costs_given_are_copies() -> None:
    watching = watch()
    watching.note(CHEAP, 0.25, None)
    watching.costs()[0].calls = 99
    assert watching.costs()[0].calls == 1


def test_a_paused_circuit_is_marked(caplog: pytest.LogCaptureFixture) -> None:
    watching = watch()
    for circuit, seconds in ((DEAR, 9.0), (CHEAP, 0.1)):
        watching.note(circuit, seconds, None)
        admission = watching.breaker.admit(circuit)
        watching.breaker.report(circuit, admission, seconds, failed=False, patient=False)
    assert [(cost.plugin, cost.paused) for cost in watching.costs()] == [("twin", True), ("forum", False)]
    with clock.turned(NOON), caplog.at_level(logging.ERROR):
        watching.note_opened(DEAR, 9.0, None)
    assert caplog.messages == ["plugin twin, hook fill_outlet, tenant 7: paused"]
    assert (watching.costs()[0].last_error, watching.costs()[0].last_at) == ("took 9.0 s", NOON)


def test_a_failing_sink_harms_nobody(caplog: pytest.LogCaptureFixture) -> None:
    def sink(_failure: Failure) -> None:
        raise OSError("disk full")

    watching = watch(sink)
    with caplog.at_level(logging.ERROR):
        watching.note(DEAR, 0.1, failure(DEAR))
    assert caplog.messages == ["a plugin's failure could not be stored"]
    assert watching.costs()[0].failures == 1


def test_counts_are_bounded_and_forget_the_longest_unused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "KEPT", 2)
    watching = watch()
    for tenant in (1, 2, 1, 3):
        watching.note(CHEAP._replace(tenant_id=tenant), 0.1, None)
    assert sorted((cost.tenant_id, cost.calls) for cost in watching.costs()) == [(1, 2), (3, 1)]


def test_only_a_short_first_line_of_an_error_is_kept(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR), clock.turned(NOON):
        told = raised(DEAR, ValueError("x" * 500 + "\n[parameters: a@example.org]"), 0.5)
        empty = raised(DEAR, ValueError(), 0.5)
    assert told == Failure(*DEAR, Trouble.RAISED, "ValueError", "x" * 200, 0.5, NOON)
    assert empty.message == ""
    assert caplog.records[0].exc_info is not None
