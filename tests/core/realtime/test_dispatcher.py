"""Every live event passes the checks that a page passes, each time; a socket outlives no session."""

import dataclasses
import datetime as dt
import json

import pytest

from baukasten import clock, errors
from baukasten.access import members
from baukasten.app import create_app, end
from baukasten.identity import sessions
from baukasten.moderation.models import Measure
from baukasten.moderation.people.standing import judge
from baukasten.moderation.steps import Step
from baukasten.plugin.refs import Role, Standing
from baukasten.projects import publishing
from baukasten.projects.placing import change_module
from baukasten.projects.service import ProjectDraft, create_project
from baukasten.realtime import dispatcher as dispatching
from baukasten.realtime.bell import ring
from baukasten.realtime.dispatcher import StrayHandlerError
from baukasten.realtime.hall import MOST_ROOMS
from baukasten.tenants import plugins, service
from baukasten.web.platform import EXTENSION
from tests.core.realtime.murmur import WISHES, call, enter, received, tell


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
    [
        "https://evil.example",
        "null",
        "https://betrieb.test",
        "https://evil.test:443",
        "file://",
        "https://",
        "",
        None,
        "{town}",
        "http://{town}",
        "https://{town}:444",
        "https://{town}.evil.example",
        "https://evil.example/{town}",
        "https://{other}",
    ],
)
def test_a_foreign_page_opens_no_socket(connect, dispatcher, new_member, town, other_town, origin):
    named = None if origin is None else origin.format(town=town.host, other=other_town.host)
    before = len(dispatcher.connections)
    assert not connect(new_member(), Origin=named).is_connected()
    assert not connect(Origin=named).is_connected()
    assert len(dispatcher.connections) == before


def test_a_page_of_another_site_is_known_by_fetch_metadata_too(connect):
    assert not connect(**{"Sec-Fetch-Site": "cross-site"}).is_connected()
    assert connect(**{"Sec-Fetch-Site": "same-origin"}).is_connected()


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


def test_a_module_is_found_by_the_rule_of_its_page(
    connect, put, database, town, other_town, new_member, hear, murmuring
):
    here, elsewhere = put(slug="here"), put(other_town, slug="elsewhere")
    with murmuring.session(town.id) as session:
        draft = create_project(session, None, ProjectDraft("Torfhafen", "torfhafen"))
        session.commit()
    drafted, hidden = put(slug="drafted", project_id=draft.id), put(slug="hidden")
    with murmuring.session(town.id) as session:
        change_module(session, None, hidden.id, visible=False)
        session.commit()
    hear()
    guest, admin = connect(), connect(new_member(Role.ADMIN))
    missing = call(guest, "listen_inside", {"module": 2**62})
    assert missing["code"] == errors.NotFound.code
    assert call(guest, "listen_inside", {"module": here.id})["ok"]
    for module in (elsewhere, drafted, hidden):
        refused = call(guest, "listen_inside", {"module": module.id})
        assert json.dumps(refused) == json.dumps(missing), module.slug
    answers = [call(admin, "listen_inside", {"module": one.id})["ok"] for one in (drafted, hidden, elsewhere)]
    assert answers == [True, True, False]
    with murmuring.session(town.id) as session:
        plugins.switch_off(session, town, "murmur")
        session.commit()
    hear()
    assert call(admin, "listen_inside", {"module": here.id})["code"] == errors.NotFound.code


@pytest.mark.parametrize(
    "data",
    [None, 7, "7", [7], {}, {"module": "7"}, {"module": True}, {"module": 0}, {"module": -1}, {"module": 1.0},
     {"module": None}, {"module": [1]}, {"module": 2**63 - 1}],
)  # fmt: skip
def test_what_names_no_module_is_not_found(connect, put, data):
    put(slug="here")
    assert call(connect(), "listen_inside", data)["code"] == errors.NotFound.code


def test_the_module_of_another_plugin_is_not_found(connect, murmuring, town, database, place):
    other = place("forum", slug="forum")
    assert call(connect(), "listen_inside", {"module": other.id})["code"] == errors.NotFound.code


