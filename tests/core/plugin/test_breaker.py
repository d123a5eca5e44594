"""The breaker opens after failures or slowness, waits, and tries once."""

import pytest

from baukasten.plugin import breaker as module
from baukasten.plugin.breaker import Admission, Breaker, Circuit, Limits
from tests.core.plugin.made import Stopwatch

HERE = Circuit(7, "twin", "fill_outlet")


class Line:
    """A breaker with a turned clock, and one circuit to talk about."""

    def __init__(self) -> None:
        self.clock = Stopwatch()
        self.breaker = Breaker(Limits(), self.clock)

    def call(self, *, failed: bool = False, seconds: float = 0.01, patient: bool = False) -> bool:
        admission = self.breaker.admit(HERE)
        assert admission is not Admission.SKIP
        return self.breaker.report(HERE, admission, seconds, failed=failed, patient=patient)

    def open(self) -> None:
        assert [self.call(failed=True) for _ in range(5)] == [False, False, False, False, True]


@pytest.fixture
def line() -> Line:
    return Line()


def test_five_failures_in_a_row_open_it_for_a_minute(line: Line) -> None:
    line.open()
    assert line.breaker.is_open(HERE)
    line.clock.forward(59.9)
    assert line.breaker.admit(HERE) is Admission.SKIP
    line.clock.forward(0.1)
    assert line.breaker.admit(HERE) is Admission.TRIAL


def test_failures_spread_over_more_than_a_minute_do_not_open_it(line: Line) -> None:
    for _ in range(20):
        assert line.call(failed=True) is False
        line.clock.forward(15.1)


def test_a_minutes_last_moment_counts(line: Line) -> None:
    for _ in range(4):
        line.call(failed=True)
        line.clock.forward(15)
    assert line.call(failed=True) is True


def test_one_success_ends_the_run(line: Line) -> None:
    for _ in range(4):
        line.call(failed=True)
    line.call()
    assert [line.call(failed=True) for _ in range(5)] == [False, False, False, False, True]


def test_three_slow_calls_in_a_row_open_it(line: Line) -> None:
    line.call(seconds=0.51)
    line.call(seconds=0.51)
    line.call(seconds=0.5)
    assert [line.call(seconds=0.51) for _ in range(3)] == [False, False, True]


def test_one_very_slow_call_opens_it(line: Line) -> None:
    assert line.call(seconds=5.0) is True


def test_patience_overlooks_slowness_but_not_failures(line: Line) -> None:
    assert [line.call(seconds=30, patient=True) for _ in range(5)] == [False] * 5
    assert [line.call(seconds=30, patient=True, failed=True) for _ in range(5)][-1] is True


def test_a_slow_success_does_not_continue_a_run_of_failures(line: Line) -> None:
    for _ in range(4):
        line.call(failed=True)
    line.call(seconds=0.6)
    assert line.call(failed=True) is False


def test_half_open_lets_one_trial_through(line: Line) -> None:
    line.open()
    line.clock.forward(60)
    assert [line.breaker.admit(HERE) for _ in range(3)] == [Admission.TRIAL, Admission.SKIP, Admission.SKIP]
    line.breaker.report(HERE, Admission.TRIAL, 0.01, failed=False, patient=False)
    assert line.breaker.admit(HERE) is Admission.CALL
    assert not line.breaker.is_open(HERE)


def test_a_failed_or_slow_trial_waits_another_minute(line: Line) -> None:
    line.open()
    for trouble in ({"failed": True, "seconds": 0.01}, {"failed": False, "seconds": 0.6}):
        line.clock.forward(60)
        assert line.breaker.admit(HERE) is Admission.TRIAL
        line.clock.forward(10)
        assert line.breaker.report(HERE, Admission.TRIAL, patient=False, **trouble) is True  # type: ignore[arg-type]
        line.clock.forward(59.9)
        assert line.breaker.admit(HERE) is Admission.SKIP
        line.clock.forward(-59.9)


def test_a_trial_that_never_returns_blocks_nobody_for_good(line: Line) -> None:
    line.open()
    line.clock.forward(60)
    assert line.breaker.admit(HERE) is Admission.TRIAL
    line.clock.forward(60)
    assert line.breaker.admit(HERE) is Admission.TRIAL


def test_a_straggler_from_before_closes_nothing(line: Line) -> None:
    before = line.breaker.admit(HERE)
    line.open()
    assert line.breaker.report(HERE, before, 0.01, failed=False, patient=False) is False
    assert line.breaker.admit(HERE) is Admission.SKIP


@pytest.mark.parametrize(
    "other", [HERE._replace(tenant_id=8), HERE._replace(plugin="forum"), HERE._replace(hook="count_stats")]
)
def test_only_that_tenant_plugin_and_hook_degrade(line: Line, other: Circuit) -> None:
    line.open()
    assert line.breaker.admit(other) is Admission.CALL


def test_what_is_remembered_is_bounded(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "KEPT", 2)
    for tenant in (1, 2, 3):
        for _ in range(5):
            line.breaker.report(
                HERE._replace(tenant_id=tenant), Admission.CALL, 0.01, failed=True, patient=False
            )
    assert [line.breaker.is_open(HERE._replace(tenant_id=tenant)) for tenant in (1, 2, 3)] == [
        False,
        True,
        True,
    ]
