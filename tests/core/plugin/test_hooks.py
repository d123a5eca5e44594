"""Hooks while serving: order, isolation, strict decisions, one answer, and the tenant's own plugins only."""

import datetime as dt
import logging
from typing import Any

import pytest
from markupsafe import Markup
from sqlalchemy.orm import Session

from baukasten import clock
from baukasten.plugin import (
    Blocker,
    Draft,
    Event,
    Message,
    Outlet,
    OutletContext,
    ProjectPublished,
    Receipt,
    Ruling,
    Stat,
    TenantRef,
    Verdict,
    hookspecs,
)
from baukasten.plugin.faults import Failure, Trouble
from baukasten.plugin.hooks import Answer
from tests.core.plugin.made import MEMBER, MODULE, PROJECT, TENANT, TOWN, House, Stopwatch, module, plugin

SESSION = Session()
DRAFT = Draft("forum.post", "Die Bank am Brunnen wackelt.", author=MEMBER)
MAIL = Message("a@example.org", "Subject", "Text")
CONTEXT = OutletContext(TENANT)
NOON = dt.datetime(2026, 5, 3, 12, tzinfo=dt.UTC)
VETO = "This cannot be checked at the moment. Please try again later."


def failing() -> Any:
    raise RuntimeError("out of order\nsecret of a person")


def nothing() -> list[Any]:
    return []


def rubbish() -> Any:
    return 42


def stats(house: House) -> list[Answer[Any]]:
    return house.hooks.ask(hookspecs.count_stats, session=SESSION, project=PROJECT)


def outlet(house: House) -> list[Answer[Markup]]:
    return house.hooks.ask(hookspecs.fill_outlet, session=SESSION, outlet=Outlet.FRONT_TOP, context=CONTEXT)


@pytest.fixture(autouse=True)
def _quiet(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.CRITICAL, "baukasten.plugin")


def test_answers_know_who_gave_them_and_come_by_name_not_by_installation() -> None:
    names = ("survey", "chat", "newsletter")
    house = House([plugin(name, fill_outlet=lambda name=name: Markup(name)) for name in names])  # noqa: S704
    # A default argument is no hook argument: pluggy hands over only what has none.
    assert outlet(house) == [Answer(name, Markup(name)) for name in sorted(names)]  # noqa: S704


def test_each_gets_the_arguments_it_asks_for() -> None:
    seen: list[Any] = []

    def remembering_outlet(outlet: Outlet) -> None:
        seen.append(outlet)

    house = House(
        [
            plugin("a", fill_outlet=remembering_outlet),
            plugin("b", fill_outlet=lambda context, session: seen.append((context, session))),
            plugin("c", fill_outlet=lambda: seen.append(None)),
        ]
    )
    assert outlet(house) == []
    assert seen == [Outlet.FRONT_TOP, (CONTEXT, SESSION), None]


def test_only_the_tenants_plugins_and_the_rooms_are_asked() -> None:
    house = House(
        [plugin(name, count_stats=lambda: [Stat("x", "X", 1)]) for name in ("chat", "forum")],
        {"search": module("search", count_stats=nothing)},
    )
    hooks = house.manager.at(8, frozenset({"forum", "never_installed"}))
    answers = hooks.ask(hookspecs.count_stats, session=SESSION, project=PROJECT)
    assert answers == [Answer("core.search", []), Answer("forum", [Stat("x", "X", 1)])]
    assert [cost.plugin for cost in house.manager.costs() if cost.calls] == ["core.search", "forum"]


@pytest.mark.parametrize(
    ("bad", "trouble", "error", "message"),
    [
        (failing, Trouble.RAISED, "RuntimeError", "out of order"),
        (rubbish, Trouble.RUBBISH, "", "int instead of a list of Stat"),
        (lambda: ["rubbish"], Trouble.RUBBISH, "", "str in a list of Stat"),
    ],
)
def test_a_bad_contribution_is_left_out_and_noted(
    bad: Any, trouble: Trouble, error: str, message: str
) -> None:
    good = [Stat("a", "A", 1)]
    house = House(
        [
            plugin("a", count_stats=lambda: good),
            plugin("twin", count_stats=bad),
            plugin("z", count_stats=lambda: good),
        ]
    )
    with clock.turned(NOON):
        assert stats(house) == [Answer("a", good), Answer("z", good)]
    # The second line of an error may hold a person's values and stays out of the operator's console.
    assert house.failures == [Failure(TOWN, "twin", "count_stats", trouble, error, message, 0.0, NOON)]


