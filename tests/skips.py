"""Lists every skipped test at the end of a run, and lets a run in CI fail for each one without a good reason."""

import os

import pytest
from _pytest.terminal import TerminalReporter

# A skip that stays right on a machine which has everything: words of its reason → why nothing is lost.
ACCEPTED: dict[str, str] = {}


class Skips:
    """Collects skipped tests and modules; under xdist only in the process that sees all reports."""

    def __init__(self) -> None:
        self.found: list[tuple[str, str]] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        # An expected failure arrives as "skipped" too, but it did run.
        if report.skipped and not hasattr(report, "wasxfail"):
            self.found.append((report.nodeid, reason_of(report)))

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.skipped:
            self.found.append((report.nodeid, reason_of(report)))

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        if strict() and unaccepted(self.found) and exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: TerminalReporter) -> None:
        if not self.found:
            return
        terminalreporter.section("skipped")
        for nodeid, reason in sorted(self.found):
            terminalreporter.write_line(f"{nodeid}: {reason}")
        if strict() and (wrong := unaccepted(self.found)):
            terminalreporter.write_line(
                f"{len(wrong)} skipped without an accepted reason, so this run fails", red=True
            )


def strict() -> bool:
    """Tell whether this run is CI, where a skip hides what nobody will look at."""
    return os.environ.get("CI", "").lower() in {"1", "true"}


def unaccepted(found: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return the skips whose reason contains none of the accepted words."""
    return [(nodeid, reason) for nodeid, reason in found if not any(words in reason for words in ACCEPTED)]


def reason_of(report: pytest.TestReport | pytest.CollectReport) -> str:
    """Return the sentence given to `pytest.skip`, without pytest's own prefix."""
    text = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    return text.removeprefix("Skipped: ")


def pytest_configure(config: pytest.Config) -> None:
    """Begin to collect, except in a worker of xdist, whose reports travel to the controller."""
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(Skips(), "baukasten-skips")
