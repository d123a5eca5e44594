"""The verbs of membership."""

import datetime as dt
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text

from baukasten import clock
from baukasten.access import members
from baukasten.audit import service as audit
from baukasten.errors import BaukastenError, Denied, Invalid, NotFound
from baukasten.plugin.refs import Role, Standing

REASON = "Rule 3: a personal attack in topic 12"
NOON = dt.datetime(2026, 5, 3, 12, 0, tzinfo=dt.UTC)


def test_joining_twice_gives_the_same_member(database, town, new_account):
    account = new_account()
    with database.session(town.id) as session:
        first = members.join(session, account, "Martha")
        second = members.join(session, account, "Another name")
        assert first == second
        assert (first.display_name, first.roles) == ("Martha", frozenset({Role.CITIZEN}))
        assert members.find(session, account) == first


def test_fifty_at_once_join_once(database, town, new_account):
    account = new_account()

    def join(_number):
        with database.session(town.id) as session:
            member = members.join(session, account, "Martha")
            session.commit()
        return member.id

    with ThreadPoolExecutor(10) as pool:
        assert len(set(pool.map(join, range(50)))) == 1
    with database.session(town.id) as session:
        assert session.scalar(text("SELECT count(*) FROM membership")) == 1


def test_names_are_of_this_town_and_empty_when_erased(database, town, other_town, new_member):
    martha, gone, theirs = new_member(name="Martha"), new_member(name="Gone"), new_member(where=other_town)
    with database.session(town.id) as session:
        assert members.erase(session, gone.id) == 1
        assert members.names(session, [martha.id, gone.id, theirs.id, martha.id]) == {
            martha.id: "Martha",
            gone.id: "",
        }
        assert members.names(session, []) == {}


def test_erasing_leaves_no_trace_and_may_run_again(database, town, new_account, new_member):
    account = new_account("Martha Klein")
    member = new_member(Role.MODERATOR, name="Martha Klein", account=account)
    boss = new_member(Role.ADMIN)
    with database.session(town.id) as session:
        members.set_standing(session, boss, member.id, Standing.MUTED, reason=f"Martha Klein: {REASON}")
        assert [members.erase(session, member.id) for _ in range(2)] == [1, 1]
        row = session.execute(text("SELECT * FROM membership WHERE id = :id"), {"id": member.id}).one()
        assert (row.account_id, row.display_name, row.roles, row.standing, row.standing_reason) == (
            None,
            "",
            ["citizen"],
            "active",
            "",
        )
        assert members.find(session, account) is None


def test_renaming_is_for_this_town(database, town, other_town, new_account, new_member):
    account = new_account("Martha")
    here = new_member(name="Martha", account=account)
    there = new_member(name="Martha", account=account, where=other_town)
    with database.session(town.id) as session:
        assert members.rename(session, here, " M.  Klein ").display_name == "M. Klein"
        with pytest.raises(Invalid):
            members.rename(session, here, "<b>")
        session.commit()
    with database.session(other_town.id) as session:
        assert members.ref(session, there.id).display_name == "Martha"


def test_giving_and_taking_roles_is_noted(database, town, new_member):
    boss, person = new_member(Role.ADMIN), new_member()
    with database.session(town.id) as session:
        raised = members.set_roles(session, boss, person.id, [Role.MODERATOR, Role.RESIDENT])
        assert raised.roles == {Role.CITIZEN, Role.MODERATOR, Role.RESIDENT}
        members.set_roles(session, boss, person.id, [Role.MODERATOR, Role.RESIDENT])
        assert members.set_roles(session, boss, person.id, []).roles == {Role.CITIZEN}
        noted = [one for one in audit.entries(session) if one.action == "access.member.roles"]
        assert [(one.actor_id, one.target, one.facts) for one in noted] == [
            (
                boss.id,
                f"member:{person.id}",
                {"before": ["citizen", "moderator", "resident"], "after": ["citizen"]},
            ),
            (
                boss.id,
                f"member:{person.id}",
                {"before": ["citizen"], "after": ["citizen", "moderator", "resident"]},
            ),
        ]


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.GUEST])
def test_some_roles_no_town_can_give(database, town, new_member, role):
    boss, person = new_member(Role.ADMIN), new_member()
    with database.session(town.id) as session, pytest.raises(Invalid):
        members.set_roles(session, boss, person.id, [role])


def test_nobody_reaches_above_their_own_rank(database, town, new_member):
    boss, moderator, person = new_member(Role.ADMIN), new_member(Role.MODERATOR), new_member()
    with database.session(town.id) as session:
        for target, roles in ((person, [Role.ADMIN]), (boss, []), (moderator, [Role.ADMIN])):
            with pytest.raises(Denied):
                members.set_roles(session, moderator, target.id, roles)
        with pytest.raises(Denied):
            members.set_standing(
                session,
                moderator,
                boss.id,
                Standing.MUTED,
                reason=REASON,
                until=clock.now() + dt.timedelta(1),
            )


