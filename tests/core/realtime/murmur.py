"""A plugin that murmurs: events of every mark, a kind of room; and the live application that it works in."""

import dataclasses
import datetime as dt
import types
from collections import Counter
from collections.abc import Callable

import pytest
from sqlalchemy import event, text

from baukasten import clock, errors
from baukasten.access import members
from baukasten.app import create_app, end
from baukasten.identity import sessions
from baukasten.plugin import (
    Feature,
    LiveEvent,
    LiveNamespace,
    LiveRoom,
    Manifest,
    ModuleKind,
    ModuleRoutes,
    Permission,
    hookimpl,
)
from baukasten.plugin import registry as registries
from baukasten.plugin.contract import Contract
from baukasten.plugin.discovery import Plugin
from baukasten.plugin.manager import PluginManager
from baukasten.plugin.refs import Role, Standing
from baukasten.projects.locate import module_for
from baukasten.projects.placing import place_module
from baukasten.projects.schedule import PhaseDraft, set_phases
from baukasten.projects.service import ProjectDraft, create_project
from baukasten.realtime.bell import ring
from baukasten.rooms import HOOKS
from baukasten.tenants import plugins, settings
from baukasten.web.marks import public
from baukasten.web.platform import EXTENSION

SAY, JUDGE = "murmur.word.say", "murmur.word.judge"
routes = ModuleRoutes()


@routes.get("/")
@public
def index(module):
    return "murmur"


@dataclasses.dataclass
class Wishes:
    """What the plugin answers about rooms, and how often it was asked."""

    capacity: dict[int, int] = dataclasses.field(default_factory=dict)
    state: dict[int, int] = dataclasses.field(default_factory=dict)
    broken: set[int] = dataclasses.field(default_factory=set)
    away: set[int] = dataclasses.field(default_factory=set)
    """Rooms that lose the database when their state is asked for."""
    lost: Counter[int] = dataclasses.field(default_factory=Counter)
    meanwhile: dict[int, Callable[[], object]] = dataclasses.field(default_factory=dict)
    """What happens once, while a room's capacity is asked for."""
    asked: Counter[int | None] = dataclasses.field(default_factory=Counter)

    def forget(self):
        for one in (self.capacity, self.state, self.broken, self.away, self.lost, self.meanwhile):
            one.clear()
        self.asked.clear()


WISHES = Wishes()


def admit(session, member, number):
    """Let in who may see the module's page and is not sent out of it."""
    WISHES.asked[None if member is None else member.id] += 1
    if number in WISHES.broken:
        raise ValueError("a broken door")
    module = module_for(session, member, number)
    if module is None or module.kind != "murmur":
        return False
    return member is None or member.standing_in(module) is not Standing.SUSPENDED


def capacity(session, number):
    WISHES.meanwhile.pop(number, lambda: None)()
    return WISHES.capacity.get(number, 1_000)


def state(session, number):
    if number in WISHES.away:
        WISHES.lost[number] += 1
        session.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))
    return {"version": WISHES.state.get(number, 0)}


def tell(place, data):
    """Say who was let in where."""
    return {
        "town": place.tenant.slug,
        "member": place.member.display_name if place.member else None,
        "data": data,
    }


def refuse(place, data):
    raise errors.Invalid({"text": "Too long."}, "Too long.")


def hasten(place, data):
    raise errors.TooMany(7)


def fail(place, data):
    raise ValueError("a word that only the log may see")


def say_inside(place, data):
    """Tell all who are in the room."""
    ring(place.session, "murmur", place.module.id, {"said": data["text"]})
    place.session.commit()
    return {"module": place.module.slug}


@hookimpl
def register_permissions():
    return [
        Permission(SAY, "Say", frozenset({Role.CITIZEN})),
        Permission(JUDGE, "Judge", frozenset({Role.MODERATOR}), writes=False),
    ]


@hookimpl
def register_module_kinds():
    talk = Feature("talk", "Talk", frozenset({SAY}))
    return [ModuleKind("murmur", "Murmur", "Murmur", "speech", routes, (), (talk,))]