def test_permission_measure_and_phase_are_judged_in_the_module(
    connect, put, draft, murmuring, database, town, new_member, hear
):
    project_id = draft("murmur.talk")
    module = put(slug="here", project_id=project_id)
    with murmuring.session(town.id) as session:
        publishing.publish(session, None, project_id)
        session.commit()
    hear()
    said = {"module": module.id, "text": "Moin"}
    admin, member = new_member(Role.ADMIN), new_member()
    guest, client = connect(), connect(member)
    assert call(guest, "say_inside", said)["code"] == errors.SignInNeeded.code
    assert call(client, "say_inside", said) == {"ok": True, "data": {"module": "here"}}
    with clock.turned(clock.now() + dt.timedelta(days=2)):
        assert call(client, "say_inside", said)["code"] == errors.Closed.code
        assert call(client, "listen_inside", said)["ok"]
    with database.session(town.id) as session:
        members.set_standing(
            session, admin, member.id, Standing.MUTED, reason="Regel 3: Angriff", module_id=module.id
        )
        session.commit()
    assert call(client, "say_inside", said)["code"] == errors.Denied.code
    assert call(client, "say")["ok"]


def test_what_is_said_inside_reaches_all_who_entered_and_nobody_else(
    connect, put, town, other_town, new_member
):
    module, other = put(slug="here"), put(slug="there")
    speaker, listener, elsewhere = connect(new_member()), connect(), connect()
    foreign = connect(where=other_town)
    assert enter(speaker, module.id) == {"ok": True, "data": {"version": 0}, "count": 1}
    assert enter(listener, module.id)["count"] == 2
    assert enter(elsewhere, other.id)["ok"]
    assert enter(foreign, module.id)["code"] == errors.NotFound.code
    assert call(speaker, "say_inside", {"module": module.id, "text": "Moin"})["ok"]
    told = [{"kind": "murmur", "id": module.id, "said": "Moin"}]
    assert [received(one, "ring") for one in (speaker, listener, elsewhere, foreign)] == [told, told, [], []]
    assert listener.emit("leave", "murmur", module.id, callback=True) == {"ok": True}
    assert call(speaker, "say_inside", {"module": module.id, "text": "Tschüß"})["ok"]
    assert [len(received(one, "ring")) for one in (speaker, listener)] == [1, 0]


def test_a_member_has_a_room_of_their_own(connect, murmuring, town, new_member):
    member, other = new_member(), new_member()
    sockets, stranger, guest = [connect(member), connect(member)], connect(other), connect()
    with murmuring.session(town.id) as session:
        ring(session, "member", member.id, {"word": "for you"})
        session.commit()
    told = [{"kind": "member", "id": member.id, "word": "for you"}]
    assert [received(one, "ring") for one in (*sockets, stranger, guest)] == [told, told, [], []]


@pytest.mark.parametrize("kind", ["member", "nothing", None, {}, 7, ["murmur"], "murmur\x00", "forum"])
def test_nobody_enters_what_is_no_room(connect, put, new_member, kind):
    member = new_member()
    client = connect(member)
    assert enter(client, put(slug="here").id, kind=kind)["code"] == errors.NotFound.code
    assert enter(client, member.id, kind=kind)["code"] == errors.NotFound.code


@pytest.mark.parametrize("number", [None, 0, -1, "1", True, 1.5, 2**63, 2**70, {}, [1], "1 OR 1=1"])
def test_nobody_enters_what_has_no_number(connect, number):
    client = connect()
    assert enter(client, number)["code"] == errors.NotFound.code
    assert client.emit("leave", "murmur", number, callback=True) == {"ok": True}
    assert client.emit("leave", callback=True) == {"ok": True}


def test_a_room_takes_as_many_people_as_fit(connect, put, new_member):
    module = put(slug="here")
    WISHES.capacity[module.id] = 2
    member = new_member()
    first, again, guest, late = connect(member), connect(member), connect(), connect()
    assert [enter(one, module.id)["ok"] for one in (first, again, guest)] == [True, True, True]
    assert enter(late, module.id) == {"ok": False, "code": "full"}
    assert enter(guest, module.id)["ok"], "who is inside already is not counted twice"
    first.disconnect()
    assert enter(late, module.id)["code"] == "full", "the member's other socket is still there"
    again.disconnect()
    assert enter(late, module.id)["ok"]


def test_what_was_true_of_guests_a_moment_ago_is_asked_anew_once_the_town_changed(
    connect, put, murmuring, town, hear
):
    module = put(slug="here")
    assert enter(connect(), module.id)["ok"]

    def change(**values):
        with murmuring.session(town.id) as session:
            change_module(session, None, module.id, **values)
            session.commit()
        hear()

    WISHES.capacity[module.id] = 1
    change(title="Besprechung")
    assert enter(connect(), module.id) == {"ok": False, "code": "full"}
    change(visible=False)
    assert enter(connect(), module.id)["code"] == errors.NotFound.code


