"""Opening the towns: everything is there, once, and works for those whose accounts are shown."""

import pytest
from sqlalchemy import func, select

from baukasten import clock
from baukasten.access.models import Membership
from baukasten.demo import build
from baukasten.identity import service as identity
from baukasten.moderation.models import CaseCause, Decision
from baukasten.moderation.reporting import service as reports
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


@pytest.mark.parametrize(("slug", "causes", "hidden"), [
    ("kranichsiel", [CaseCause.HELD, CaseCause.REPORTED], 1),
    ("dreibirken", [CaseCause.HELD, CaseCause.REPORTED], 0),
    ("turmstedt", [CaseCause.REPORTED, CaseCause.HELD], 0),
])  # fmt: skip
def test_the_moderators_have_something_to_do(database, town_of, slug, causes, hidden):
    with database.session(town_of(slug).id) as session:
        assert [case.cause for case in reports.waiting(session)] == causes
        assert session.scalar(select(func.count()).select_from(Decision)) == hidden


def test_the_highest_role_says_who_somebody_is(towns):
    named = {person.key: build.highest(person) for person in towns[2].people}
    assert (named["frauke"], named["onno"], named["fiete"], named["bente"]) == (
        Role.ADMIN, Role.MODERATOR, Role.RESIDENT, Role.CITIZEN,
    )  # fmt: skip