@hookimpl
def register_live():
    marks = {"listen": "public", "know": "signed_in", "say": SAY, "judge": JUDGE}
    events = [LiveEvent(name, mark, tell) for name, mark in marks.items()]
    further = [
        LiveEvent("refuse", "public", refuse),
        LiveEvent("hasten", "public", hasten),
        LiveEvent("fail", "public", fail),
        LiveEvent("say_inside", SAY, say_inside, in_module=True),
        LiveEvent("listen_inside", "public", tell, in_module=True),
    ]
    return [LiveNamespace("murmur", [*events, *further], [LiveRoom("murmur", admit, state, capacity)])]


def contract():
    """Give a contract with this plugin alone."""
    module = types.ModuleType("murmur")
    vars(module).update(
        manifest=Manifest(name="murmur", title="Murmur", version="1", core=">=0"),
        register_live=register_live,
        register_permissions=register_permissions,
        register_module_kinds=register_module_kinds,
    )
    manager = PluginManager([Plugin.of(module)], HOOKS)
    return Contract(manager, registries.build(manager))


@pytest.fixture(scope="module")
def live(base_config, database):
    """Give the application with sockets and a plugin that murmurs."""
    opened = dataclasses.replace(database, contract=contract(), on_written=[], tools={})
    made = create_app(base_config, opened, live=True)
    made.extensions["baukasten.live"].beat.listen()
    yield made
    end(made)


@pytest.fixture
def dispatcher(live):
    WISHES.forget()
    return live.extensions["baukasten.live"]


@pytest.fixture
def hear(live):
    """Let the process hear what changed, as it does at least every two seconds."""
    return live.extensions[EXTENSION].generations.refresh


@pytest.fixture
def murmuring(live, town, other_town, hear):
    """Switch the plugin on in both towns."""
    opened = live.extensions[EXTENSION].database
    for place in (town, other_town):
        with opened.operator_session() as session:
            plugins.grant(session, place.id, "murmur")
            session.commit()
        with opened.session(place.id) as session:
            plugins.switch_on(session, place, "murmur")
            session.commit()
    hear()
    return opened


@pytest.fixture
def put(murmuring, town, hear):
    """Place a room to murmur in, on the site or in a project."""

    def make(where=None, **options):
        with murmuring.session((where or town).id) as session:
            module = place_module(session, None, "murmur", **options)
            session.commit()
        hear()
        return module

    return make


@pytest.fixture
def draft(murmuring, town):
    """A project nobody but staff sees yet, whose one phase lasts from yesterday until tomorrow; gives its id."""

    def make(*features):
        now, day = clock.now(), dt.timedelta(days=1)
        with murmuring.session(town.id) as session:
            settings.write(session, "site.legal", {"imprint": "Stadt, Am Markt 1"})
            wish = ProjectDraft("Torfhafen", "torfhafen", question="Was?", contact="Bauamt")
            project = create_project(session, None, wish)
            set_phases(session, None, project.id, [PhaseDraft("Reden", now - day, now + day, "", features)])
            session.commit()
        return project.id

    return make


@pytest.fixture
def connect(live, dispatcher, murmuring, town, database):
    """Open a socket at a town, with a member's session or as a guest."""
    opened = []

    def do(member=None, *, where=None, secret="", query="", **headers):
        place = where or town
        if member is not None:
            with database.session(place.id) as session:
                account = members.get(session, member.id).account_id or 0
                secret = sessions.start(session, account, host=place.host)
                session.commit()
        cookie = {"Cookie": f"__Host-session={secret}"} if secret else {}
        known = {"Host": place.host, "Origin": f"https://{place.host}", **cookie, **headers}
        known = {name: value for name, value in known.items() if value is not None}
        client = dispatcher.socketio.test_client(live, headers=known, query_string=query)
        opened.append(client)
        return client

    yield do
    for client in opened:
        if client.is_connected():
            client.disconnect()


@pytest.fixture
def statements(murmuring):
    """Count what the database is asked."""
    asked = []

    def note(_connection, _cursor, statement, *_rest):
        asked.append(statement)

    event.listen(murmuring.app, "before_cursor_execute", note)
    yield asked
    event.remove(murmuring.app, "before_cursor_execute", note)


def call(client, name, data=None, namespace="murmur"):
    return client.emit("call", namespace, name, data, callback=True)


def enter(client, number, kind="murmur"):
    return client.emit("enter", kind, number, callback=True)


def received(client, name):
    """Give what a client was told under a name since it was last asked; the rest is dropped."""
    return [one["args"][0] for one in client.get_received() if one["name"] == name]
