"""Staff reads how many answers are not counted yet, and that some are lost."""

import pytest

from baukasten_survey.mixing import telling
from tests.survey.mixing.mill import mill


@pytest.fixture
def mixing(database, town, morning):
    return mill(database, town)


def test_an_empty_queue_says_nothing(mixing, session):
    assert telling.notices(session, mixing.survey_id) == []


def test_waiting_and_lost_answers_are_counted_apart(mixing, session):
    mixing.put(1)
    assert telling.notices(session, mixing.survey_id) == [
        telling.Notice("1 answer waits to be mixed and is not counted yet.", alarming=False)
    ]
    for name, _ in mixing.room.names():
        mixing.room.destroy(name)
    mixing.close()
    mixing.mix()
    mixing.put(2, 3)
    lost = "1 answer cannot be opened any more, because its key is not on this machine. Tell your data centre at once."
    assert telling.notices(session, mixing.survey_id) == [
        telling.Notice(lost, alarming=True),
        telling.Notice("2 answers wait to be mixed and are not counted yet.", alarming=False),
    ]


def test_few_of_one_version_are_told_once_nothing_more_can_come(mixing, session):
    mixing.put(*range(25))
    mixing.put(100, 101, 102, version=2)
    mixing.put(200, version=3)
    waiting = telling.notices(session, mixing.survey_id)
    assert [one.text.split()[0] for one in waiting] == ["29"]
    mixing.close()
    mixing.mix()
    session.rollback()
    told = telling.notices(session, mixing.survey_id)
    assert [(one.text.partition(":")[0], one.alarming) for one in told] == [
        ("Only 3 people answered version 2", False),
        ("Only 1 person answered version 3", False),
    ]
