"""Who may do what: roles, then standing, then vetoes; later steps only narrow."""

import datetime as dt
from types import ModuleType, SimpleNamespace

import pytest

from baukasten import clock
from baukasten.access import hooks, members, policy
from baukasten.db.session import connect
from baukasten.errors import Closed, Denied, SignInNeeded
from baukasten.plugin import registry
from baukasten.plugin.contract import Contract
from baukasten.plugin.declarations import Permission
from baukasten.plugin.discovery import Plugin
from baukasten.plugin.hookspecs import hookimpl
from baukasten.plugin.manager import PluginManager
from baukasten.plugin.manifest import Manifest
from baukasten.plugin.refs import MemberRef, ModuleRef, Role, Standing
from baukasten.tenants import plugins
from baukasten.tenants.service import by_id

EVERYBODY = frozenset(set(Role) - {Role.OPERATOR})
SIGNED_IN = EVERYBODY - {Role.GUEST}
STAFF = frozenset({Role.MODERATOR, Role.ADMIN})

MODULE = ModuleRef(7, "made", "made", "Made")
KEYS = ("made.text.read", "made.text.write", "made.report.file", "made.desk.see", "made.desk.use")


def member(*roles, standing=Standing.ACTIVE):
    return MemberRef(1, "Martha", frozenset({Role.CITIZEN, *roles}), standing)


@pytest.fixture
def mood():
    """What the made plugin and the made room say; a text vetoes, an exception is raised."""
    return SimpleNamespace(plugin=None, room=None, asked=[])


def speaker(mood, who):
    made = ModuleType(f"made_{who}")

    @hookimpl
    def veto_access(member, permission, module):
        mood.asked.append((who, member, permission, module))
        said = getattr(mood, who)
        if isinstance(said, Exception):
            raise said
        return said

    made.__dict__["veto_access"] = veto_access
    return made


@pytest.fixture
def home(database, new_town, mood):
    """Give a session of a town that has the made plugin; its process has a made room too."""
    module = speaker(mood, "plugin")
    module.manifest = Manifest(name="made", title="Made", version="1", core=">=0")

    @hookimpl
    def register_permissions():
        return [
            Permission("made.text.read", "Read", EVERYBODY, writes=False),
            Permission("made.text.write", "Write", SIGNED_IN),
            Permission("made.report.file", "Report", SIGNED_IN, writes=False),
            Permission("made.desk.see", "See the desk", STAFF, writes=False),
            Permission("made.desk.use", "Use the desk", STAFF),
        ]

    module.register_permissions = register_permissions
    manager = PluginManager([Plugin.of(module)], {"access": hooks, "made_room": speaker(mood, "room")})
    contract = Contract(manager, registry.build(manager))
    opened = connect(
        database.app.url.render_as_string(hide_password=False),
        database.operator.url.render_as_string(hide_password=False),
        contract,
    )
    town = new_town()
    with opened.operator_session() as session:
        plugins.grant(session, town.id, "made")
        session.commit()
    with opened.session(town.id) as session:
        plugins.switch_on(session, town, "made")
        session.commit()
        yield session
    opened.close()


def allowed(session, person):
    return "".join("x" if policy.may(session, person, key, MODULE) else "-" for key in KEYS)


@pytest.mark.parametrize(
    ("roles", "standing", "expected"),
    [
        # read, write, report, see the desk, use the desk
        (None, None, "x----"),
        ((), Standing.ACTIVE, "xxx--"),
        ((Role.RESIDENT,), Standing.ACTIVE, "xxx--"),
        ((Role.MODERATOR,), Standing.ACTIVE, "xxxxx"),
        ((Role.ADMIN,), Standing.ACTIVE, "xxxxx"),
        ((), Standing.MUTED, "x-x--"),
        ((Role.MODERATOR,), Standing.MUTED, "x-xx-"),
        ((Role.ADMIN,), Standing.MUTED, "x-xx-"),
        ((), Standing.SUSPENDED, "x-x--"),
        ((Role.MODERATOR,), Standing.SUSPENDED, "x-x--"),
        ((Role.ADMIN,), Standing.SUSPENDED, "x-x--"),
    ],
)
def test_roles_and_standing(home, roles, standing, expected):
    assert allowed(home, None if roles is None else member(*roles, standing=standing)) == expected


