"""Opening the towns: everything is there, once, and works for those whose accounts are shown."""

import datetime as dt

import pytest
from sqlalchemy import func, select

from baukasten import clock
from baukasten.access.models import Membership
from baukasten.demo import build
from baukasten.identity import service as identity
from baukasten.moderation.casework import replies
from baukasten.moderation.models import Appeal, Case, Decision
from baukasten.plugin.refs import Role
from baukasten.projects import queries
from baukasten.projects.calendar import Stage, stage_of


def test_the_building_says_what_it_does(built):
    assert built == ["Dreibirken moves in …", "Hansestadt Turmstedt moves in …", "Kranichsiel moves in …"]


def test_projects_are_public_and_stand_where_they_should(database, town_of):
    expected = {
        "kranichsiel": {
            "alter-torfhafen": "running",
            "buecherei-am-siel": "running",
            "spielplatz-am-deichfuss": "coming",
            "licht-in-der-nacht": "finished",
        },
        "turmstedt": {
            "altstadt-verkehr": "running",
            "markthalle": "running",
            "waermeplan": "coming",
            "schulhof-am-speicher": "finished",
        },
        "dreibirken": {
            "sieben-doerfer-ein-bus": "running",
            "eine-bank-fuer-jedes-dorf": "running",
            "dorfladen": "coming",
            "das-freibad-bleibt": "finished",
        },
    }
    for slug, wanted in expected.items():
        with database.session(town_of(slug).id) as session:
            found = queries.list_projects(session)
        assert {one.slug: str(stage_of(one, clock.now())) for one in found} == wanted
    assert set(Stage) == {"running", "coming", "finished"}


def test_building_again_changes_nothing(database, towns, keys, built, town_of):
    def counts():
        found = []
        for plan in towns:
            with database.session(town_of(plan.slug).id) as session:
                found.append(
                    (
                        session.scalar(select(func.count()).select_from(Membership)),
                        len(queries.list_projects(session, drafts=True)),
                    )
                )
        return found

    said: list[str] = []
    before = counts()
    build.build(database, towns, keys, said.append)
    assert (counts(), said) == (before, [])


def test_whoever_is_shown_can_sign_in(database, keys, town_of, towns):
    slugs = {town.name: town.slug for town in towns}
    assert len(keys.accounts) == 13
    for account in keys.accounts[:5]:
        town = town_of(slugs[account.town]).id if account.town else None
        with database.session(town) as session:
            assert identity.sign_in(session, email=account.email, password=keys.password)


def test_nobody_else_has_a_password(database, towns, keys, built):
    with database.session(None) as session:
        for town in towns:
            for person in town.people:
                found = identity.find(session, town.email(person))
                assert found is not None
                assert bool(found.password_hash) is person.shown
        operator = identity.find(session, build.OPERATOR_EMAIL)
    assert operator is not None
    assert operator.is_operator


@pytest.mark.parametrize(("slug", "causes", "measures"), [
    ("kranichsiel", ["appeal", "reported", "held"], ["hide", "keep", "note"]),
    ("dreibirken", ["held", "reported"], []),
    ("turmstedt", ["held", "reported"], []),
])  # fmt: skip
def test_the_moderators_have_something_to_do(database, town_of, slug, causes, measures):
    with database.session(town_of(slug).id) as session:
        waiting = select(Case.cause).where(Case.closed_at.is_(None)).order_by(Case.order_at)
        assert sorted(session.scalars(waiting)) == sorted(causes)
        assert session.scalars(select(Decision.measure).order_by(Decision.measure)).all() == measures


def test_what_was_decided_was_decided_some_time_ago_and_found_an_objection(database, town_of):
    with database.session(town_of("kranichsiel").id) as session:
        hidden = session.scalars(select(Decision).where(Decision.measure == "hide")).one()
        assert clock.now() - hidden.created_at > dt.timedelta(hours=29)
        assert hidden.rule_key == "matter"
        appeal = session.scalars(select(Appeal)).one()
        assert (appeal.decision_id, appeal.outcome) == (hidden.id, None)
        assert appeal.created_at > hidden.created_at


def test_moderators_have_words_ready(database, town_of):
    with database.session(town_of("kranichsiel").id) as session:
        assert [one.title for one in replies.listed(session)] == [
            "Bitte ohne Namen", "Ton ändern, Sache behalten", "Werbung",
        ]  # fmt: skip


def test_the_highest_role_says_who_somebody_is(towns):
    named = {person.key: build.highest(person) for person in towns[2].people}
    assert (named["frauke"], named["onno"], named["fiete"], named["bente"]) == (
        Role.ADMIN, Role.MODERATOR, Role.RESIDENT, Role.CITIZEN,
    )  # fmt: skip
