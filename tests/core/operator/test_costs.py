"""Costs that processes report are added up for the operator, and one report never spoils another."""

import dataclasses
import datetime as dt
import itertools
import logging

import pytest
from markupsafe import Markup
from sqlalchemy.orm import Session

from baukasten import clock
from baukasten.db.session import connect
from baukasten.operator import costs
from baukasten.operator.costs import Reporter
from baukasten.plugin import Outlet, OutletContext, hookspecs
from baukasten.plugin.contract import Contract
from baukasten.plugin.manager import PluginManager
from tests.core.plugin.made import TENANT, Stopwatch, plugin

_names = (f"wild{number}" for number in itertools.count())
CONTEXT = OutletContext(TENANT)


class Process:
    """One process with a plugin whose calls take as long as told and fail when told."""

    def __init__(self, database, name):
        self.watch, self.seconds, self.error = Stopwatch(), 0.0, ""

        def fill_outlet() -> Markup | None:
            self.watch.forward(self.seconds)
            if self.error:
                raise ValueError(self.error)
            return None

        self.manager = PluginManager([plugin(name, fill_outlet=fill_outlet)], monotonic=self.watch)
        self.name = name
        self.contract = Contract(self.manager, database.contract.registry)
        self.reporter = Reporter(dataclasses.replace(database, contract=self.contract))

    def call(self, town, times=1, *, seconds=0.0, error=""):
        self.seconds, self.error = seconds, error
        for _number in range(times):
            hooks = self.manager.at(town.id, frozenset({self.name}), reading=True)
            hooks.ask(hookspecs.fill_outlet, session=Session(), outlet=Outlet.FRONT_TOP, context=CONTEXT)
        self.reporter.report()


@pytest.fixture(autouse=True)
def _silence(caplog):
    caplog.set_level(logging.CRITICAL, "baukasten.plugin")


@pytest.fixture
def processes(database):
    name = next(_names)
    return Process(database, name), Process(database, name)


@pytest.fixture
def read(database, processes):
    """Read the lines of the test's own plugin."""

    def lines():
        with database.operator_session() as session:
            return [line for line in costs.total(session) if line.plugin == processes[0].name]

    return lines


def test_what_two_processes_report_is_added_up(processes, read, town, other_town):
    one, two = processes
    one.call(town, 2, seconds=0.1, error="one is ill")
    two.call(other_town, 3, seconds=0.3)
    two.call(town, 1, seconds=0.2, error="two is ill")
    (line,) = read()
    assert (line.hook, line.calls, line.failures, line.troubled, line.paused) == (
        "fill_outlet",
        6,
        3,
        1,
        False,
    )
    assert (line.seconds, line.slowest, line.mean) == pytest.approx((1.3, 0.3, 1.3 / 6))
    assert line.last_error == "ValueError: two is ill"


def test_a_report_replaces_the_last_one_of_its_process(processes, read, town):
    processes[0].call(town, 2)
    processes[0].call(town, 1)
    processes[0].reporter.report()
    assert [line.calls for line in read()] == [3]


def test_a_pause_in_one_process_is_seen(processes, read, town):
    processes[0].call(town, 7, error="ill")
    processes[1].call(town, 1)
    assert [(line.calls, line.failures, line.skipped, line.paused) for line in read()] == [(6, 5, 2, True)]


def test_a_process_without_calls_reports_nothing(processes, read):
    processes[0].reporter.report()
    assert read() == []


def test_what_was_long_ago_is_no_longer_shown(processes, read, town):
    processes[0].call(town)
    with clock.turned(clock.now() + dt.timedelta(minutes=61)):
        assert read() == []
        processes[1].call(town, 4)
        assert [line.calls for line in read()] == [4]


@pytest.mark.parametrize(
    "text", ["ill\0ness", "ill\ud800ness", "ill\x1b[31mness", "illness\nname@post.example"]
)
def test_an_error_that_cannot_be_stored_hides_nobody(processes, read, town, text):
    processes[0].call(town, error=text)
    (line,) = read()
    assert line.last_error in ("ValueError: illness", "ValueError: ill[31mness")


def test_a_report_of_a_town_that_is_no_more_is_left_out(processes, read, town):
    processes[0].call(dataclasses.replace(town, id=town.id + 1_000_000_000))
    assert read() == []


def test_a_database_that_is_away_is_asked_again(processes, town, caplog, monkeypatch, tmp_path):
    monkeypatch.setattr(costs, "REPORT_SECONDS", 0.01)
    caplog.set_level(logging.WARNING, "baukasten.operator")
    process = processes[0]
    process.call(town)
    nowhere = f"postgresql+psycopg://nobody@/none?host={tmp_path}"
    reporter = Reporter(connect(nowhere, nowhere, process.contract))
    reporter.follow()
    while len(caplog.messages) < 2:
        pass
    reporter.stop()
    assert set(caplog.messages) == {"costs were not reported: OperationalError"}