def test_a_role_is_not_another_one(home):
    policy.require(home, member(Role.ADMIN), hooks.MANAGE)
    with pytest.raises(Denied):
        policy.require(home, member(Role.MODERATOR), hooks.MANAGE)


def test_a_guest_is_asked_to_sign_in_and_a_member_refused(home):
    with pytest.raises(SignInNeeded):
        policy.require(home, None, "made.text.write")
    with pytest.raises(Denied) as refused:
        policy.require(home, member(), "made.desk.see")
    assert type(refused.value) is Denied


def test_an_undeclared_permission_is_a_mistake(home):
    with pytest.raises(KeyError):
        policy.may(home, member(Role.ADMIN), "made.text.wirte")


def test_a_veto_narrows_with_its_reason_and_is_not_asked_for_what_is_refused_anyway(home, mood):
    mood.plugin = "Only on weekdays"
    with pytest.raises(Denied, match="Only on weekdays"):
        policy.require(home, member(), "made.text.write", MODULE)
    assert mood.asked == [(who, member(), "made.text.write", MODULE) for who in ("room", "plugin")]
    del mood.asked[:]
    assert not policy.may(home, None, "made.text.write", MODULE)
    assert not policy.may(home, member(standing=Standing.MUTED), "made.text.write", MODULE)
    assert mood.asked == []


def test_the_veto_of_a_room_means_closed(home, mood):
    mood.room = "Opens on Monday"
    with pytest.raises(Closed, match="Opens on Monday"):
        policy.require(home, member(), "made.text.write", MODULE)


@pytest.mark.parametrize("said", [ValueError("broken"), 7])
def test_a_veto_that_fails_denies(home, mood, said):
    mood.plugin = said
    assert isinstance(policy.refusal(home, member(), "made.text.write", MODULE), Denied)


def test_nobody_can_grant_by_veto(home, mood):
    mood.plugin = ""
    assert not policy.may(home, member(), "made.desk.see")


@pytest.mark.parametrize("how", ["off", "revoked"])
def test_a_plugin_that_is_off_takes_its_permissions_along(home, database, how):
    assert policy.may(home, member(), "made.text.write")
    if how == "off":
        plugins.switch_off(home, by_id(home, home.tenant_id), "made")
    else:
        with database.operator_session() as console:
            plugins.revoke(console, home.tenant_id, "made")
            console.commit()
    # The next request's session knows nothing of this one's.
    home.info.clear()
    assert not policy.may(home, member(), "made.text.read")
    assert not policy.may(home, None, "made.text.read")
    assert policy.may(home, member(Role.ADMIN), hooks.MANAGE)


def test_what_the_gate_knows_is_not_asked_again(home):
    home.info[policy.ACTIVE] = frozenset({"made"})
    home.info[policy.READING] = True
    assert policy.may(home, member(), "made.text.write")
    assert not home.in_transaction()


def test_an_operator_is_judged_by_the_role_alone(home):
    with pytest.raises(Denied):
        policy.require(home, None, hooks.MANAGE, roles={Role.OPERATOR})
    with pytest.raises(Denied):
        policy.require(home, None, hooks.MANAGE, roles=set())


def test_a_measure_counts_at_the_next_question_and_ends_on_time(database, town, new_member):
    boss, person = new_member(Role.ADMIN), new_member()
    moment = dt.datetime(2026, 5, 3, 12, 0, tzinfo=dt.UTC)
    with clock.turned(moment), database.session(town.id) as session:
        until = moment + dt.timedelta(days=1)
        reason = "Rule 3: a personal attack"
        members.set_standing(session, boss, person.id, Standing.SUSPENDED, reason=reason, until=until)
        seen = members.ref(session, person.id)
        assert policy.roles_of(seen) == {Role.GUEST, Role.CITIZEN}
        assert seen.standing is Standing.SUSPENDED
        clock.set_to(until)
        assert members.ref(session, person.id).standing is Standing.ACTIVE