def test_every_contribution_is_isolated() -> None:
    names = ("fill_outlet", "list_activity", "count_stats", "find_publish_blockers")
    blocker = Blocker("No text yet.")
    house = House(
        [plugin("a", **dict.fromkeys(names, failing)), plugin("b", find_publish_blockers=lambda: [blocker])]
    )
    assert outlet(house) == []
    assert stats(house) == []
    ask = house.hooks.ask
    assert ask(hookspecs.list_activity, session=SESSION, project=PROJECT, since=NOON, limit=5) == []
    blockers = ask(hookspecs.find_publish_blockers, session=SESSION, project=PROJECT)
    assert blockers == [Answer("b", [blocker])]
    assert [failure.hook for failure in house.failures] == [
        "fill_outlet",
        "count_stats",
        "list_activity",
        "find_publish_blockers",
    ]


@pytest.mark.parametrize("bad", [failing, rubbish])
def test_a_failing_screener_holds_the_draft(bad: Any) -> None:
    fine = Verdict(Ruling.ALLOW)
    house = House([plugin("a", screen_content=lambda: fine), plugin("twin", screen_content=bad)])
    first, second = house.hooks.ask(hookspecs.screen_content, session=Session(), draft=DRAFT)
    assert first == Answer("a", fine)
    assert (second.plugin, second.value.ruling, second.value.code) == (
        "twin",
        Ruling.HOLD,
        "screening_failed",
    )


@pytest.mark.parametrize("bad", [failing, rubbish])
def test_a_failing_veto_denies_with_a_reason(bad: Any) -> None:
    house = House([plugin("a", veto_access=lambda: None), plugin("twin", veto_access=bad)])
    answers = house.hooks.ask(
        hookspecs.veto_access, session=SESSION, member=MEMBER, permission="forum.topic.create", module=MODULE
    )
    assert answers == [Answer("twin", VETO)]


def test_a_decision_that_is_no_longer_asked_stays_strict() -> None:
    house = House([plugin("twin", screen_content=failing)])
    rulings = [
        answer.value.ruling
        for _ in range(7)
        for answer in house.hooks.ask(hookspecs.screen_content, session=Session(), draft=DRAFT)
    ]
    assert rulings == [Ruling.HOLD] * 7
    assert len(house.failures) == 5


def test_the_first_answer_counts_and_plugins_come_before_the_core() -> None:
    asked: list[str] = []

    def sends(name: str, answer: Receipt | None) -> Any:
        def send_message(message: Message) -> Receipt | None:
            asked.append(name)
            return answer

        return send_message

    house = House(
        [
            plugin("passes", send_message=sends("passes", None)),
            plugin("twin", send_message=fails_with_mail),
            plugin("zustellung", send_message=sends("zustellung", Receipt("demail", "1"))),
        ],
        {"mail": module("mail", send_message=sends("core", Receipt("smtp", "2")))},
    )
    answer = house.hooks.first(hookspecs.send_message, tenant=TENANT, message=MAIL)
    assert answer == Answer("zustellung", Receipt("demail", "1"))
    assert asked == ["passes", "zustellung"]
    without = house.manager.at(TOWN, frozenset({"twin"}))
    assert without.first(hookspecs.send_message, tenant=TENANT, message=MAIL) == Answer(
        "core.mail", Receipt("smtp", "2")
    )


def fails_with_mail(message: Message) -> Any:
    raise ConnectionError("refused")


def test_nobody_answering_gives_nothing() -> None:
    house = House([plugin("twin", send_message=fails_with_mail, open_storage=rubbish)])
    assert house.hooks.first(hookspecs.send_message, tenant=TENANT, message=MAIL) is None
    assert house.hooks.first(hookspecs.open_storage, tenant=TENANT) is None
    assert [failure.trouble for failure in house.failures] == [Trouble.RAISED, Trouble.RUBBISH]


def test_telling_reaches_one_plugin_and_gives_its_failure() -> None:
    told: list[Any] = []

    def on_event(event: Event) -> None:
        told.append(event)

    house = House([plugin("forum", on_event=on_event), plugin("twin", on_event=failing)])
    event = ProjectPublished(TOWN, 1)
    assert house.hooks.listeners(hookspecs.on_event) == ("forum", "twin")
    assert house.hooks.tell("forum", hookspecs.on_event, session=Session(), event=event) is None
    assert told == [event]
    failure = house.hooks.tell("twin", hookspecs.on_event, session=Session(), event=event)
    assert failure is not None
    assert (failure.plugin, failure.message) == ("twin", "out of order")
    assert house.hooks.tell("chat", hookspecs.on_event, session=Session(), event=event) is None


