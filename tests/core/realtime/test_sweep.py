"""What is taken back is gone from open sockets, for a few statements a second however many there are."""

import datetime as dt

import pytest

from baukasten import clock
from baukasten.access import members
from baukasten.identity import service as identity
from baukasten.identity import sessions
from baukasten.plugin.refs import Role, Standing
from baukasten.projects import publishing
from baukasten.projects.placing import change_module, remove_module
from baukasten.realtime import judging
from baukasten.realtime.bell import ring
from baukasten.tenants import plugins, service, settings
from baukasten.web.platform import EXTENSION
from tests.core.realtime.murmur import WISHES, call, enter, received

REASON = "Regel 3: Angriff"
QUIET = 2
"""Statements of a look at sockets of which nothing changed: the scope, and one question about all people."""


@pytest.fixture
def asked(statements, dispatcher):
    """Look once and give how much the database was asked."""

    def do():
        statements.clear()
        gone = dispatcher.sweep()
        return len(statements), gone

    return do


@pytest.fixture
def seat(connect, hear):
    """Open a socket and sit down in a room."""

    def do(module, member=None, **options):
        client = connect(member, **options)
        assert enter(client, module.id)["ok"]
        return client

    return do


def hears(client, module, murmuring, town):
    """Ring in the room, and tell whether the client hears it."""
    client.get_received()
    with murmuring.session(town.id) as session:
        ring(session, "murmur", module.id, {})
        session.commit()
    return received(client, "ring") != []


def test_many_sockets_of_many_towns_cost_as_few_statements_as_one(
    connect, put, asked, new_member, new_town, new_account, murmuring, hear
):
    towns = [new_town() for _ in range(4)]
    for place in towns:
        with murmuring.operator_session() as session:
            plugins.grant(session, place.id, "murmur")
            session.commit()
        with murmuring.session(place.id) as session:
            plugins.switch_on(session, place, "murmur")
            session.commit()
    rooms = [put(place, slug="here") for place in towns]
    for place, module in zip(towns, rooms, strict=True):
        for client in (connect(where=place), connect(new_member(where=place), where=place)):
            assert enter(client, module.id)["ok"]
    hear()
    asked()
    assert asked() == (QUIET, [])
    for place, module in zip(towns, rooms, strict=True):
        people = [new_member(where=place) for _ in range(5)]
        for client in [connect(one, where=place) for one in people] + [
            connect(where=place) for _ in range(5)
        ]:
            assert enter(client, module.id)["ok"]
    hear()
    asked()
    assert asked() == (QUIET, [])


def test_a_change_of_the_town_is_asked_about_once_for_all_who_are_alike(
    put, seat, asked, new_member, murmuring, town, hear
):
    module = put(slug="here")
    for _ in range(6):
        seat(module, new_member())
        seat(module)
    admin = seat(module, new_member(Role.ADMIN))
    hear()
    asked()
    WISHES.asked.clear()
    with murmuring.session(town.id) as session:
        settings.write(session, "site.legal", {"imprint": "Stadt, Am Markt 1"})
        session.commit()
    hear()
    few, gone = asked()
    assert gone == []
    assert sum(WISHES.asked.values()) == 3, "a guest, a citizen, an admin"
    assert WISHES.asked[None] == 1
    assert few <= 12
    assert asked() == (QUIET, [])
    assert hears(admin, module, murmuring, town)


def test_guests_alone_cost_nothing(put, seat, asked):
    module = put(slug="here")
    for _ in range(3):
        seat(module)
    asked()
    assert asked() == (0, [])


def test_a_hidden_module_is_silent_for_all_who_may_not_see_it(
    put, seat, dispatcher, new_member, murmuring, town, hear
):
    module = put(slug="here")
    guest, citizen, admin = seat(module), seat(module, new_member()), seat(module, new_member(Role.ADMIN))
    everybody = (guest, citizen, admin)
    assert [hears(one, module, murmuring, town) for one in everybody] == [True] * 3
    with murmuring.session(town.id) as session:
        change_module(session, None, module.id, visible=False)
        session.commit()
    hear()
    assert dispatcher.sweep() == []
    assert [received(one, "gone") for one in (guest, citizen)] == [[{"kind": "murmur", "id": module.id}]] * 2
    assert [hears(one, module, murmuring, town) for one in everybody] == [False, False, True]
    assert all(one.is_connected() for one in everybody)
    assert dispatcher.hall.count(f"t{town.id}:murmur:{module.id}") == 1


def test_a_project_that_becomes_a_draft_is_silent(put, seat, draft, dispatcher, murmuring, town, hear):
    project_id = draft()
    module = put(slug="here", project_id=project_id)
    with murmuring.session(town.id) as session:
        publishing.publish(session, None, project_id)
        session.commit()
    hear()
    guest = seat(module)
    assert hears(guest, module, murmuring, town)
    with murmuring.session(town.id) as session:
        publishing.unpublish(session, None, project_id)
        session.commit()
    hear()
    dispatcher.sweep()
    assert not hears(guest, module, murmuring, town)


def test_a_removed_module_and_a_plugin_switched_off_are_silent(put, seat, dispatcher, murmuring, town, hear):
    removed, kept = put(slug="removed"), put(slug="kept")
    first, second = seat(removed), seat(kept)
    with murmuring.session(town.id) as session:
        remove_module(session, None, removed.id)
        session.commit()
    hear()
    dispatcher.sweep()
    assert [hears(first, removed, murmuring, town), hears(second, kept, murmuring, town)] == [False, True]
    with murmuring.session(town.id) as session:
        plugins.switch_off(session, town, "murmur")
        session.commit()
    hear()
    WISHES.asked.clear()
    dispatcher.sweep()
    assert not hears(second, kept, murmuring, town)
    assert not WISHES.asked, "a plugin that is off is not asked"


