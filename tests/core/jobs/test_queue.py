"""Taking work in: with the transaction or not at all, once where asked, in line where asked."""

import datetime as dt
import threading

import pytest
from sqlalchemy import text

from baukasten import clock
from baukasten.jobs.queue import UnknownJobError, enqueue


def test_a_committed_job_runs_in_its_towns_scope(queue, home, worker, diary, waiting):
    with queue.session(home.id) as session:
        enqueue(session, "alpha.write", word="hello")
        session.commit()
    worker.run_pending()

    assert diary.lines == [("hello", home.id, home.id, 1)]
    assert waiting() == []


def test_a_rolled_back_transaction_leaves_no_job(queue, home, waiting):
    with queue.session(home.id) as session:
        enqueue(session, "alpha.write", word="hello")
        session.rollback()

    assert waiting() == []


def test_a_job_nobody_declares_is_refused_at_once(queue, home):
    with queue.session(home.id) as session, pytest.raises(UnknownJobError, match=r"alpha\.unknown"):
        enqueue(session, "alpha.unknown")


def test_a_job_may_be_for_another_town_or_for_none(queue, home, new_town, worker, diary):
    with queue.session(home.id) as session:
        enqueue(session, "alpha.whole", tenant_id=None)
        session.commit()
    worker.run_pending()

    assert diary.lines == [("note", None)]


def test_a_job_waits_for_its_moment(queue, home, worker, diary, waiting):
    with queue.session(home.id) as session:
        enqueue(session, "alpha.write", word="later", schedule_at=clock.now() + dt.timedelta(hours=1))
        session.commit()
    worker.run_pending()

    assert diary.lines == []
    assert waiting() == [("alpha.write", "todo")]


def test_the_more_urgent_job_runs_first(queue, home, make_worker, diary):
    with queue.session(home.id) as session:
        enqueue(session, "alpha.write", word="slow")
        enqueue(session, "alpha.write", word="urgent", priority=5)
        session.commit()
    make_worker(concurrency=1).run_pending()

    assert [line[0] for line in diary.lines] == ["urgent", "slow"]


def test_a_waiting_job_takes_the_place_of_a_second_one(queue, home, worker, diary):
    with queue.session(home.id) as session:
        assert enqueue(session, "alpha.write", queueing_lock="one", word="first") is not None
        assert enqueue(session, "alpha.write", queueing_lock="one", word="second") is None
        session.commit()
    worker.run_pending()
    with queue.session(home.id) as session:
        assert enqueue(session, "alpha.write", queueing_lock="one", word="third") is not None
        session.commit()
    worker.run_pending()

    assert [line[0] for line in diary.lines] == ["first", "third"]


def test_a_waiting_job_does_not_start_before_who_relies_on_it_has_committed(queue, home, worker, diary):
    with queue.session(home.id) as session:
        enqueue(session, "alpha.write", queueing_lock="one", word="first")
        session.commit()
    with queue.session(home.id) as relying:
        assert enqueue(relying, "alpha.write", queueing_lock="one", word="second") is None
        worker.run_pending()
        assert diary.lines == []
        relying.commit()
    worker.run_pending()

    assert [line[0] for line in diary.lines] == ["first"]


def test_a_failing_job_can_retry_while_another_waits_under_its_queueing_lock(
    queue, home, make_worker, diary, waiting
):
    diary.failing.add("first")
    with queue.session(home.id) as session:
        enqueue(session, "alpha.write", queueing_lock="one", word="first")
        session.commit()
        session.execute(text("UPDATE jobs.procrastinate_jobs SET status = 'doing'"))
        enqueue(session, "alpha.write", queueing_lock="one", word="second")
        session.execute(text("UPDATE jobs.procrastinate_jobs SET status = 'todo'"))
        session.commit()
    make_worker(concurrency=1).run_pending()

    assert [line[0] for line in diary.lines] == ["first", "first", "first", "second"]
    assert waiting() == [("alpha.write", "failed")]


def test_fifty_at_once_queue_one_job(queue, home, waiting):
    def ask() -> None:
        with queue.session(home.id) as session:
            enqueue(session, "alpha.write", queueing_lock="race", word="x")
            session.commit()

    threads = [threading.Thread(target=ask) for _ in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert waiting() == [("alpha.write", "todo")]


def test_an_operator_queues_work_for_a_town(queue, home, worker, diary):
    with queue.operator_session() as session:
        enqueue(session, "alpha.write", tenant_id=home.id, word="from above")
        session.commit()
    worker.run_pending()

    assert diary.lines == [("from above", home.id, home.id, 1)]