def test_who_is_shown_out_while_they_ask_is_not_let_in(connect, put, dispatcher):
    module, client = put(slug="here"), connect()
    (sid,) = dispatcher.connections
    WISHES.meanwhile[module.id] = lambda: dispatcher.hall.remove(sid)
    assert enter(client, module.id) == {"ok": False, "code": "closed"}
    assert dispatcher.hall.rooms() == {}


def test_an_accident_of_the_plugin_lets_nobody_in_and_breaks_nothing(connect, put, caplog):
    module, other = put(slug="here"), put(slug="there")
    WISHES.broken.add(module.id)
    client = connect()
    assert enter(client, module.id)["code"] == errors.NotFound.code
    assert "a broken door" in caplog.text
    assert enter(client, other.id)["ok"]


def test_a_socket_hears_no_more_than_some_rooms(connect, put, monkeypatch):
    monkeypatch.setattr(dispatching, "MOST_ROOMS", 2)
    assert MOST_ROOMS >= 10
    rooms = [put(slug=f"room-{number}").id for number in range(3)]
    client = connect()
    answers = [enter(client, number) for number in rooms]
    assert [one["ok"] for one in answers] == [True, True, False]
    assert answers[2]["code"] == errors.TooMany.code
    client.emit("leave", "murmur", rooms[0], callback=True)
    assert enter(client, rooms[2])["ok"]


@pytest.mark.parametrize(
    "data",
    [{"text": "a\x00b"}, {"a\x00": 1}, ["\ud800"], 2**63, -(2**63) - 1, float("nan"), float("inf"),
     [[[[[[[[[1]]]]]]]]], {"a": {"b": ["\x00"]}}],
)  # fmt: skip
def test_what_the_database_could_not_hold_is_refused(connect, data):
    client = connect()
    assert call(client, "listen", data)["code"] == errors.Invalid.code
    assert call(client, "listen", {"text": "Tür 🚪", "n": 2**63 - 1, "x": [1.5, None, True]})["ok"]


def test_more_than_was_asked_for_is_ignored(connect, put):
    client = connect()
    answer = client.emit("call", "murmur", "listen", 1, 2, 3, callback=True)
    assert answer["data"]["data"] == 1
    assert client.emit("call", callback=True)["code"] == errors.NotFound.code
    assert client.emit("enter", "murmur", put(slug="here").id, "more", callback=True)["ok"]


def test_a_handlers_own_limit_says_how_long(connect):
    answer = call(connect(), "hasten")
    assert (answer["code"], answer["retry_after"]) == (errors.TooMany.code, 7)


def test_a_person_has_one_limit_however_many_sockets(connect, dispatcher, new_member, monkeypatch):
    monkeypatch.setattr(dispatcher.events_pace.person, "size", 3)
    monkeypatch.setattr(dispatcher.events_pace.person, "per_second", 0.1)
    member = new_member()
    first, second, other = connect(member), connect(member), connect(new_member())
    answers = [call(one, "listen") for one in (first, second, first, second)]
    assert [one["ok"] for one in answers] == [True, True, True, False]
    assert answers[3]["code"] == errors.TooMany.code
    assert answers[3]["retry_after"] == 10
    assert call(other, "listen")["ok"]


def test_whoever_connects_too_often_is_told_to_wait(connect, dispatcher, new_member, monkeypatch):
    monkeypatch.setattr(dispatcher.handshakes.person, "size", 2)
    monkeypatch.setattr(dispatcher.handshakes.person, "per_second", 0.1)
    member = new_member()
    assert [connect(member).is_connected() for _ in range(3)] == [True, True, False]
    assert connect(new_member()).is_connected()
    assert connect().is_connected()


def test_refusals_speak_the_language_of_the_page(connect, town):
    said = {
        query: call(connect(query=query), "judge")["message"] for query in ("", "language=en", "language=tlh")
    }
    assert said[""] == said["language=tlh"] != said["language=en"]
    assert said["language=en"] == errors.SignInNeeded.default


def test_the_other_towns_language_of_a_handler_does_not_stay(connect):
    english = connect(query="language=en")
    assert call(english, "judge")["message"] != call(connect(), "judge")["message"]
    assert call(english, "judge")["message"] == errors.SignInNeeded.default
