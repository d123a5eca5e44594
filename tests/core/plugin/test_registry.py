"""The registry collects what was declared and refuses collisions and wrong entries by name."""

import dataclasses
from typing import Any

import click
import pytest
from flask import Blueprint

from baukasten.plugin import (
    CORE_EVENTS,
    Area,
    Audience,
    ContentType,
    DigestSource,
    Event,
    Export,
    Feature,
    Field,
    HealthCheck,
    Job,
    LiveEvent,
    LiveNamespace,
    LiveRoom,
    Mailbox,
    ModuleKind,
    ModuleRoutes,
    Mount,
    NavItem,
    NotificationType,
    Permission,
    PersonalDataset,
    Role,
    Scope,
    SearchSource,
    SettingsGroup,
    Tally,
    TemplateHelper,
    Widget,
)
from baukasten.plugin.discovery import Plugin
from baukasten.plugin.faults import PluginError
from baukasten.plugin.hooks import Answer
from baukasten.plugin.manager import PluginManager
from baukasten.plugin.registry import Registry, build
from tests.core.plugin.made import declaring, module, plugin


def anything(*_values: Any) -> Any:
    """Stand for a callable that the registry never calls."""


def routes(*rules: str) -> ModuleRoutes:
    made = ModuleRoutes()
    for number, rule in enumerate(rules):
        view = lambda: None  # noqa: E731 - a view needs a name of its own
        view.__name__ = f"view_{number}"
        made.get(rule)(view)
    return made


@dataclasses.dataclass(frozen=True, slots=True)
class TopicMoved(Event):
    name = "forum.topic_moved"


READ = Permission("forum.topic.read", "Read", frozenset({Role.GUEST}))
SAY = Field("intro", "Introduction")
KIND = ModuleKind(
    "forum",
    "Forum",
    "Talk",
    "speech",
    routes("/", "/<int:id>"),
    (SAY,),
    (Feature("read", "Read", frozenset({READ.key})),),
)
GROUP = SettingsGroup("forum", Scope.TENANT, "Forum", [SAY])
LINK = NavItem(Area.ADMIN, "Forum", "forum_admin.index", READ.key)
WIDGET = Widget("forum.open", Area.ADMIN, "Open", anything, READ.key)
TYPE = ContentType("forum.post", "Post", anything, anything, anything, anything, anything)
SEARCH = SearchSource("forum.post", anything, anything)
NOTICE = NotificationType("forum.reply", "Reply", "forum/mail/reply", "A reply")
DATA = PersonalDataset(
    "forum.posts", "Posts", "Talk", "Art. 6", ["forum_post.author_id"], "5 years", anything, anything
)
EXPORT = Export("forum.posts", "Posts", ["id", "title"], READ.key, anything)
AUDIENCE = Audience("forum.writers", "Writers", anything)
JOB = Job("forum.count", anything, "*/5 * * * *")
COMMAND = click.Group("forum")
LIVE = LiveNamespace(
    "forum",
    [LiveEvent("typing", READ.key, anything), LiveEvent("join", "public", anything)],
    [LiveRoom("forum", anything), LiveRoom("forum_desk", anything)],
)
HELPER = TemplateHelper("forum_badge", anything)
CHECK = HealthCheck("forum.index", "Index", anything)
DIGEST = DigestSource("forum.topics", "Topics", anything, anything)
MAILBOX = Mailbox("antwort", anything)
TALLY = Tally("forum.views", anything)
MOUNT = Mount(Area.ADMIN, Blueprint("forum_admin", __name__))

DECLARED: dict[str, list[Any]] = {
    "register_permissions": [READ],
    "register_module_kinds": [KIND],
    "register_settings": [GROUP],
    "register_navigation": [LINK],
    "register_widgets": [WIDGET],
    "register_content_types": [TYPE],
    "register_search": [SEARCH],
    "register_notifications": [NOTICE],
    "register_personal_data": [DATA],
    "register_exports": [EXPORT],
    "register_audiences": [AUDIENCE],
    "register_jobs": [JOB],
    "register_commands": [COMMAND],
    "register_live": [LIVE],
    "register_events": [TopicMoved],
    "register_template_helpers": [HELPER],
    "register_health_checks": [CHECK],
    "register_digests": [DIGEST],
    "register_tallies": [TALLY],
    "register_mailboxes": [MAILBOX],
    "register_blueprints": [MOUNT],
}


def forum(**changed: list[Any]) -> Plugin:
    """Make a plugin that declares one of each, but for what is changed."""
    return plugin(
        "forum", **{hook: lambda entries=entries: entries for hook, entries in (DECLARED | changed).items()}
    )


