"""Every live event passes the checks that a page passes, each time; a socket outlives no session."""

import dataclasses
import types

import pytest

from baukasten import errors
from baukasten.access import members
from baukasten.app import create_app, end
from baukasten.identity import sessions
from baukasten.moderation.deciding import Step
from baukasten.moderation.models import Measure
from baukasten.moderation.people.standing import judge
from baukasten.plugin import LiveEvent, LiveNamespace, Manifest, Permission, hookimpl
from baukasten.plugin import registry as registries
from baukasten.plugin.contract import Contract
from baukasten.plugin.discovery import Plugin
from baukasten.plugin.manager import PluginManager
from baukasten.plugin.refs import Role, Standing
from baukasten.realtime import dispatcher as dispatching
from baukasten.realtime.dispatcher import StrayHandlerError
from baukasten.rooms import HOOKS
from baukasten.tenants import plugins, service
from baukasten.web.platform import EXTENSION


def tell(place, data):
    """Say who was let in where."""
    return {
        "town": place.tenant.slug,
        "member": place.member.display_name if place.member else None,
        "data": data,
    }


def refuse(place, data):
    raise errors.Invalid({"text": "Too long."}, "Too long.")


def fail(place, data):
    raise ValueError("a word that only the log may see")


@hookimpl
def register_permissions():
    return [
        Permission("murmur.word.say", "Say", frozenset({Role.CITIZEN})),
        Permission("murmur.word.judge", "Judge", frozenset({Role.MODERATOR}), writes=False),
    ]


@hookimpl
def register_live():
    marks = {"listen": "public", "know": "signed_in", "say": "murmur.word.say", "judge": "murmur.word.judge"}
    events = [LiveEvent(name, mark, tell) for name, mark in marks.items()]
    return [
        LiveNamespace(
            "murmur", [*events, LiveEvent("refuse", "public", refuse), LiveEvent("fail", "public", fail)]
        )
    ]


@pytest.fixture(scope="module")
def live(base_config, database):
    """Give the application with sockets and a plugin that murmurs."""
    module = types.ModuleType("murmur")
    vars(module).update(
        manifest=Manifest(name="murmur", title="Murmur", version="1", core=">=0"),
        register_live=register_live,
        register_permissions=register_permissions,
    )
    manager = PluginManager([Plugin.of(module)], HOOKS)
    opened = dataclasses.replace(
        database, contract=Contract(manager, registries.build(manager)), on_written=[]
    )
    made = create_app(base_config, opened, live=True)
    yield made
    end(made)


@pytest.fixture
def dispatcher(live):
    return live.extensions["baukasten.live"]


@pytest.fixture
def murmuring(live, town, other_town):
    """Switch the plugin on in both towns."""
    opened = live.extensions[EXTENSION].database
    for place in (town, other_town):
        with opened.operator_session() as session:
            plugins.grant(session, place.id, "murmur")
            session.commit()
        with opened.session(place.id) as session:
            plugins.switch_on(session, place, "murmur")
            session.commit()
    live.extensions[EXTENSION].generations.refresh()
    return opened


@pytest.fixture
def connect(live, dispatcher, murmuring, town, database):
    """Open a socket at a town, with a member's session or as a guest."""
    opened = []

    def do(member=None, *, where=None, secret="", **headers):
        place = where or town
        if member is not None:
            with database.session(place.id) as session:
                account = members.get(session, member.id).account_id or 0
                secret = sessions.start(session, account, host=place.host)
                session.commit()
        cookie = {"Cookie": f"__Host-session={secret}"} if secret else {}
        known = {"Host": place.host, "Origin": f"https://{place.host}", **cookie, **headers}
        client = dispatcher.socketio.test_client(live, headers=known)
        opened.append(client)
        return client

    yield do
    for client in opened:
        if client.is_connected():
            client.disconnect()


def call(client, event, data=None, namespace="murmur"):
    return client.emit("call", namespace, event, data, callback=True)


def test_a_guest_hears_what_is_public_and_no_more(connect, town):
    guest = connect()
    assert call(guest, "listen", 7) == {"ok": True, "data": {"town": town.slug, "member": None, "data": 7}}
    for event in ("know", "say", "judge"):
        answer = call(guest, event)
        assert (answer["ok"], answer["code"]) == (False, errors.SignInNeeded.code), event


