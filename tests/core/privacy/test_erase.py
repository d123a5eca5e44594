"""Closing an account leaves no trace of the person in any table, and every discussion readable."""

import pytest
from sqlalchemy import select, text

from baukasten.access.models import Membership
from baukasten.errors import NotFound
from baukasten.identity import service as identity
from baukasten.privacy import erase
from baukasten.tenants import service as tenants
from baukasten_forum.models import Post, Topic

WAITING = text("SELECT count(*) FROM jobs.procrastinate_jobs WHERE args ->> 'key' LIKE 'privacy.%'")


def close(database, person):
    with database.session(person.homes[0][0].id, person.account_id) as session:
        towns = erase.close(session, person.account_id)
        session.commit()
    return towns


def forgotten(database, person):
    with database.session(None, person.account_id) as session:
        try:
            identity.own(session, person.account_id)
        except NotFound:
            return True
        return False


def test_the_person_has_left_traces_that_could_be_found(traces, person):
    tables = {name for name, _word in traces(person.surname)}
    assert {
        "platform.account",
        "platform.session",
        "platform.token",
        "public.membership",
        "public.moderation_report",
    } <= tables


def test_nothing_of_the_person_is_left_in_any_table(database, traces, person, mailbox):
    assert close(database, person) == 2
    mailbox.deliver()
    assert traces(person.surname) == {}
    assert forgotten(database, person)
    with database.session(None) as session:
        assert session.scalar(WAITING) == 0


def test_discussions_stay_readable_without_their_author(database, person, mailbox, client_of):
    close(database, person)
    mailbox.deliver()
    for (town, member), topic_id in zip(person.homes, person.topics, strict=True):
        with database.session(town.id) as session:
            topic = session.scalars(select(Topic).where(Topic.id == topic_id)).one()
            assert (topic.title, topic.author_id, topic.last_author_id, topic.replies) == (
                "Treppe",
                None,
                None,
                2,
            )
            posts = session.execute(
                select(Post.number, Post.body, Post.author_id).order_by(Post.number)
            ).all()
            assert [(row.number, row.body) for row in posts] == [
                (1, "Breite Stufen"),
                (2, "Gute Idee"),
                (3, "Danke"),
            ]
            assert [row.author_id is None for row in posts] == [True, False, True]
            assert session.scalar(select(Membership.id).where(Membership.id == member.id)) is None
        page = client_of(town).get(f"/beteiligung/torfhafen/forum/{topic_id}-treppe")
        assert page.status_code == 200
        assert "Breite Stufen" in page.text


def test_the_account_is_nobody_at_once(database, person):
    close(database, person)
    with database.session(person.homes[0][0].id) as session:
        assert identity.find(session, person.email) is None
        # The address is free again for whoever owns it.
        assert identity.create_account(session, person.email, None, "Neu") != person.account_id
        session.rollback()


def test_an_erasure_that_was_killed_in_between_is_finished_by_the_next(
    database, traces, person, mailbox, contract
):
    """Each store commits with its whole town or not at all; whatever ran may run again."""
    close(database, person)
    stores = [answer.value for answer in contract.registry.personal_data.values()]
    assert len(stores) > 3
    (town, member), _other = person.homes
    for most in range(len(stores)):
        with database.session(town.id) as session:
            for store in stores[:most]:
                store.erase(session, member.id)
            # Killed here: the transaction is gone.
    with database.session(town.id) as session:
        erase.erase_member(session, member_id=member.id)
        session.commit()
    with database.session(None) as session, pytest.raises(erase.NotYetForgottenError):
        erase.forget_account(session, account_id=person.account_id)
    mailbox.deliver()
    assert traces(person.surname) == {}
    assert forgotten(database, person)


def test_other_people_keep_everything(database, person, new_member, traces, mailbox):
    other = new_member(name="Waltraud Binse")
    before = traces("Waltraud Binse")
    close(database, person)
    mailbox.deliver()
    assert traces("Waltraud Binse") == before
    with database.session(person.homes[0][0].id) as session:
        assert (
            session.scalar(select(Membership.display_name).where(Membership.id == other.id))
            == "Waltraud Binse"
        )


def test_an_open_account_cannot_be_forgotten(database, new_account):
    account_id = new_account()
    with database.session(None) as session, pytest.raises(erase.NotYetForgottenError):
        erase.forget_account(session, account_id=account_id)


def test_a_suspended_town_forgets_too(database, person, traces, mailbox):
    with database.operator_session() as session:
        tenants.suspend(session, person.homes[1][0].id)
        session.commit()
    close(database, person)
    mailbox.deliver()
    assert traces(person.surname) == {}
    assert forgotten(database, person)
