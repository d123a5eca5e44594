"""Whoever can decide is told once about cases that wait too long."""

import datetime as dt

import pytest
from sqlalchemy import select, update

from baukasten import clock
from baukasten.moderation import cases, reminders, service, settings
from baukasten.moderation.models import Case, CaseCause
from baukasten.notify.models import Notice
from baukasten.plugin.refs import ContentRef, Role
from baukasten.tenants import settings as tenant_settings

HOUR = dt.timedelta(hours=1)


@pytest.fixture
def case(session, topic):
    number = cases.open_case(session, ContentRef("forum.post", topic.post_id), CaseCause.REPORTED)
    session.commit()
    return number


def told(session):
    rows = session.execute(select(Notice.member_id, Notice.data).where(Notice.type == reminders.OVERDUE.key))
    return {row.member_id: row.data["cases"] for row in rows}


def test_a_case_is_due_when_the_town_says(session, topic, moderator):
    tenant_settings.write(session, settings.DESK, {"due_hours": 3, "second_pair": []})
    number = cases.open_case(session, ContentRef("forum.post", topic.post_id), CaseCause.REPORTED)
    row = session.scalars(select(Case).where(Case.id == number)).one()
    assert row.due_at - row.created_at == 3 * HOUR


def test_nobody_is_told_before_the_time_and_everybody_once_after(
    session, case, moderator, new_member, monkeypatch
):
    other = new_member(Role.ADMIN, name="Amt")
    reminders.remind(session)
    assert told(session) == {}
    later = clock.now() + 25 * HOUR
    monkeypatch.setattr(clock, "now", lambda: later)
    reminders.remind(session)
    reminders.remind(session)
    assert told(session) == {moderator.id: 1, other.id: 1}


def test_who_holds_a_case_is_told_alone(session, case, moderator, new_member):
    new_member(Role.MODERATOR, name="Kollege")
    late = {"holder_id": moderator.id, "due_at": clock.now() - HOUR}
    session.execute(update(Case).where(Case.id == case).values(**late))
    reminders.remind(session)
    assert told(session) == {moderator.id: 1}


def test_what_was_decided_reminds_nobody(session, case, topic, moderator):
    session.execute(update(Case).where(Case.id == case).values(due_at=clock.now() - HOUR))
    service.keep(session, moderator, ContentRef("forum.post", topic.post_id))
    reminders.remind(session)
    assert told(session) == {}