def collected(*plugins: Plugin, **rooms: Any) -> Registry:
    return build(PluginManager(plugins, rooms))


def refused(*plugins: Plugin, **rooms: Any) -> str:
    with pytest.raises(PluginError) as caught:
        collected(*plugins, **rooms)
    return str(caught.value)


def test_everything_declared_is_there_by_key_with_its_owner() -> None:
    registry = collected(forum())
    expected: dict[str, dict[str, Any]] = {
        "permissions": {"forum.topic.read": READ},
        "kinds": {"forum": KIND},
        "settings": {"forum": GROUP},
        "widgets": {"forum.open": WIDGET},
        "content_types": {"forum.post": TYPE},
        "search": {"forum.post": SEARCH},
        "notifications": {"forum.reply": NOTICE},
        "mailboxes": {"antwort": MAILBOX},
        "personal_data": {"forum.posts": DATA},
        "exports": {"forum.posts": EXPORT},
        "audiences": {"forum.writers": AUDIENCE},
        "jobs": {"forum.count": JOB},
        "commands": {"forum": COMMAND},
        "live": {"forum": LIVE},
        "template_helpers": {"forum_badge": HELPER},
        "health_checks": {"forum.index": CHECK},
        "digests": {"forum.topics": DIGEST},
    }
    for part, entries in expected.items():
        assert getattr(registry, part) == {key: Answer("forum", value) for key, value in entries.items()}, (
            part
        )
    assert registry.navigation == (Answer("forum", LINK),)
    assert registry.mounts == {"forum": (MOUNT,)}
    assert registry.events["forum.topic_moved"] == Answer("forum", TopicMoved)


def test_the_cores_events_are_always_there() -> None:
    assert {key: answer.plugin for key, answer in collected().events.items()} == {
        event.name: "core" for event in CORE_EVENTS
    }


def test_the_registry_is_read_only() -> None:
    registry = collected(forum())
    with pytest.raises(TypeError):
        registry.permissions["forum.more"] = registry.permissions["forum.topic.read"]  # type: ignore[index]
    with pytest.raises(dataclasses.FrozenInstanceError):
        registry.navigation = ()  # type: ignore[misc]


def test_rooms_declare_with_their_rooms_name() -> None:
    decide = Permission("moderation.case.decide", "Decide", frozenset({Role.MODERATOR}))
    link = NavItem(Area.ADMIN, "Cases", "admin.cases", decide.key)
    room = module("moderation", register_permissions=lambda: [decide], register_navigation=lambda: [link])
    registry = collected(moderation=room)
    assert registry.permissions == {decide.key: Answer("core.moderation", decide)}
    assert registry.navigation == (Answer("core.moderation", link),)


def test_a_room_keeps_to_its_name_too() -> None:
    room = module("search", register_permissions=lambda: [READ])
    assert refused(search=room) == (
        "plugin core.search: register_permissions: the key forum.topic.read must begin with search."
    )


def test_links_widgets_and_settings_are_those_of_the_tenants_plugins_in_order() -> None:
    links = [
        NavItem(Area.ADMIN, "Late", "forum.late", weight=200),
        NavItem(Area.SITE, "Elsewhere", "forum.site"),
        NavItem(Area.ADMIN, "Early", "forum.early", weight=1),
    ]
    last = dataclasses.replace(WIDGET, key="forum.a", weight=900)
    chat = declaring("chat", "register_navigation", NavItem(Area.ADMIN, "Chat", "chat.index"))
    room = module(
        "search", register_navigation=lambda: [NavItem(Area.ADMIN, "Search", "search.index", weight=50)]
    )
    registry = collected(forum(register_navigation=links, register_widgets=[last, WIDGET]), chat, search=room)
    mine = frozenset({"forum"})
    assert [one.value.label for one in registry.links(Area.ADMIN, mine)] == ["Early", "Search", "Late"]
    assert [one.value.label for one in registry.links(Area.ADMIN, frozenset())] == ["Search"]
    assert [one.value.key for one in registry.widgets_of(Area.ADMIN, mine)] == ["forum.open", "forum.a"]
    assert registry.widgets_of(Area.SITE, mine) == []
    assert [one.value.key for one in registry.settings_of(Scope.TENANT, mine)] == ["forum"]
    assert registry.settings_of(Scope.TENANT, frozenset({"chat"})) == []
    assert registry.settings_of(Scope.MODULE, mine) == []


def test_a_collision_names_both() -> None:
    kind = dataclasses.replace(KIND, key="forum_two", features=())
    two = declaring("forum_two", "register_module_kinds", kind)
    assert refused(two, declaring("forum", "register_module_kinds", kind)) == (
        "plugin forum_two: register_module_kinds: forum_two collides with plugin forum"
    )


