"""The town plans openings by the clocks on its walls; moderators let them last longer or shut the room."""

import datetime as dt

import pytest
from sqlalchemy import select

from baukasten import clock
from baukasten.audit.models import AuditEntry
from baukasten.errors import Conflict, Denied, Invalid, NotFound
from baukasten_chat import rooms
from baukasten_chat.hours import rules, service
from baukasten_chat.hours.plans import Plan
from baukasten_chat.keys import Phase
from tests.chat.conftest import open_chat
from tests.chat.hours.conftest import BERLIN

MINUTE, HOUR, DAY = dt.timedelta(minutes=1), dt.timedelta(hours=1), dt.timedelta(days=1)
OPENS = dt.datetime(2035, 3, 27, 17, tzinfo=dt.UTC)
"""Seven in the evening in Berlin, two days after clocks were put forward."""


def times(windows):
    """Begin and end of openings on the wall."""
    return [
        f"{one.opens_at.astimezone(BERLIN):%d.%m. %H:%M}-{one.closes_at.astimezone(BERLIN):%H:%M}"
        for one in windows
    ]


def now(session, hour):
    return rules.now_in(session, hour, rooms.of_module(session, hour))


def test_one_opening_takes_questions_from_now_on(plan, windows, evening):
    plan(title="  Mit der Stadtplanung ")
    window = windows()[0]
    assert (window.lobby_at, window.opens_at, window.closes_at) == (evening, OPENS, OPENS + HOUR)
    assert (window.title, window.grace_minutes, window.revision) == ("Mit der Stadtplanung", 5, 0)


@pytest.mark.parametrize(("days", "lobby_at"), [(1, OPENS - DAY), (3, OPENS - 3 * DAY + HOUR), (0, OPENS)])
def test_the_lobby_opens_some_days_before(plan, windows, days, lobby_at):
    plan(lobby_days=days)
    assert windows()[0].lobby_at == lobby_at


def test_the_grace_is_the_rooms_own(session, database, town, admin, evening):
    module = open_chat(database, town, slug="deich", grace_minutes=12)
    wish = Plan(dt.date(2035, 3, 27), dt.time(19), dt.time(20))
    service.plan(session, admin, module, wish, BERLIN)
    assert service.listed(session, rooms.of_module(session, module).id)[0].grace_minutes == 12


def test_a_series_stays_at_its_time_when_clocks_are_put_forward(plan, windows):
    plan(day=dt.date(2035, 3, 21), until=dt.date(2035, 4, 4))
    assert times(windows()) == ["21.03. 19:00-20:00", "28.03. 19:00-20:00", "04.04. 19:00-20:00"]
    assert [one.opens_at.hour for one in windows()] == [18, 17, 17]


def test_and_when_they_are_put_back(plan, windows):
    plan(day=dt.date(2035, 10, 24), until=dt.date(2035, 11, 1))
    assert times(windows()) == ["24.10. 19:00-20:00", "31.10. 19:00-20:00"]
    assert [one.opens_at.hour for one in windows()] == [17, 18]


def test_a_night_may_be_an_hour_longer_or_shorter(plan, windows):
    night = {"begins": dt.time(22), "ends": dt.time(4)}
    plan(day=dt.date(2035, 3, 24), **night)
    plan(day=dt.date(2035, 10, 27), **night)
    assert [one.closes_at - one.opens_at for one in windows()] == [5 * HOUR, 7 * HOUR]


@pytest.mark.parametrize(
    ("wish", "field"),
    [
        ({"day": dt.date(2035, 3, 19)}, "day"),
        ({"until": dt.date(2035, 3, 26)}, "until"),
        ({"until": dt.date(2060, 1, 1)}, "until"),
        ({"day": dt.date(2035, 3, 25), "begins": dt.time(2, 30)}, "begins"),
        ({"day": dt.date(2035, 3, 24), "begins": dt.time(22), "ends": dt.time(2, 30)}, "ends"),
        ({"title": "x" * 121}, "title"),
        ({"day": dt.date(1066, 10, 14)}, "day"),
        ({"day": dt.date(9999, 12, 31)}, "day"),
        ({"day": dt.date(9999, 12, 28), "until": dt.date(9999, 12, 31)}, "day"),
    ],
)
def test_what_cannot_be_planned_is_said_at_its_field(plan, windows, wish, field):
    with pytest.raises(Invalid) as wrong:
        plan(**wish)
    assert list(wrong.value.errors) == [field]
    assert windows() == []


def test_two_openings_never_overlap(plan):
    plan()
    for begins, ends in [(18, 20), (19, 20), (18, 22)]:
        with pytest.raises(Invalid) as wrong:
            plan(begins=dt.time(begins, 30 if begins == 19 else 0), ends=dt.time(ends, 30))
        assert list(wrong.value.errors) == ["day"]
    plan(begins=dt.time(20), ends=dt.time(21))


def test_a_series_is_planned_whole_or_not_at_all(plan, windows):
    plan(day=dt.date(2035, 4, 3))
    with pytest.raises(Invalid):
        plan(day=dt.date(2035, 3, 27), until=dt.date(2035, 4, 10))
    assert times(windows()) == ["03.04. 19:00-20:00"]


def test_nobody_plans_more_than_two_years_of_weeks(plan):
    plan(day=dt.date(2035, 3, 21), until=dt.date(2037, 2, 1))
    with pytest.raises(Invalid) as wrong:
        plan(day=dt.date(2035, 3, 22), until=dt.date(2035, 6, 22))
    assert list(wrong.value.errors) == [""]


