"""The health page says what is good and what needs a look, for the platform and its plugins."""

import dataclasses
import datetime as dt
import shutil
from collections import namedtuple
from types import SimpleNamespace

import pytest
from sqlalchemy import create_engine, text

from baukasten import clock
from baukasten.jobs.queue import enqueue
from baukasten.operator import health
from baukasten.operator.costs import Reporter
from baukasten.plugin.declarations import Health, HealthCheck
from baukasten.plugin.hooks import Answer
from baukasten.web.platform import EXTENSION

Usage = namedtuple("Usage", "total used free")  # noqa: PYI024 - as the standard library names it


@pytest.fixture
def look(app, database, base_config):
    """Give each check's state by title, with a plugin's own checks beside."""

    def states(*checks):
        asked = {check.key: Answer("wild", check) for check in checks}
        registry = SimpleNamespace(health_checks=asked)
        platform = dataclasses.replace(app.extensions[EXTENSION], contract=SimpleNamespace(registry=registry))
        with database.operator_session() as session:
            return {
                str(row["title"]): (row["state_kind"], row["text"])
                for row in health.checks(session, platform)
            }

    return states


def check(run):
    return HealthCheck("wild.post", "Post", run)


def test_all_is_well(look):
    found = look()
    assert [kind for kind, _text in found.values()] == ["ok"] * 4
    assert found["Database"][1].startswith("PostgreSQL 1")


@pytest.mark.parametrize(
    ("run", "state"),
    [
        (lambda: Health(ok=True, detail="3 ms"), ("ok", "3 ms")),
        (lambda: Health(ok=False, detail="no answer"), ("bad", "no answer")),
        (lambda: 1 / 0, ("bad", "ZeroDivisionError")),
        (lambda: None, ("bad", "AttributeError")),
    ],
)
def test_a_plugins_check_is_asked_and_a_broken_one_is_a_finding(look, run, state):
    assert look(check(run))["Post"] == state


def test_little_space_is_told(look, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: Usage(10, 9, 1024**3))
    assert look()["Free space"] == ("bad", "1 GB")


@pytest.fixture
def _nothing_refused(database_urls):
    """No process has refused anybody yet, and afterwards none has either."""

    def clear():
        engine = create_engine(database_urls.owner)
        with engine.begin() as connection:
            connection.execute(text("DELETE FROM platform.shedding"))
        engine.dispose()

    clear()
    yield
    clear()


@pytest.mark.usefixtures("_nothing_refused")
def test_crawlers_that_were_turned_away_are_told_for_all_processes(look, database):
    def turn_away(count):
        Reporter(database, lambda: count).report_refused()

    turn_away(3), turn_away(4), turn_away(0)
    assert look()["Crawlers turned away"] == ("warn", "7 in the last hour, 7 in the last day")
    with clock.turned(clock.now() + dt.timedelta(hours=2)):
        assert look()["Crawlers turned away"] == ("ok", "0 in the last hour, 7 in the last day")
    with clock.turned(clock.now() + dt.timedelta(hours=25)):
        turn_away(1)
        assert look()["Crawlers turned away"] == ("warn", "1 in the last hour, 1 in the last day")
    with database.operator_session() as session:
        assert session.scalars(text("SELECT refused FROM platform.shedding")).all() == [1]


def clear_queue(database):
    with database.operator_session() as session:
        session.execute(text("DELETE FROM jobs.procrastinate_jobs"))
        session.commit()


def test_jobs_that_wait_for_long_are_told(look, operator, database, town):
    clear_queue(database)
    assert look()["Jobs that wait"] == ("ok", "0 · 0 s")
    with database.session(town.id) as session:
        job = enqueue(session, "mail.send", to="x", template="nirgends", subject="x")
        session.commit()
    with database.operator_session() as session:
        session.execute(
            text(
                "UPDATE jobs.procrastinate_jobs SET scheduled_at = now() - interval '10 minutes' WHERE id = :id"
            ),
            {"id": job},
        )
        session.commit()
    assert look()["Jobs that wait"] == ("warn", "1 · 600 s")
    page = operator.get("/en/betrieb/zustand")
    assert (page.status_code, "Something needs a look" in page.text) == (200, True)
    clear_queue(database)
