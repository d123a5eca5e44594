"""The twin misbehaves in four hooks; nobody but the twin suffers, and the operator reads its name."""

import datetime as dt
import logging
from typing import Any

import pytest
from baukasten_twin import plugin as twin
from baukasten_twin.plugin import Knobs, Mood
from markupsafe import Markup
from sqlalchemy.orm import Session

from baukasten.plugin import Draft, Outlet, OutletContext, ProjectRef, Stat, TenantRef, hookspecs
from baukasten.plugin.breaker import Limits
from baukasten.plugin.discovery import Plugin
from baukasten.plugin.faults import Failure, Trouble
from baukasten.plugin.hooks import Hooks
from baukasten.plugin.manager import PluginManager
from tests.core.plugin.made import plugin

TOWN, OTHER = 7, 8
PROJECT = ProjectRef(1, "platz", "Neuer Platz")
CONTEXT = OutletContext(TenantRef(TOWN, "musterstadt", "Musterstadt", "musterstadt.localhost"))
SINCE = dt.datetime(2026, 5, 3, 12, tzinfo=dt.UTC)
TWIN = Plugin.of(twin)
GOOD = plugin(
    "gut", fill_outlet=lambda: Markup("<p>gut</p>"), count_stats=lambda: [Stat("gut.one", "One", 1)]
)
DELIVERED = {
    "fill_outlet": Mood.RAISE,
    "list_activity": Mood.RUBBISH,
    "count_stats": Mood.HANG,
    "screen_content": Mood.RAISE,
}
ACTIVE = frozenset({"gut", "twin"})


@pytest.fixture(autouse=True)
def _as_delivered(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.CRITICAL, "baukasten.plugin")
    for hook, mood in DELIVERED.items():
        monkeypatch.setattr(Knobs, hook, mood)


@pytest.fixture
def failures() -> list[Failure]:
    return []


@pytest.fixture
def manager(failures: list[Failure]) -> PluginManager:
    # A hundredth of a second stands for half a one, so that nobody waits.
    return PluginManager([TWIN, GOOD], limits=Limits(slow_after=0.01), sink=failures.append)


@pytest.fixture
def hooks(manager: PluginManager) -> Hooks:
    return manager.at(TOWN, ACTIVE, reading=True)


def ask(hooks: Hooks, hook: str) -> list[str]:
    """Ask one of the four hooks and name who answered."""
    values: dict[str, dict[str, Any]] = {
        "fill_outlet": {"outlet": Outlet.FRONT_TOP, "context": CONTEXT},
        "list_activity": {"project": PROJECT, "since": SINCE, "limit": 5},
        "count_stats": {"project": PROJECT},
        "screen_content": {"draft": Draft("gut.post", "Hallo.")},
    }
    answers: list[Any] = hooks.ask(getattr(hookspecs, hook), session=Session(), **values[hook])
    return [answer.plugin for answer in answers]


def test_as_delivered_it_misbehaves_in_every_way(hooks: Hooks, failures: list[Failure]) -> None:
    assert ask(hooks, "fill_outlet") == ["gut"]
    assert ask(hooks, "list_activity") == []
    assert ask(hooks, "count_stats") == ["gut", "twin"]
    assert ask(hooks, "screen_content") == ["twin"]
    assert [(failure.hook, failure.trouble, failure.error) for failure in failures] == [
        ("fill_outlet", Trouble.RAISED, "TwinError"),
        ("list_activity", Trouble.RUBBISH, ""),
        ("screen_content", Trouble.RAISED, "TwinError"),
    ]


@pytest.mark.parametrize(
    ("hook", "others"), [("fill_outlet", ["gut"]), ("list_activity", []), ("count_stats", ["gut"])]
)
@pytest.mark.parametrize("mood", [Mood.RAISE, Mood.RUBBISH])
def test_a_contribution_that_fails_is_left_out_and_soon_no_longer_asked(
    hooks: Hooks, monkeypatch: pytest.MonkeyPatch, hook: str, others: list[str], mood: Mood
) -> None:
    monkeypatch.setattr(Knobs, hook, mood)
    assert [ask(hooks, hook) for _ in range(8)] == [others] * 8
    assert Knobs.calls == 5


@pytest.mark.parametrize("mood", [Mood.RAISE, Mood.RUBBISH])
def test_a_screener_that_fails_holds_everything(
    hooks: Hooks, monkeypatch: pytest.MonkeyPatch, mood: Mood
) -> None:
    monkeypatch.setattr(Knobs, "screen_content", mood)
    draft = Draft("gut.post", "Hallo.")
    answers = [hooks.ask(hookspecs.screen_content, session=Session(), draft=draft) for _ in range(8)]
    assert [(answer.value.ruling, answer.value.code) for (answer,) in answers] == [
        ("hold", "screening_failed")
    ] * 8


@pytest.mark.parametrize("hook", ["fill_outlet", "list_activity", "count_stats", "screen_content"])
def test_a_hanging_twin_is_asked_three_times(
    hooks: Hooks, failures: list[Failure], monkeypatch: pytest.MonkeyPatch, hook: str
) -> None:
    monkeypatch.setattr(Knobs, hook, Mood.HANG)
    for _ in range(6):
        ask(hooks, hook)
    assert Knobs.calls == 3
    assert [(failure.plugin, failure.hook, failure.trouble) for failure in failures] == [
        ("twin", hook, Trouble.SLOW)
    ]


def test_only_the_tenant_and_the_hook_degrade(
    manager: PluginManager, hooks: Hooks, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(8):
        ask(hooks, "fill_outlet")
    monkeypatch.setattr(Knobs, "fill_outlet", Mood.FINE)
    assert ask(hooks, "fill_outlet") == ["gut"]
    assert ask(manager.at(OTHER, ACTIVE, reading=True), "fill_outlet") == ["gut", "twin"]
    assert ask(hooks, "count_stats") == ["gut", "twin"]


def test_the_console_names_plugin_hook_and_cost(manager: PluginManager, hooks: Hooks) -> None:
    ask(hooks, "count_stats")
    for _ in range(8):
        ask(hooks, "fill_outlet")
    dear, failing = (cost for cost in manager.costs() if cost.plugin == "twin")
    assert (dear.hook, dear.calls, dear.failures, dear.paused) == ("count_stats", 1, 0, False)
    assert dear.seconds >= 0.02
    assert (failing.hook, failing.calls, failing.failures, failing.skipped) == ("fill_outlet", 5, 5, 3)
    assert (failing.paused, failing.last_error) == (True, "TwinError: the twin fell over")


def test_where_it_is_not_active_it_is_not_asked(manager: PluginManager) -> None:
    assert ask(manager.at(TOWN, frozenset({"gut"}), reading=True), "fill_outlet") == ["gut"]
    assert Knobs.calls == 0