def test_the_last_admin_stays(database, town, new_member):
    boss = new_member(Role.ADMIN)
    with database.session(town.id) as session, pytest.raises(Denied):
        members.set_roles(session, boss, boss.id, [Role.MODERATOR])
    second = new_member(Role.ADMIN)
    with database.session(town.id) as session:
        assert Role.ADMIN not in members.set_roles(session, boss, boss.id, []).roles
        session.commit()
    with database.session(town.id) as session, pytest.raises(Denied):
        members.set_roles(session, second, second.id, [])


def test_two_admins_cannot_take_each_others_role_at_once(database, town, new_member):
    bosses = [new_member(Role.ADMIN) for _ in range(2)]
    gate = threading.Barrier(2)

    def take(number):
        with database.session(town.id) as session:
            gate.wait()
            try:
                members.set_roles(session, bosses[number], bosses[1 - number].id, [])
            except BaukastenError as error:
                return type(error)
            session.commit()
        return "done"

    with ThreadPoolExecutor(2) as pool:
        said = list(pool.map(take, range(2)))
    assert sorted(map(str, said)) == sorted(map(str, ["done", Denied]))
    with database.session(town.id) as session:
        assert len(members.with_roles(session, Role.ADMIN)) == 1


def test_a_member_of_another_town_is_nobody(database, town, other_town, new_member):
    boss, theirs = new_member(Role.ADMIN), new_member(where=other_town)
    with database.session(town.id) as session:
        for work in (
            lambda: members.get(session, theirs.id),
            lambda: members.set_roles(session, boss, theirs.id, []),
            lambda: members.set_standing(session, boss, theirs.id, Standing.MUTED, reason=REASON),
        ):
            with pytest.raises(NotFound):
                work()
        assert members.erase(session, theirs.id) == 0


def test_a_measure_needs_a_reason_and_ends_by_itself(database, town, new_member):
    boss, person = new_member(Role.ADMIN), new_member()
    with clock.turned(NOON), database.session(town.id) as session:
        for reason in ("", "   ", "short", "x" * 1_001):
            with pytest.raises(Invalid) as refused:
                members.set_standing(session, boss, person.id, Standing.MUTED, reason=reason)
            assert list(refused.value.errors) == ["reason"]
        until = NOON + dt.timedelta(days=30)
        muted = members.set_standing(session, boss, person.id, Standing.MUTED, reason=REASON, until=until)
        assert muted.standing is Standing.MUTED
        clock.set_to(until - dt.timedelta(seconds=1))
        assert members.ref(session, person.id).standing is Standing.MUTED
        clock.set_to(until)
        assert members.ref(session, person.id).standing is Standing.ACTIVE


def test_a_moderators_measure_lasts_seven_days_at_most(database, town, new_member):
    moderator, person = new_member(Role.MODERATOR), new_member()
    with clock.turned(NOON), database.session(town.id) as session:
        week = NOON + dt.timedelta(days=7)
        for until in (None, week + dt.timedelta(seconds=1), NOON):
            with pytest.raises(Invalid) as refused:
                members.set_standing(
                    session, moderator, person.id, Standing.MUTED, reason=REASON, until=until
                )
            assert list(refused.value.errors) == ["until"]
        members.set_standing(session, moderator, person.id, Standing.SUSPENDED, reason=REASON, until=week)
        freed = members.set_standing(session, moderator, person.id, Standing.ACTIVE)
        assert freed.standing is Standing.ACTIVE
        assert members.get(session, person.id).standing_reason == ""


def test_nobody_judges_themselves(database, town, new_member):
    boss = new_member(Role.ADMIN)
    new_member(Role.ADMIN)
    with database.session(town.id) as session, pytest.raises(Denied):
        members.set_standing(session, boss, boss.id, Standing.MUTED, reason=REASON)


def test_the_log_names_no_reason_and_no_person(database, town, new_member):
    boss, person = new_member(Role.ADMIN, name="Boss Name"), new_member(name="Person Name")
    with database.session(town.id) as session:
        members.set_standing(session, boss, person.id, Standing.MUTED, reason=REASON)
        entry = audit.entries(session)[0]
        assert (entry.action, entry.facts) == ("access.member.standing", {"standing": "muted", "until": ""})


def test_staff_are_found_unless_they_are_limited_or_gone(database, town, new_member):
    boss, moderator, other, gone = (
        new_member(Role.ADMIN),
        new_member(Role.MODERATOR),
        new_member(Role.MODERATOR),
        new_member(Role.MODERATOR),
    )
    new_member(Role.RESIDENT)
    with database.session(town.id) as session:
        members.set_standing(session, boss, other.id, Standing.SUSPENDED, reason=REASON)
        members.erase(session, gone.id)
        assert members.with_roles(session, Role.MODERATOR) == [moderator.id]
        assert members.with_roles(session, Role.MODERATOR, Role.ADMIN) == [boss.id, moderator.id]


def test_an_operator_appoints_a_towns_first_admin(database, town, new_account):
    account = new_account("Martha")
    with database.operator_session(town.id) as session:
        member = members.appoint(session, account, "Martha", {Role.ADMIN})
        session.commit()
    with database.session(town.id) as session:
        assert members.find(session, account) == member
        assert member.roles == {Role.CITIZEN, Role.ADMIN}