def test_an_opening_is_moved(session, hour, plan, windows, admin):
    found = plan(title="Alt")[0]
    wish = Plan(dt.date(2035, 3, 28), dt.time(18), dt.time(19, 30), "Neu", 2)
    service.change(session, admin, hour, found, wish, BERLIN)
    window = windows()[0]
    assert (times([window]), window.title) == (["28.03. 18:00-19:30"], "Neu")
    assert (window.lobby_at, window.revision) == (window.opens_at - 2 * DAY, 1)


def test_another_title_leaves_the_lobby_as_it_is(session, hour, plan, windows, admin, evening):
    found = plan()[0]
    clock.forward(DAY)
    wish = Plan(dt.date(2035, 3, 27), dt.time(19), dt.time(20), "Neu")
    service.change(session, admin, hour, found, wish, BERLIN)
    assert windows()[0].lobby_at == evening


def test_an_opening_is_called_off_and_then_removed(session, hour, plan, windows, admin):
    found = plan()[0]
    with pytest.raises(Conflict):
        service.remove(session, admin, hour, found)
    service.cancel(session, admin, hour, found)
    window = windows()[0]
    assert (window.cancelled_at, window.revision, now(session, hour).phase) == (clock.now(), 1, Phase.CLOSED)
    service.remove(session, admin, hour, found)
    assert (windows(), now(session, hour).phase) == ([], Phase.ALWAYS)


def test_what_is_over_or_called_off_stays_as_it_was(session, hour, plan, admin):
    over, off = plan(until=dt.date(2035, 4, 3))
    service.cancel(session, admin, hour, off)
    clock.set_to(OPENS + 2 * HOUR)
    wish = Plan(dt.date(2035, 5, 1), dt.time(19), dt.time(20))
    for found in (over, off):
        with pytest.raises(Conflict):
            service.change(session, admin, hour, found, wish, BERLIN)
        with pytest.raises(Conflict):
            service.cancel(session, admin, hour, found)


def test_another_rooms_opening_is_not_there(session, database, town, hour, plan, admin):
    other = open_chat(database, town, slug="deich")
    found = plan()[0]
    with pytest.raises(NotFound):
        service.cancel(session, admin, other, found)


@pytest.mark.parametrize("presses", [1, 2])
def test_one_press_adds_a_quarter_of_an_hour(session, hour, plan, moderator, presses):
    plan()
    clock.set_to(OPENS + 50 * MINUTE)
    for _ in range(presses):
        end = service.extend(session, moderator, hour)
    assert end == OPENS + HOUR + presses * 15 * MINUTE
    assert now(session, hour).closes_at == end


def test_in_the_grace_the_opening_goes_on_again(session, hour, plan, moderator):
    plan()
    clock.set_to(OPENS + 62 * MINUTE)
    before = now(session, hour).phase
    service.extend(session, moderator, hour)
    assert (before, now(session, hour).phase) == (Phase.GRACE, Phase.RUNNING)


@pytest.mark.parametrize("moment", [OPENS - MINUTE, OPENS + 2 * HOUR])
def test_only_what_runs_goes_on(session, hour, plan, moderator, moment):
    plan()
    clock.set_to(moment)
    with pytest.raises(Conflict):
        service.extend(session, moderator, hour)


def test_nothing_goes_on_into_the_next_opening(session, hour, plan, moderator):
    plan()
    plan(begins=dt.time(20, 10), ends=dt.time(21))
    clock.set_to(OPENS + 50 * MINUTE)
    with pytest.raises(Conflict):
        service.extend(session, moderator, hour)


def test_nothing_goes_on_for_ever(session, hour, plan, moderator):
    plan()
    clock.set_to(OPENS + 50 * MINUTE)
    for _ in range(24):
        service.extend(session, moderator, hour)
    with pytest.raises(Conflict):
        service.extend(session, moderator, hour)


def test_staff_shuts_the_room_and_opens_it_again(session, hour, plan, moderator):
    plan()
    clock.set_to(OPENS + 10 * MINUTE)
    service.close(session, moderator, hour)
    shut = now(session, hour)
    service.reopen(session, moderator, hour)
    assert (shut.phase, shut.shut, now(session, hour).phase) == (Phase.CLOSED, True, Phase.RUNNING)


def test_each_change_is_told_with_a_version_of_its_own(session, hour, plan, admin, moderator):
    versions = [rooms.of_module(session, hour).version]
    found = plan()[0]
    versions.append(rooms.of_module(session, hour).version)
    service.close(session, moderator, hour)
    versions.append(rooms.of_module(session, hour).version)
    service.cancel(session, admin, hour, found)
    versions.append(rooms.of_module(session, hour).version)
    assert versions == [0, 1, 2, 3]


def test_planning_is_for_admins_and_steering_for_moderators(session, hour, plan, anna, moderator):
    found = plan()[0]
    wish = Plan(dt.date(2035, 5, 1), dt.time(19), dt.time(20))
    for deed in (
        lambda: service.plan(session, moderator, hour, wish, BERLIN),
        lambda: service.change(session, moderator, hour, found, wish, BERLIN),
        lambda: service.cancel(session, moderator, hour, found),
        lambda: service.remove(session, moderator, hour, found),
        lambda: service.extend(session, anna, hour),
        lambda: service.close(session, anna, hour),
        lambda: service.reopen(session, anna, hour),
    ):
        with pytest.raises(Denied):
            deed()
    assert session.scalars(select(AuditEntry.action).where(AuditEntry.actor_member_id == anna.id)).all() == []


def test_what_was_done_stands_in_the_log(session, hour, plan, moderator):
    plan()
    clock.set_to(OPENS)
    service.extend(session, moderator, hour)
    service.close(session, moderator, hour)
    query = select(AuditEntry.action).where(AuditEntry.action.startswith("chat.")).order_by(AuditEntry.id)
    assert session.scalars(query).all() == ["chat.window.plan", "chat.window.extend", "chat.room.close"]