def test_a_collision_with_itself_is_one_too() -> None:
    assert refused(declaring("forum", "register_permissions", READ, READ)) == (
        "plugin forum: register_permissions: forum.topic.read collides with itself"
    )


def test_a_plugins_command_cannot_take_the_cores() -> None:
    room = module("db", register_commands=lambda: [click.Group("db")])
    stranger = declaring("db", "register_commands", click.Group("db"))
    assert refused(stranger, db=room) == "plugin db: register_commands: db collides with plugin core.db"


def test_blueprints_have_one_name_in_all_areas() -> None:
    mounts = [Mount(Area.SITE, Blueprint("forum", __name__)), Mount(Area.API, Blueprint("forum", __name__))]
    assert refused(declaring("forum", "register_blueprints", *mounts)) == (
        "plugin forum: register_blueprints: forum collides with itself"
    )


def changed(entry: Any, **values: Any) -> Any:
    return dataclasses.replace(entry, **values)


GONE = "chat.gone"
NO_TABLE = "has neither a table (columns or heads, rows, formats) nor a build"
UNKNOWN = "needs the permission chat.gone, which nobody declared"
ALIEN = "the key chat.x must begin with forum."


@pytest.mark.parametrize(
    ("hook", "entry", "reason"),
    [
        ("register_permissions", changed(READ, key="chat.x"), ALIEN),
        ("register_permissions", changed(READ, key="forum"), "the key forum must begin with forum."),
        (
            "register_permissions",
            changed(READ, key="forum.Topic"),
            "'forum.Topic' is no key: small letters, digits and underscores, parted by dots",
        ),
        (
            "register_permissions",
            changed(READ, default_roles=frozenset({"guest"})),
            "forum.topic.read names a default role that is no Role",
        ),
        ("register_module_kinds", changed(KIND, key="chat"), "the kind chat must be forum or begin with it"),
        (
            "register_module_kinds",
            changed(KIND, key="forumx"),
            "the kind forumx must be forum or begin with it",
        ),
        (
            "register_module_kinds",
            changed(KIND, routes=routes("/<int:id>")),
            "forum has no page at its own path (a route for /)",
        ),
        (
            "register_module_kinds",
            changed(KIND, settings=(SAY, SAY)),
            "in forum the field intro stands twice",
        ),
        (
            "register_module_kinds",
            changed(KIND, settings=("intro",)),
            "forum has a str where a Field belongs",
        ),
        (
            "register_module_kinds",
            changed(KIND, features=(Feature("a", "A", frozenset({GONE})),)),
            f"forum, feature a, {UNKNOWN}",
        ),
        (
            "register_module_kinds",
            changed(KIND, features=(*KIND.features, *KIND.features)),
            "in forum the feature read stands twice",
        ),
        (
            "register_settings",
            changed(GROUP, key="chat.x"),
            "the key chat.x must begin with forum. or be forum",
        ),
        ("register_settings", changed(GROUP, scope="town"), "'town' is no scope"),
        ("register_settings", changed(GROUP, fields=(SAY, SAY)), "in forum the field intro stands twice"),
        ("register_navigation", changed(LINK, permission=GONE), f"forum_admin.index {UNKNOWN}"),
        ("register_navigation", changed(LINK, endpoint="index"), "'index' is no endpoint (blueprint.view)"),
        (
            "register_navigation",
            changed(LINK, endpoint="chat.index"),
            "the blueprint chat must be named forum or begin with forum_",
        ),
        ("register_navigation", changed(LINK, area="admin"), "'admin' is no area"),
        ("register_widgets", changed(WIDGET, key="chat.x"), ALIEN),
        ("register_widgets", changed(WIDGET, permission=GONE), f"forum.open {UNKNOWN}"),
        (
            "register_content_types",
            changed(TYPE, key="chat.x"),
            "the key chat.x must begin with forum. or be forum",
        ),
        (
            "register_search",
            changed(SEARCH, content_type="chat.x"),
            "the key chat.x must begin with forum. or be forum",
        ),
        ("register_notifications", changed(NOTICE, key="chat.x"), ALIEN),
        (
            "register_notifications",
            changed(NOTICE, template="chat/mail/x"),
            "the template chat/mail/x must lie below forum/",
        ),
        ("register_personal_data", changed(DATA, key="chat.x"), ALIEN),
        ("register_personal_data", changed(DATA, columns=["author"]), "'author' is no column (table.column)"),
        (
            "register_personal_data",
            changed(DATA, columns=["platform.account.mail"]),
            "the column platform.account.mail is not in a table of the plugin (forum_…)",
        ),
        ("register_exports", changed(EXPORT, key="chat.x"), ALIEN),
        ("register_exports", changed(EXPORT, permission=GONE), f"forum.posts {UNKNOWN}"),
        (
            "register_exports",
            changed(EXPORT, columns=["id", "id"]),
            "in forum.posts the column id stands twice",
        ),
        ("register_exports", changed(EXPORT, rows=None), f"forum.posts {NO_TABLE}"),
        ("register_exports", changed(EXPORT, columns=[]), f"forum.posts {NO_TABLE}"),
        ("register_exports", changed(EXPORT, formats=[]), f"forum.posts {NO_TABLE}"),
        (
            "register_exports",
            changed(EXPORT, titles=["Only one"]),
            "forum.posts has not as many titles as columns",
        ),
        (
            "register_exports",
            changed(EXPORT, formats=["doc"]),
            "forum.posts has a format that is no TableFormat",
        ),
        (
            "register_exports",
            changed(EXPORT, build=anything, suffix="zip", media_type="application/zip"),
            "forum.posts has both rows and a build",
        ),
        (
            "register_exports",
            changed(EXPORT, rows=None, build=anything, suffix="../zip", media_type="application/zip"),
            "forum.posts builds a file without a media type and a suffix",
        ),
        ("register_audiences", changed(AUDIENCE, key="chat.x"), ALIEN),
        ("register_jobs", changed(JOB, key="chat.x"), ALIEN),
        (
            "register_jobs",
            changed(JOB, every="daily"),
            "forum.count has no cron expression of five or six parts: 'daily'",
        ),
        ("register_jobs", changed(JOB, max_attempts=0), "forum.count is never attempted"),
        ("register_commands", click.Group("chat"), "the command chat must be one group named forum"),
        ("register_commands", click.Command("forum"), "the command forum must be one group named forum"),
        ("register_live", changed(LIVE, name="chat.x"), "the key chat.x must begin with forum. or be forum"),
        (
            "register_live",
            changed(LIVE, events=[*LIVE.events, *LIVE.events]),
            "in forum the event typing stands twice",
        ),
        (
            "register_live",
            changed(LIVE, events=[LiveEvent("a", "", anything)]),
            "forum has an event without a mark",
        ),
        ("register_live", changed(LIVE, events=[LiveEvent("a", GONE, anything)]), f"forum {UNKNOWN}"),
        *(
            (
                "register_live",
                changed(LIVE, rooms=[LiveRoom(kind, anything)]),
                f"the room {kind} must be forum or begin with forum_",
            )
            for kind in ("member", "chat", "forum.desk", "forum_", "forum:1", "Forum")
        ),
        (
            "register_live",
            changed(LIVE, rooms=[*LIVE.rooms, *LIVE.rooms]),
            "forum collides with itself",
        ),
        ("register_events", type("Lost", (Event,), {"name": "chat.x"}), ALIEN),
        (
            "register_template_helpers",
            changed(HELPER, name="badge"),
            "the template helper badge must be named forum or begin with forum_",
        ),
        (
            "register_template_helpers",
            changed(HELPER, name="forum_a b"),
            "the template helper forum_a b must be named forum or begin with forum_",
        ),
        ("register_health_checks", changed(CHECK, key="chat.x"), ALIEN),
        ("register_digests", changed(DIGEST, key="chat.x"), ALIEN),
        (
            "register_mailboxes",
            changed(MAILBOX, purpose="Antwort"),
            "'Antwort' is no purpose: three to twelve small letters",
        ),
        ("register_tallies", changed(TALLY, key="chat.x"), ALIEN),
        (
            "register_blueprints",
            changed(MOUNT, blueprint=Blueprint("chat", __name__)),
            "the blueprint chat must be named forum or begin with forum_",
        ),
        ("register_blueprints", changed(MOUNT, area="admin"), "'admin' is no area"),
    ],
)
def test_a_wrong_entry_names_plugin_hook_and_reason(hook: str, entry: Any, reason: str) -> None:
    assert refused(forum(**{hook: [entry]})) == f"plugin forum: {hook}: {reason}"


def test_a_value_of_the_wrong_type_inside_still_names_the_plugin() -> None:
    reason = refused(forum(register_audiences=[changed(AUDIENCE, key=5)]))
    assert reason.startswith("plugin forum: register_audiences: Audience(key=5")


def test_an_event_cannot_take_a_cores_name() -> None:
    taken = type("Taken", (Event,), {"name": "core.member_joined"})
    assert refused(forum(register_events=[taken])) == (
        "plugin forum: register_events: the key core.member_joined must begin with forum."
    )