def test_the_outbox_is_never_paused() -> None:
    house = House([plugin("twin", on_event=failing)])
    event = ProjectPublished(TOWN, 1)
    failures = [
        house.hooks.tell("twin", hookspecs.on_event, session=Session(), event=event) for _ in range(8)
    ]
    assert None not in failures
    assert [cost.skipped for cost in house.manager.costs()] == [0]


@pytest.mark.parametrize("hook", ["on_enabled", "on_disabled"])
def test_switching_tells_the_plugin(hook: str) -> None:
    told: list[Any] = []

    def switched(tenant: TenantRef) -> None:
        told.append(tenant)

    house = House([plugin("forum", **{hook: switched})])
    assert house.hooks.tell("forum", getattr(hookspecs, hook), session=Session(), tenant=TENANT) is None
    assert told == [TENANT]


def test_an_inactive_plugin_hears_nothing() -> None:
    house = House([plugin("forum", on_event=failing)])
    hooks = house.manager.at(TOWN, frozenset())
    assert hooks.listeners(hookspecs.on_event) == ()
    assert hooks.tell("forum", hookspecs.on_event, session=SESSION, event=ProjectPublished(TOWN, 1)) is None


def test_a_callers_mistake_is_not_blamed_on_a_plugin() -> None:
    house = House([plugin("forum", count_stats=nothing)])
    with pytest.raises(TypeError, match=r"^count_stats takes exactly these keywords: project, session$"):
        house.hooks.ask(hookspecs.count_stats, session=SESSION)  # type: ignore[call-arg]
    with pytest.raises(TypeError, match=r"^count_stats takes exactly these keywords"):
        house.hooks.ask(hookspecs.count_stats, SESSION, PROJECT)
    with pytest.raises(
        TypeError, match=r"^send_message is a answer; this call is for contribution or decision$"
    ):
        house.hooks.ask(hookspecs.send_message, tenant=TENANT, message=MAIL)
    assert house.failures == []


def test_an_interrupt_is_not_swallowed() -> None:
    def count_stats() -> Any:
        raise KeyboardInterrupt

    house = House([plugin("forum", count_stats=count_stats)])
    with pytest.raises(KeyboardInterrupt):
        stats(house)


def test_a_failing_plugin_is_paused_in_one_tenant_for_one_hook_and_tried_again() -> None:
    calls: list[int] = []
    broken = True

    def count_stats() -> Any:
        calls.append(1)
        if broken:
            raise RuntimeError("out of order")
        return [Stat("a", "A", 1)]

    house = House(
        [
            plugin("twin", count_stats=count_stats, fill_outlet=lambda: Markup("<p>")),
            plugin("b", count_stats=nothing),
        ]
    )
    for _ in range(9):
        assert stats(house) == [Answer("b", [])]
    assert len(calls) == 5
    assert outlet(house) == [Answer("twin", Markup("<p>"))]
    elsewhere = house.manager.at(8, house.active)
    elsewhere.ask(hookspecs.count_stats, session=SESSION, project=PROJECT)
    assert len(calls) == 6

    house.watch.forward(60)
    assert stats(house) == [Answer("b", [])]
    assert len(calls) == 7
    assert stats(house) == [Answer("b", [])]
    assert len(calls) == 7

    broken = False
    house.watch.forward(60)
    assert [answer.plugin for answer in stats(house)] == ["b", "twin"]
    assert [answer.plugin for answer in stats(house)] == ["b", "twin"]


def test_a_hanging_plugin_is_paused_after_its_third_call_and_told_as_slow() -> None:
    watch = Stopwatch()

    def fill_outlet() -> Markup:
        watch.forward(1)
        return Markup("<p>")

    slow = House([plugin("twin", fill_outlet=fill_outlet)], watch=watch)
    with clock.turned(NOON):
        filled = [len(outlet(slow)) for _ in range(5)]
    assert filled == [1, 1, 1, 0, 0]
    assert slow.failures == [Failure(TOWN, "twin", "fill_outlet", Trouble.SLOW, "", "took 1.0 s", 1.0, NOON)]


def test_a_slow_transport_is_borne_with() -> None:
    watch = Stopwatch()

    def send_message(message: Message) -> Receipt:
        watch.forward(9)
        return Receipt("smtp", "1")

    slow = House([plugin("post", send_message=send_message)], watch=watch)
    answers = [slow.hooks.first(hookspecs.send_message, tenant=TENANT, message=MAIL) for _ in range(5)]
    assert answers == [Answer("post", Receipt("smtp", "1"))] * 5


def test_a_room_is_isolated_but_never_paused() -> None:
    house = House([], {"search": module("search", count_stats=failing)})
    assert [stats(house) for _ in range(8)] == [[]] * 8
    assert len(house.failures) == 8
