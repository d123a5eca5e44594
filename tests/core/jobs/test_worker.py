"""The worker: in whose scope jobs run, how it begins and ends, and what survives its death."""

import contextlib
import dataclasses
import datetime as dt
import logging
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from baukasten.jobs import care, dead
from baukasten.jobs.queue import enqueue
from baukasten.jobs.run import Runner
from baukasten.jobs.worker import Worker, pause_after
from baukasten.plugin.refs import TenantRef
from baukasten.plugin.text import translate
from baukasten.tenants import plugins, service

ROOT = Path(__file__).parents[3]
PATIENCE = 60.0


@pytest.fixture
def process(queue, home):
    """Start processes of their own and end them."""
    started: list[subprocess.Popen[str]] = []

    def start(mode: str, *through: str) -> subprocess.Popen[str]:
        urls = [e.url.render_as_string(hide_password=False) for e in (queue.app, queue.operator)]
        command = [sys.executable, "-m", *through, "tests.core.jobs.process", mode, *urls, str(home.id)]
        made = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        started.append(made)
        return made

    yield start
    for one in started:
        one.kill()
        one.communicate()


def wait_until(true) -> None:
    until = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < until, "it did not happen in time"
        time.sleep(0.01)


def put(queue, town, key="alpha.write", word=""):
    with queue.session(town.id) as session:
        job_id = enqueue(session, key, **({"word": word} if word else {}))
        session.commit()
    return job_id


def test_a_suspended_towns_job_is_skipped_with_a_line(queue, home, worker, diary, waiting, caplog):
    job_id = put(queue, home, word="secret")
    with queue.operator_session() as session:
        service.suspend(session, home.id)
        session.commit()
    with caplog.at_level(logging.INFO, "baukasten.jobs"):
        worker.run_pending()

    assert (diary.lines, waiting()) == ([], [])
    assert f"job {job_id} alpha.write, town {home.id}: skipped, the town is suspended" in caplog.messages


def test_a_switched_off_plugins_job_is_skipped_with_a_line(queue, home, worker, diary, waiting, caplog):
    job_id = put(queue, home, word="secret")
    with queue.session(home.id) as session:
        plugins.switch_off(session, home, "alpha")
        session.commit()
    with caplog.at_level(logging.INFO, "baukasten.jobs"):
        worker.run_pending()

    assert (diary.lines, waiting()) == ([], [])
    assert (
        f"job {job_id} alpha.write, town {home.id}: skipped, the plugin alpha is switched off"
        in caplog.messages
    )


def test_a_deleted_towns_job_is_skipped(queue, home, worker, diary, waiting):
    with queue.operator_session() as session:
        enqueue(session, "alpha.write", tenant_id=10**9, word="gone")
        session.commit()
    worker.run_pending()

    assert (diary.lines, waiting()) == ([], [])


def test_a_job_whose_plugin_is_gone_is_kept_among_the_failed(queue, home, worker):
    put(queue, home, word="lost")
    with queue.operator_session() as session:
        session.execute(
            text("UPDATE jobs.procrastinate_jobs SET args = jsonb_set(args, '{key}', '\"gone.write\"')")
        )
        session.commit()
    worker.run_pending()

    with queue.operator_session() as session:
        found = dead.list_dead(session)
    assert [(one.key, one.attempts, one.error) for one in found] == [
        ("gone.write", 1, "UnknownWorkError: no plugin declares gone.write")
    ]


def test_jobs_speak_the_towns_language_and_are_lent_the_processs_tools(queue, home, surroundings, diary):
    @contextlib.contextmanager
    def speaking(town: TenantRef | None) -> Iterator[None]:
        assert town is not None
        token = translate.set(lambda domain, message: f"{town.language}/{domain}: {message}")
        yield
        translate.reset(token)

    put(queue, home, "alpha.greet")
    put(queue, home, "alpha.lend")
    Worker(queue, dataclasses.replace(surroundings, speaking=speaking), concurrency=1).run_pending()

    assert diary.lines == ["de/core: Sign in", "ink"]
    assert translate.get()("core", "Sign in") == "Sign in"


def test_what_tools_keep_open_is_closed_once_nothing_is_due(queue, home, surroundings, diary):
    closed = []
    around = dataclasses.replace(surroundings, put_away=lambda: closed.append(diary.words))
    put(queue, home, word="eins")
    Worker(queue, around).run_pending()
    assert closed == [["eins"]]


def test_what_a_failed_attempt_wrote_is_not_kept(queue, home, worker, diary):
    diary.failing.add("x")
    put(queue, home, word="x")
    put(queue, home, "alpha.note")
    worker.run_pending()

    assert diary.lines[-1] == ("x", home.id, home.id, 3)
    with queue.operator_session() as session:
        assert dead.count_dead(session) == 1


def test_periodic_work_goes_to_each_open_town_that_has_the_plugin(
    queue, home, new_town, surroundings, worker, diary
):
    without = new_town()
    runner = Runner(queue, surroundings)
    runner.fan_out(0, "alpha.note")
    runner.fan_out(1, "alpha.note")
    runner.fan_out(0, "alpha.whole")
    worker.run_pending()

    # Other tests' towns may have the plugin too; ours has it once, though it was asked for twice.
    assert diary.lines.count(("note", home.id)) == 1
    assert diary.lines.count(("note", None)) == 1
    assert ("note", without.id) not in diary.lines


