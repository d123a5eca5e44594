"""What polls keep and do not: one vote each, nobody's name, the town's borders."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text

from baukasten.access import members
from baukasten.errors import Closed, Conflict, Denied, NotFound, SignInNeeded
from baukasten.plugin.refs import ContentRef, Role, Standing
from baukasten.projects import placing
from baukasten.sdk import clock, companions_follow
from baukasten_survey.building import closing
from baukasten_survey.keys import SurveyState
from baukasten_survey.models import Response, Survey
from baukasten_survey.polls import facts, personal, service
from baukasten_survey.polls.service import Wanted

VOTES, CHANGES, AT_ONCE = 200, 40, 8


def test_of_many_votes_of_one_member_at_once_one_counts(database, town, session, add, ben):
    number = add()

    def press(turn):
        with database.session(town.id) as own:
            try:
                service.vote(own, ben, number, [f"a{turn % 3 + 1}"])
            except Conflict:
                own.rollback()
                return 0
            own.commit()
        return 1

    with ThreadPoolExecutor(AT_ONCE) as pool:
        assert sum(pool.map(press, range(VOTES))) == 1
    poll = facts.of_number(session, number)
    assert facts.voters(session, [poll.survey_id])[0][poll.survey_id] == 1


def test_changes_of_a_vote_at_once_leave_one_vote(database, town, session, add, ben):
    number = add(Wanted("Welche?", ["Holz", "Stein", "Keine"], changeable=True))

    def press(turn):
        with database.session(town.id) as own:
            service.vote(own, ben, number, [f"a{turn % 3 + 1}"])
            own.commit()

    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(press, range(CHANGES)))
    assert session.scalar(text("SELECT count(*) FROM survey_response")) == 1


def test_no_row_names_who_voted_and_the_close_destroys_what_finds_a_vote(session, add, anna, ben):
    number = add(Wanted("Welche?", ["Holz", "Stein"], changeable=True))
    service.vote(session, ben, number, ["a1"])
    session.commit()
    found = session.query(Response).one()
    assert (found.member_id, found.language, found.edit_digest is None) == (None, "", False)
    service.close(session, anna, number)
    session.commit()
    session.expire_all()
    assert (found.edit_digest, session.query(Survey).one().edit_key) == (None, None)
    with pytest.raises(Closed):
        service.vote(session, ben, number, ["a2"])


def test_a_poll_ends_by_itself(session, add, ben):
    end = clock.now() + dt.timedelta(days=1)
    number = add(Wanted("Welche?", ["Holz", "Stein"], closes_at=end))
    with clock.turned(end):
        with pytest.raises(Closed):
            service.vote(session, ben, number, ["a1"])
        session.rollback()
        closing.close_over(session)
        assert facts.of_number(session, number).state is SurveyState.CLOSED


def test_who_is_muted_does_not_end_a_poll(session, add, anna, new_member):
    number, judge = add(), new_member(Role.MODERATOR)
    until = clock.now() + dt.timedelta(days=1)
    muted = members.set_standing(session, judge, anna.id, Standing.MUTED, reason="Immer laut.", until=until)
    with pytest.raises(Denied):
        service.close(session, muted, number)
    service.close(session, members.set_standing(session, judge, anna.id, Standing.ACTIVE), number)


def test_who_may_not_does_not(session, add, ben, ref):
    number = add()
    with pytest.raises(Denied):
        service.close(session, ben, number)
    with pytest.raises(Denied):
        service.add_options(session, ben, number, ["Glas"])
    with pytest.raises(SignInNeeded):
        service.vote(session, None, number, ["a1"], "mark")


def test_five_polls_are_enough(add):
    for _ in range(service.MANY):
        add()
    with pytest.raises(Conflict):
        add()


def test_another_town_knows_nothing_of_it(database, other_town, new_member, add, ref):
    number = add()
    stranger = new_member(where=other_town)
    with database.session(other_town.id) as there:
        with pytest.raises(NotFound):
            service.vote(there, stranger, number, ["a1"])
        assert facts.of_contents(there, [ref]) == []
        service.forget(there, [ref])
        service.follow(there, [ref])
        there.commit()
        assert facts.of_numbers(there, [number]) == []


def test_a_poll_belongs_to_the_module_in_which_its_contribution_stands(session, add, ref, forum):
    number = add()
    elsewhere = placing.place_module(session, None, "forum", title="Allgemein", slug="allgemein")
    session.execute(text("UPDATE forum_topic SET module_id = :to"), {"to": elsewhere.id})
    companions_follow(session, [ref, ContentRef("forum.post", 10**9)])
    assert facts.of_number(session, number).module_id == elsewhere.id
    companions_follow(session, [])


def test_what_is_known_of_the_author_is_handed_out_and_taken_away(session, add, anna, ben):
    number = add()
    assert [one["question"] for one in personal.export(session, anna.id)] == ["Welche Treppe?"]
    assert personal.export(session, ben.id) == []
    assert (personal.erase(session, anna.id), personal.erase(session, anna.id)) == (1, 0)
    assert facts.of_number(session, number).author_id is None
