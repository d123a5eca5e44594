"""Jobs that were given up: seen, tried again, forgotten."""

import datetime as dt

import pytest

from baukasten import clock
from baukasten.errors import NotFound
from baukasten.jobs import care, dead
from baukasten.jobs.queue import enqueue


@pytest.fixture
def given_up(queue, home, worker, diary):
    diary.failing.add("hello")
    with queue.session(home.id) as session:
        enqueue(session, "alpha.write", word="hello")
        session.commit()
    worker.run_pending()
    with queue.operator_session() as session:
        (found,) = dead.list_dead(session)
    return found


def test_a_job_that_keeps_failing_is_given_up_and_seen(queue, home, given_up, diary):
    assert diary.lines == [("hello", home.id, home.id, attempt) for attempt in (1, 2, 3)]
    assert (given_up.key, given_up.tenant_id, given_up.attempts) == ("alpha.write", home.id, 3)
    # The second line of the error carried a person's values.
    assert given_up.error == "ValueError: hello fails"
    with queue.operator_session() as session:
        assert dead.count_dead(session) == 1


def test_an_operator_tries_it_again_with_all_its_attempts(queue, home, given_up, worker, diary):
    with queue.operator_session() as session:
        dead.retry(session, given_up.id)
        session.commit()
    worker.run_pending()
    assert [line[3] for line in diary.lines] == [1, 2, 3, 1, 2, 3]

    diary.failing.clear()
    with queue.operator_session() as session:
        dead.retry(session, given_up.id)
        session.commit()
    worker.run_pending()
    assert diary.lines[-1] == ("hello", home.id, home.id, 1)
    with queue.operator_session() as session:
        assert dead.list_dead(session) == []


def test_a_job_that_waits_is_not_retried(queue, home):
    with queue.session(home.id) as session:
        waiting_id = enqueue(session, "alpha.write", word="hello")
        session.commit()
    assert waiting_id is not None
    with queue.operator_session() as session, pytest.raises(NotFound):
        dead.retry(session, waiting_id)


def test_a_failure_is_kept_for_a_month_and_no_longer(queue, given_up):
    for days, left in ((29, 1), (31, 0)):
        with queue.session(None) as session, clock.turned(clock.now() + dt.timedelta(days=days)):
            care.forget_old(session)
            session.commit()
            assert dead.count_dead(session) == left