def test_roles_decide_on_each_event(connect, new_member):
    citizen, moderator = connect(new_member(name="Anna")), connect(new_member(Role.MODERATOR, name="Mo"))
    assert call(citizen, "say")["data"]["member"] == "Anna"
    assert call(citizen, "judge")["code"] == errors.Denied.code
    assert call(moderator, "judge")["data"]["member"] == "Mo"


@pytest.mark.parametrize(
    "origin",
    ["https://evil.example", "null", "https://betrieb.test", "https://evil.test:443", "file://", "https://"],
)
def test_a_foreign_page_opens_no_socket(connect, new_member, origin):
    assert not connect(new_member(), Origin=origin).is_connected()


def test_forwarded_words_of_the_client_do_not_count(connect, dispatcher, town, other_town):
    forged = {"Origin": f"https://{other_town.host}", "X-Forwarded-Host": other_town.host}
    assert not connect(**forged).is_connected()
    environ = {"HTTP_HOST": town.host, "HTTP_X_FORWARDED_HOST": "evil.example"}
    assert dispatcher._is_own_origin(f"https://{town.host}", environ)
    assert not dispatcher._is_own_origin("https://evil.example", environ)


def test_an_unknown_host_opens_no_socket(connect):
    assert not connect(Host="nirgendwo.test", Origin="https://nirgendwo.test").is_connected()


def test_one_towns_session_is_nobody_in_the_other(connect, other_town, town, new_member, database):
    member = new_member(name="Anna")
    with database.session(town.id) as session:
        secret = sessions.start(session, members.get(session, member.id).account_id or 0, host=town.host)
        session.commit()
    assert call(connect(secret=secret), "know")["data"]["member"] == "Anna"
    assert call(connect(where=other_town, secret=secret), "know")["code"] == errors.SignInNeeded.code


def test_a_measure_and_a_lost_role_hold_at_the_next_event(connect, database, town, new_member):
    admin, member = new_member(Role.ADMIN), new_member(Role.MODERATOR, name="Mo")
    client = connect(member)
    assert call(client, "say")["ok"]
    assert call(client, "judge")["ok"]
    with database.session(town.id) as session:
        members.set_standing(session, admin, member.id, Standing.MUTED, reason="Regel 3: Angriff")
        members.set_roles(session, admin, member.id, {Role.CITIZEN})
        session.commit()
    assert [call(client, event)["code"] for event in ("say", "judge")] == [errors.Denied.code] * 2
    assert call(client, "know")["ok"]


def test_an_ended_session_speaks_no_more_and_is_swept_away(connect, dispatcher, database, town, new_member):
    member, guest = new_member(), connect()
    client, other = connect(member), connect(new_member())
    with database.session(town.id) as session:
        sessions.end_all(session, members.get(session, member.id).account_id or 0)
        session.commit()
    assert call(client, "listen") == {"ok": False, "code": "closed"}
    assert len(dispatcher.sweep()) == 1
    assert [one.is_connected() for one in (client, other, guest)] == [False, True, True]
    assert dispatcher.sweep() == []


def test_a_lost_role_ends_the_socket_that_was_opened_with_it(connect, dispatcher, database, town, new_member):
    admin, member = new_member(Role.ADMIN), new_member(Role.MODERATOR)
    client, other = connect(member), connect(admin)
    assert dispatcher.sweep() == []
    with database.session(town.id) as session:
        members.set_roles(session, admin, member.id, {Role.CITIZEN})
        session.commit()
    assert len(dispatcher.sweep()) == 1
    assert [client.is_connected(), other.is_connected()] == [False, True]
    assert connect(member).is_connected()


def test_a_role_gained_leaves_the_socket(connect, dispatcher, database, town, new_member):
    admin, member = new_member(Role.ADMIN), new_member()
    connect(member)
    with database.session(town.id) as session:
        members.set_roles(session, admin, member.id, {Role.MODERATOR})
        session.commit()
    assert dispatcher.sweep() == []


def test_a_muted_member_goes_on_listening(connect, dispatcher, database, town, new_member):
    admin, member = new_member(Role.ADMIN), new_member()
    client = connect(member)
    with database.session(town.id) as session:
        members.set_standing(session, admin, member.id, Standing.MUTED, reason="Regel 3: Angriff")
        session.commit()
    assert dispatcher.sweep() == []
    assert call(client, "listen")["ok"]