def test_a_suspended_town_is_closed_for_guests_and_members(
    put, seat, dispatcher, murmuring, town, new_member, hear
):
    module = put(slug="here")
    both = seat(module), seat(module, new_member())
    dispatcher.sweep()
    with murmuring.operator_session() as session:
        service.suspend(session, town.id)
        session.commit()
    hear()
    assert len(dispatcher.sweep()) == 2
    assert [one.is_connected() for one in both] == [False, False]


def test_a_limit_in_the_module_takes_the_seat_and_leaves_the_socket(
    put, seat, dispatcher, database, town, new_member, murmuring
):
    module, other = put(slug="here"), put(slug="there")
    admin, member = new_member(Role.ADMIN), new_member()
    client, friend = seat(module, member), seat(module, new_member())
    assert enter(client, other.id)["ok"]
    with database.session(town.id) as session:
        members.set_standing(
            session, admin, member.id, Standing.SUSPENDED, reason=REASON, module_id=module.id
        )
        session.commit()
    assert dispatcher.sweep() == []
    assert received(client, "gone") == [{"kind": "murmur", "id": module.id}]
    assert [hears(one, module, murmuring, town) for one in (client, friend)] == [False, True]
    assert hears(client, other, murmuring, town)
    assert enter(client, module.id)["code"] == "not-found"


def test_a_limit_for_a_time_ends_by_itself(put, seat, connect, dispatcher, database, town, new_member):
    module = put(slug="here")
    admin, member = new_member(Role.ADMIN), new_member()
    client = seat(module, member)
    now = clock.now()
    with database.session(town.id) as session:
        members.set_standing(
            session, admin, member.id, Standing.SUSPENDED, reason=REASON, until=now + dt.timedelta(hours=1)
        )
        session.commit()
    with clock.turned(now + dt.timedelta(hours=2)):
        assert dispatcher.sweep() == []
        assert call(client, "listen")["ok"]
    assert len(dispatcher.sweep()) == 1


def test_a_ring_for_one_person_has_their_seats_judged(
    put, seat, dispatcher, murmuring, town, new_member, hear
):
    module = put(slug="here")
    member = new_member()
    client, other = seat(module, member), seat(module, new_member())
    hear()
    dispatcher.sweep()
    WISHES.asked.clear()
    dispatcher.sweep()
    assert not WISHES.asked
    with murmuring.session(town.id) as session:
        ring(session, "member", member.id, {})
        session.commit()
    dispatcher.sweep()
    assert WISHES.asked == {member.id: 1}
    assert [hears(one, module, murmuring, town) for one in (client, other)] == [True, True]


def test_where_one_of_many_is_refused_each_is_asked(put, seat, dispatcher, new_member, hear, murmuring, town):
    module = put(slug="here")
    people = [new_member() for _ in range(3)]
    clients = [seat(module, one) for one in people]
    WISHES.broken.add(module.id)
    WISHES.asked.clear()
    with murmuring.session(town.id) as session:
        settings.write(session, "site.legal", {"imprint": "Stadt, Am Markt 1"})
        session.commit()
    hear()
    dispatcher.sweep()
    assert set(WISHES.asked) == {one.id for one in people}
    assert [hears(one, module, murmuring, town) for one in clients] == [False] * 3


def test_seats_of_long_standing_are_judged_a_few_at_a_time(
    put, seat, dispatcher, new_member, murmuring, town, hear
):
    module = put(slug="here")
    clients = [seat(module, new_member()) for _ in range(judging.MOST_REASKED + 2)]
    hear()
    dispatcher.sweep()
    WISHES.broken.add(module.id)
    WISHES.asked.clear()
    for connection in dispatcher.connections.values():
        for one in connection.seats.values():
            one.judged_at -= 2 * judging.REASK_SECONDS
    dispatcher.sweep()
    assert len(WISHES.asked) == judging.MOST_REASKED
    dispatcher.sweep()
    assert len(WISHES.asked) == len(clients)
    assert [hears(one, module, murmuring, town) for one in clients] == [False] * len(clients)


def test_a_closed_account_and_one_ended_session_close_their_sockets_alone(
    connect, dispatcher, database, town, new_member
):
    member, leaving = new_member(), new_member()
    first, second, gone = connect(member), connect(member), connect(leaving)
    with database.session(town.id) as session:
        account = members.get(session, member.id).account_id or 0
        sessions.act_as(session, account)
        own = sessions.list_own(session, account)
        sessions.end(session, account, own[-1].id)
        session.commit()
    with database.session(town.id) as session:
        account = members.get(session, leaving.id).account_id or 0
        sessions.act_as(session, account)
        identity.close_account(session, account)
        session.commit()
    assert len(dispatcher.sweep()) == 2
    assert sorted([first.is_connected(), second.is_connected()]) == [False, True]
    assert not gone.is_connected()


def test_an_idle_session_ends_with_its_socket(connect, dispatcher, new_member):
    client = connect(new_member())
    with clock.turned(clock.now() + sessions.IDLE + dt.timedelta(days=1)):
        assert len(dispatcher.sweep()) == 1
    assert not client.is_connected()


def test_nobody_is_shown_out_because_the_database_is_away(
    put, seat, dispatcher, live, new_member, monkeypatch
):
    client = seat(put(slug="here"), new_member())
    monkeypatch.setattr(live.extensions[EXTENSION].database.app, "connect", _away)
    with pytest.raises(ConnectionError):
        dispatcher.sweep()
    monkeypatch.undo()
    assert dispatcher.sweep() == []
    assert client.is_connected()


def _away(*_values, **_options):
    raise ConnectionError("nobody there")
