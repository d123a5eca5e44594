"""The manager refuses what cannot work, by name, and knows who implements what."""

from collections.abc import Callable
from typing import Any

import pluggy
import pytest
from sqlalchemy.orm import Session

from baukasten.plugin import MemberRef, Outlet, Permission, Role, hookspecs
from baukasten.plugin.discovery import Plugin
from baukasten.plugin.faults import PluginError
from baukasten.plugin.hooks import Answer
from baukasten.plugin.manager import PluginManager
from tests.core.plugin.made import House, declaring, module, plugin

MARK = pluggy.HookimplMarker("baukasten")
READ = Permission("forum.topic.read", "Read", frozenset({Role.GUEST}))


def nothing() -> list[Any]:
    return []


def fails() -> Any:
    raise RuntimeError("no disk")


def test_plugins_are_known_by_name_and_sorted() -> None:
    manager = PluginManager([plugin("survey"), plugin("chat")])
    assert list(manager.plugins) == ["chat", "survey"]
    assert manager.plugins["chat"].manifest.title == "Chat"


def test_a_misspelt_hook_names_the_plugin() -> None:
    with pytest.raises(PluginError) as caught:
        PluginManager([plugin("forum", fill_outlett=lambda: None), plugin("chat")])
    assert caught.value.plugin == "forum"
    assert "unknown hook 'fill_outlett'" in caught.value.reason


def test_a_misspelt_hook_of_a_room_names_the_room() -> None:
    with pytest.raises(PluginError, match=r"^plugin core.search: unknown hook 'register_serch'"):
        PluginManager(rooms={"search": module("search", register_serch=nothing)})


def test_a_wrong_argument_names_the_plugin() -> None:
    def fill_outlet(outlet: Any, request: Any) -> None: ...

    with pytest.raises(PluginError) as caught:
        PluginManager([plugin("forum", fill_outlet=fill_outlet)])
    assert caught.value.plugin == "forum"
    assert "hookimpl definition: fill_outlet(outlet" in caught.value.reason
    assert "request" in caught.value.reason


class NearerSession(Session):
    """What the toolkit calls a session."""


def takes_a_number(outlet: int) -> None: ...


def takes_no_guest(member: MemberRef) -> None: ...


def takes_anything(session: Any, outlet: object) -> None: ...


def takes_the_same(session: Session, outlet: Outlet) -> None: ...


def takes_a_nearer_class(session: NearerSession) -> None: ...


def takes_a_mystery(session: "NameForCheckersOnly") -> None: ...  # type: ignore[name-defined]  # noqa: F821


@pytest.mark.parametrize(
    ("hook", "function", "reason"),
    [
        ("fill_outlet", takes_a_number, "fill_outlet takes outlet as <enum 'Outlet'>, not as <class 'int'>"),
        (
            "veto_access",
            takes_no_guest,
            f"veto_access takes member as {MemberRef | None}, not as {MemberRef}",
        ),
    ],
)
def test_a_wrong_annotation_names_the_plugin(hook: str, function: Callable[..., None], reason: str) -> None:
    with pytest.raises(PluginError) as caught:
        PluginManager([plugin("forum", **{hook: function})])
    assert str(caught.value) == f"plugin forum: {reason}"


@pytest.mark.parametrize(
    "function",
    [takes_anything, takes_the_same, takes_a_nearer_class, takes_a_mystery, lambda session: session],
)
def test_annotations_that_fit_or_say_nothing_are_taken(function: Callable[..., None]) -> None:
    assert PluginManager([plugin("forum", fill_outlet=function)]).implementers(hookspecs.fill_outlet) == (
        "forum",
    )


@pytest.mark.parametrize(
    "options",
    [
        {"tryfirst": True},
        {"trylast": True},
        {"optionalhook": True},
        {"hookwrapper": True},
        {"wrapper": True},
        {"specname": "fill_outlet"},
    ],
)
def test_options_of_a_hook_are_refused(options: dict[str, Any]) -> None:
    def count_stats() -> Any:
        yield

    made = plugin("forum")
    made.module.count_stats = MARK(**options)(count_stats)  # type: ignore[attr-defined]
    with pytest.raises(PluginError) as caught:
        PluginManager([made])
    (option,) = options
    assert str(caught.value) == f"plugin forum: count_stats uses {option}; a hook is marked without options"


def test_a_name_is_taken_once() -> None:
    twins = [Plugin.of(plugin("forum").module, distribution=origin) for origin in ("one", "two")]
    with pytest.raises(PluginError, match=r"^plugin forum: installed twice, from one and two$"):
        PluginManager(twins)


def test_one_module_cannot_be_two_rooms() -> None:
    shared = module("shared")
    with pytest.raises(PluginError, match=r"^plugin core.search: Plugin already registered"):
        PluginManager(rooms={"moderation": shared, "search": shared})


def test_a_plugin_for_another_core_is_refused() -> None:
    with pytest.raises(PluginError, match=r"^plugin forum: needs Baukasten >=0.1,<1, this is 1.0$"):
        PluginManager([plugin("forum")], core_version="1.0")


def test_declarations_come_with_their_owners_in_order() -> None:
    rooms = {"moderation": module("moderation", register_permissions=lambda: [READ])}
    manager = PluginManager(
        [
            declaring("forum", "register_permissions", READ, READ),
            plugin("chat", register_permissions=lambda: None),
        ],
        rooms,
    )
    assert manager.declare(hookspecs.register_permissions) == [
        Answer("core.moderation", READ),
        Answer("forum", READ),
        Answer("forum", READ),
    ]


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (fails, "register_permissions failed: RuntimeError: no disk"),
        (lambda: [READ, "rubbish"], "register_permissions gave str in a list of Permission"),
        (lambda: READ, "register_permissions gave Permission instead of a list of Permission"),
    ],
)
def test_a_bad_declaration_stops_the_start(answer: Callable[[], Any], reason: str) -> None:
    manager = PluginManager([plugin("forum", register_permissions=answer)])
    with pytest.raises(PluginError) as caught:
        manager.declare(hookspecs.register_permissions)
    assert str(caught.value) == f"plugin forum: {reason}"


def test_start_calls_all_once_in_order_and_names_who_fails() -> None:
    called: list[str] = []
    manager = PluginManager(
        [plugin(name, on_startup=lambda name=name: called.append(name)) for name in ("survey", "chat")],
        {"search": module("search", on_startup=lambda: called.append("search"))},
    )
    manager.start()
    assert called == ["chat", "search", "survey"]
    with pytest.raises(PluginError, match=r"^plugin forum: on_startup failed: RuntimeError: no disk$"):
        PluginManager([plugin("forum", on_startup=fails)]).start()


def test_only_declarations_are_declared() -> None:
    with pytest.raises(TypeError, match=r"on_startup is a life, not a declaration"):
        PluginManager().declare(hookspecs.on_startup)  # type: ignore[arg-type]


def test_who_implements_a_hook_is_known() -> None:
    house = House(
        [plugin("forum", count_stats=nothing), plugin("chat", count_stats=nothing), plugin("survey")]
    )
    assert house.manager.implementers(hookspecs.count_stats) == ("chat", "forum")
    assert house.manager.implementers(hookspecs.fill_outlet) == ()
