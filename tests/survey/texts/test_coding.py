"""Sorting texts: each alone, each text once, nothing lost when two tabs press at once."""

import threading

import pytest

from baukasten.sdk import Conflict, NotFound
from baukasten_survey.surveys import lookup
from baukasten_survey.texts import categories, coding
from baukasten_survey.texts.models import Coder, Coding
from tests.survey.conftest import open_survey
from tests.survey.texts.conftest import ASKED, WHY


@pytest.fixture
def module(database, town):
    return open_survey(database, town, ASKED, anonymity="named")


@pytest.fixture
def survey(session, module):
    return lookup.of_module(session, module.id)


@pytest.fixture
def responses(module, fill):
    return fill(module, [{"q2": f"Text {number}"} for number in range(3)])


@pytest.fixture
def traffic(session, survey):
    found = categories.add(session, survey.id, "q2", "Verkehr")
    session.commit()
    return found.id


def test_texts_follow_each_other_and_what_was_skipped_comes_back(session, survey, responses, traffic, admin):
    assert coding.following(session, survey.id, WHY, None) == (responses[0], "Text 0")
    assert coding.following(session, survey.id, WHY, None, responses[0]) == (responses[1], "Text 1")
    for response in responses[1:]:
        coding.assign(session, admin, survey.id, WHY, response, traffic)
    me = coding.coder(session, survey.id, "q2", admin)
    assert coding.following(session, survey.id, WHY, me, responses[2]) == (responses[0], "Text 0")
    coding.assign(session, admin, survey.id, WHY, responses[0], None)
    assert coding.following(session, survey.id, WHY, me) is None


def test_the_same_text_counts_once_and_the_later_press_wins(session, survey, responses, traffic, admin):
    for category in (traffic, traffic, None):
        coding.assign(session, admin, survey.id, WHY, responses[0], category)
    assert [one.category_id for one in session.query(Coding)] == [None]


def test_the_last_one_is_taken_back(session, survey, responses, traffic, admin, second):
    coding.assign(session, second, survey.id, WHY, responses[2], traffic)
    for response in responses[:2]:
        coding.assign(session, admin, survey.id, WHY, response, traffic)
    assert coding.undo(session, admin, survey.id, WHY) == responses[1]
    assert [one.coded for one in coding.standings(session, survey.id, "q2")] == [1, 1]
    assert (coding.undo(session, admin, survey.id, WHY), coding.undo(session, admin, survey.id, WHY)) == (
        responses[0],
        0,
    )


def test_whoever_has_finished_changes_nothing_but_sorts_what_came_since(
    session, survey, responses, traffic, admin, module, fill
):
    for response in responses[:2]:
        coding.assign(session, admin, survey.id, WHY, response, traffic)
    with pytest.raises(Conflict):
        coding.finish(session, admin, survey.id, WHY)
    coding.assign(session, admin, survey.id, WHY, responses[2], traffic)
    coding.finish(session, admin, survey.id, WHY)
    with pytest.raises(Conflict):
        coding.assign(session, admin, survey.id, WHY, responses[0], None)
    with pytest.raises(Conflict):
        coding.undo(session, admin, survey.id, WHY)
    session.commit()
    [late] = fill(module, [{"q2": "Später"}])
    coding.assign(session, admin, survey.id, WHY, late, None)
    assert session.query(Coding).count() == 4


def test_foreign_texts_and_categories_are_not_there(session, survey, responses, traffic, admin):
    elsewhere = categories.add(session, survey.id, "q1.other", "Anderswo").id
    for response, category in ((responses[0], elsewhere), (2**62, traffic), (responses[0], 2**62)):
        with pytest.raises(NotFound):
            coding.assign(session, admin, survey.id, WHY, response, category)
    assert session.query(Coding).count() == 0


def test_two_tabs_and_two_people_at_once(database, town, survey, responses, traffic, admin, second, session):
    start, failed = threading.Barrier(4), []

    def press(member):
        with database.session(town.id) as own:
            start.wait()
            try:
                coding.assign(own, member, survey.id, WHY, responses[0], traffic)
                own.commit()
            except Exception as error:  # noqa: BLE001 - told below
                failed.append(error)

    threads = [threading.Thread(target=press, args=(one,)) for one in (admin, admin, second, second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (failed, session.query(Coder).count(), session.query(Coding).count()) == ([], 2, 2)
    assert sorted(one.number for one in session.query(Coder)) == [1, 2]