def test_periodic_work_begins_by_itself(queue, home, worker, diary):
    worker.start()

    wait_until(lambda: {("note", home.id), ("note", None)} <= set(diary.lines))
    # Other tests' towns may have the plugin too; nothing begins but what is periodic.
    assert {word for word, _town in diary.lines} == {"note"}
    assert ("note", None) in diary.lines


def test_pauses_double_up_to_an_hour():
    assert [pause_after(attempt).total_seconds() for attempt in (1, 2, 3, 4, 9, 10, 99)] == [
        10, 20, 40, 80, 2560, 3600, 3600,
    ]  # fmt: skip


def test_a_failed_job_waits_before_it_is_tried_again(queue, home, make_worker, diary, waiting):
    diary.failing.add("x")
    put(queue, home, word="x")
    make_worker(pause=dt.timedelta(hours=1)).run_pending()

    assert len(diary.lines) == 1
    assert waiting() == [("alpha.write", "todo")]


def test_neither_values_nor_second_lines_reach_the_log(queue, home, worker, diary, caplog):
    diary.failing.add("person@example.org")
    put(queue, home, word="person@example.org")
    with caplog.at_level(logging.DEBUG):
        worker.run_pending()

    spoken = "\n".join(
        record.getMessage() for record in caplog.records if not record.name.startswith("asyncio")
    )
    assert "attempt 3 failed: ValueError" in spoken
    assert "with a second line" not in spoken
    assert "'word'" not in spoken


def test_a_worker_in_a_thread_runs_new_jobs_until_it_is_stopped(queue, home, worker, diary, waiting):
    worker.start()
    put(queue, home, word="hello")
    wait_until(lambda: diary.words)
    worker.stop()
    put(queue, home, word="too late")

    assert diary.words == ["hello"]
    assert ("alpha.write", "todo") in waiting()
    assert "worker" not in {thread.name for thread in threading.enumerate()}


def test_a_worker_stopped_before_it_began_ends_at_once(worker):
    worker.stop()
    thread = threading.Thread(target=worker.run)
    thread.start()
    thread.join(PATIENCE)
    assert not thread.is_alive()


def test_a_worker_comes_back_after_the_database_dropped_its_connections(
    queue, home, worker, diary, monkeypatch
):
    monkeypatch.setattr("baukasten.jobs.worker.RECONNECT", 0.05)
    worker.start()
    put(queue, home, word="before")
    wait_until(lambda: diary.words)
    with queue.app.begin() as connection:
        connection.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'baukasten worker' "
                "AND datname = current_database()"
            )
        )
    put(queue, home, word="after")
    wait_until(lambda: len(diary.words) > 1)
    worker.stop()

    assert diary.words == ["before", "after"]


def test_what_was_committed_runs_though_the_process_died_right_after(process, home, worker, diary):
    assert process("die-after-commit").wait(PATIENCE) == 9
    worker.run_pending()

    assert diary.lines == [("acknowledged", home.id, home.id, 1)]


def test_a_killed_workers_job_runs_again_and_is_given_up_if_it_keeps_killing(process, queue, home, waiting):
    put(queue, home, "alpha.crash")
    for left in ("todo", "failed"):
        assert process("work").wait(PATIENCE) == 9
        assert ("alpha.crash", "doing") in waiting()
        with queue.session(None) as session:
            care.pick_up_stalled(session, silence=0)
            session.commit()
        assert ("alpha.crash", left) in waiting()

    with queue.operator_session() as session:
        assert [(one.key, one.attempts, one.error) for one in dead.list_dead(session)] == [
            ("alpha.crash", 2, "the worker died")
        ]


def test_a_living_workers_job_is_left_alone(queue, home):
    put(queue, home, word="slow")
    with queue.session(None) as session:
        session.execute(text("INSERT INTO jobs.procrastinate_workers DEFAULT VALUES"))
        session.execute(
            text(
                "UPDATE jobs.procrastinate_jobs SET status = 'doing', "
                "worker_id = (SELECT max(id) FROM jobs.procrastinate_workers)"
            )
        )
        care.pick_up_stalled(session)
        assert session.scalar(text("SELECT status::text FROM jobs.procrastinate_jobs")) == "doing"
        session.execute(
            text("UPDATE jobs.procrastinate_workers SET last_heartbeat = now() - interval '31 seconds'")
        )
        care.pick_up_stalled(session)
        assert session.scalar(text("SELECT status::text FROM jobs.procrastinate_jobs")) == "todo"


def test_a_signal_ends_a_worker_in_the_main_thread_cleanly(process, queue, home, waiting):
    running = process("work")
    put(queue, home, word="hello")
    wait_until(lambda: ("alpha.write", "todo") not in waiting() and ("alpha.write", "doing") not in waiting())
    running.send_signal(signal.SIGTERM)
    _out, error = running.communicate(timeout=PATIENCE)

    assert (running.returncode, error) == (0, "")
    with queue.operator_session() as session:
        assert (
            session.scalar(text("SELECT count(*) FROM jobs.procrastinate_jobs WHERE status = 'doing'")) == 0
        )


@pytest.mark.parametrize("through", [(), ("gevent.monkey", "--module")], ids=["threads", "gevent"])
def test_a_worker_shares_a_process_with_others(process, through):
    out, error = process("share", *through).communicate(timeout=PATIENCE * 2)

    assert (out, error) == (f"{[f'job {number}' for number in range(5)]} True False\n", "")
