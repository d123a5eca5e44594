"""What plugins tell for summaries: names that last, and whose news are wanted."""

import datetime as dt
from typing import Any

import pytest
from sqlalchemy.orm import Session

from baukasten.plugin.digests import DigestStretch, numbered
from baukasten.plugin.hooks import Answer
from tests.core.plugin.made import PROJECT, House, plugin

NOON = dt.datetime(2026, 5, 3, 12, tzinfo=dt.UTC)
SESSION = Session()


@pytest.fixture(autouse=True)
def _quiet(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("CRITICAL")


def test_keys_give_their_numbers_and_nothing_else() -> None:
    keys = [
        "a.news:x:12",
        "a.news:x:13:99",
        "a.news:y:14",
        "b.news:x:15",
        "a.news:x:",
        "a.news:x:-1",
        "a.news:x:٣",
    ]
    assert numbered([*keys, f"a.news:x:{'9' * 19}", f"a.news:x:{'9' * 18}"], "a.news:x") == {
        12,
        13,
        int("9" * 18),
    }


@pytest.mark.parametrize(
    ("projects", "wanted"), [(None, (True, True)), ({1}, (True, False)), ({2}, (False, False))]
)
def test_a_stretch_knows_whose_news_are_wanted(projects: set[int] | None, wanted: tuple[bool, bool]) -> None:
    chosen = None if projects is None else frozenset(projects)
    stretch = DigestStretch(NOON, NOON, chosen)
    assert (stretch.wants(PROJECT), stretch.wants(None)) == wanted


def work(_session: Session, *args: Any) -> Any:
    if args == ("fail",):
        raise RuntimeError("out of order")
    return args


def test_what_a_plugin_declared_runs_apart_like_a_hook() -> None:
    house = House([plugin("stall"), plugin("asleep")])
    hooks = house.manager.at(7, frozenset({"stall"}))
    assert hooks.run(Answer("stall", None), "work", work, SESSION, 1, 2) == Answer("stall", (1, 2))
    assert hooks.run(Answer("asleep", None), "work", work, SESSION, 1) is None
    assert hooks.run(Answer("core.projects", None), "work", work, SESSION, 1) == Answer("core.projects", (1,))
    assert hooks.run(Answer("stall", None), "work", work, SESSION, "fail") is None
    assert [(one.plugin, one.hook, one.error) for one in house.failures] == [
        ("stall", "work", "RuntimeError")
    ]


def test_what_keeps_failing_is_paused_and_slowness_is_not_minded() -> None:
    house = House([plugin("stall")])
    asked = Answer("stall", None)

    def slowly(_session: Session) -> int:
        house.watch.forward(9.0)
        return 1

    assert [house.hooks.run(asked, "slow", slowly, SESSION) for _ in range(9)] == [Answer("stall", 1)] * 9
    for _ in range(9):
        house.hooks.run(asked, "work", work, SESSION, "fail")
    assert len(house.failures) == 5
    assert house.hooks.run(asked, "work", work, SESSION, 1) is None