def test_the_suspended_are_out_of_all_sockets_within_two_seconds(
    connect, dispatcher, database, town, new_member
):
    """The figure is that of the sweep's rhythm; its doing is shown at once, without waiting for it."""
    admin, member = new_member(Role.ADMIN), new_member(name="Anna")
    sockets, guest = [connect(member), connect(member)], connect()
    assert [call(one, "say")["ok"] for one in sockets] == [True, True]
    with database.session(town.id) as session:
        step = Step(Measure.SUSPEND, "Regel 3", "Hat in Beitrag 12 beleidigt.", rule_key="respect")
        judge(session, admin, member.id, step)
        session.commit()
    assert call(sockets[0], "listen") == {"ok": False, "code": "closed"}
    assert len(dispatcher.sweep()) == 2
    assert [one.is_connected() for one in (*sockets, guest)] == [False, False, True]
    assert dispatching.SWEEP_SECONDS <= 1.0
    assert not connect(member).is_connected()


def test_a_suspended_town_loses_its_sockets(
    connect, dispatcher, live, murmuring, town, other_town, new_member
):
    here, there = connect(new_member()), connect(where=other_town)
    with murmuring.operator_session() as session:
        service.suspend(session, town.id)
        session.commit()
    live.extensions[EXTENSION].generations.refresh()
    assert not call(here, "listen")["ok"]
    dispatcher.sweep()
    assert (here.is_connected(), there.is_connected()) == (False, True)


def test_a_switched_off_plugin_answers_nothing(connect, live, murmuring, town):
    client = connect()
    assert call(client, "listen")["ok"]
    with murmuring.session(town.id) as session:
        plugins.switch_off(session, town, "murmur")
        session.commit()
    live.extensions[EXTENSION].generations.refresh()
    assert call(client, "listen")["code"] == errors.NotFound.code


@pytest.mark.parametrize(
    ("namespace", "event"),
    [("murmur", "shout"), ("nothing", "listen"), (None, None), ({}, []), ("murmur", {"a": 1}), (7, 7)],
)
def test_what_nobody_declared_is_not_found(connect, namespace, event):
    assert call(connect(), event, namespace=namespace)["code"] == errors.NotFound.code


def test_a_refusal_says_why_and_an_accident_says_nothing(connect, caplog):
    client = connect()
    assert call(client, "refuse") == {"ok": False, "code": errors.Invalid.code, "message": "Too long."}
    assert call(client, "fail") == {"ok": False, "code": "accident"}
    assert "a word that only the log may see" in caplog.text
    assert call(client, "listen")["ok"]


def test_whoever_sends_too_often_is_told_to_wait(connect, monkeypatch):
    client, other = connect(), connect()
    now = iter(range(10_000))
    monkeypatch.setattr("baukasten.realtime.dispatcher.time.monotonic", lambda: next(now) / 1_000)
    codes = [call(client, "listen")["ok"] for _ in range(dispatching.EVENTS_PER_WINDOW + 1)]
    assert codes == [True] * dispatching.EVENTS_PER_WINDOW + [False]
    assert call(client, "listen")["code"] == errors.TooMany.code
    assert call(other, "listen")["ok"]


def test_a_window_passes():
    connection = dispatching.Connection(1, None, "")
    assert all(connection.may_send(0.0) for _ in range(dispatching.EVENTS_PER_WINDOW))
    assert not connection.may_send(dispatching.WINDOW_SECONDS - 0.1)
    assert connection.may_send(dispatching.WINDOW_SECONDS)


def test_a_closed_socket_is_forgotten(connect, dispatcher):
    before = len(dispatcher.connections)
    client = connect()
    assert len(dispatcher.connections) == before + 1
    client.disconnect()
    assert len(dispatcher.connections) == before


def test_a_handler_past_the_door_stops_the_start(base_config, database):
    made = create_app(base_config, dataclasses.replace(database, on_written=[]), live=True)
    end(made)
    stray = made.extensions["baukasten.live"]
    stray.check_handlers()
    stray.socketio.on_event("shout", tell, namespace="/murmur")
    with pytest.raises(StrayHandlerError, match="shout"):
        stray.check_handlers()


def test_events_are_listed_with_their_marks(live, dispatcher):
    with live.app_context():
        found = {name: str(dispatching.mark_of_event(event)) for name, event in dispatcher.events().items()}
    assert found["murmur.say"] == "murmur.word.say"
    assert found["murmur.listen"] == "public"
