"""What a summary learns from live rooms: hours to come, and transcripts of those that were."""

import datetime as dt

import pytest
from sqlalchemy import update

from baukasten import clock
from baukasten.plugin import DigestKind, DigestStretch
from baukasten.projects import publishing
from baukasten_chat import rooms
from baukasten_chat.hours import digests, service
from baukasten_chat.models import Transcript, Window

DAY = dt.timedelta(days=1)
OPENS = dt.datetime(2035, 3, 27, 17, tzinfo=dt.UTC)


def items(session, days=10.0, since=None):
    now = clock.now()
    return digests.items(session, DigestStretch(since or now - DAY, now + days * DAY))


@pytest.fixture
def transcript(session, hour, evening):
    """A published transcript."""
    row = Transcript(
        room_id=rooms.of_module(session, hour).id,
        title="Der Abend vom Dienstag",
        since=evening - DAY,
        until=evening,
        state="published",
        published_at=evening,
    )
    session.add(row)
    session.flush()
    return row


def test_hours_to_come_are_told_until_they_begin(session, hour, plan, evening):
    plan(title="Mit der Stadtplanung")
    plan(day=dt.date(2035, 3, 24))
    named = [(one.title, one.due, one.kind, one.summary.replace("\u202f", " ")) for one in items(session)]
    plain = ("Fragestunde", OPENS - 3 * DAY + dt.timedelta(hours=1), DigestKind.COMING)
    assert named == [
        (*plain, "Saturday, March 24, 7:00 PM to 8:00 PM"),
        ("Mit der Stadtplanung", OPENS, DigestKind.COMING, "Tuesday, March 27, 7:00 PM to 8:00 PM"),
    ]
    assert (items(session)[0].path, items(session)[0].project.id) == (hour.path, hour.project.id)
    assert [one.title for one in items(session, days=5)] == ["Fragestunde"]
    with clock.turned(OPENS):
        assert items(session) == []


def test_called_off_or_moved_an_hour_is_another_news(session, hour, plan, admin):
    window_id = plan()[0]
    keys = {one.key for one in items(session)}
    assert {
        one.key for one in digests.find(session, keys | {"chat.news:hour:99999:1", "chat.news:hour:x"})
    } == keys
    session.execute(update(Window).values(opens_at=OPENS - dt.timedelta(minutes=30)))
    assert digests.find(session, keys) == []
    assert len(items(session)) == 1
    service.cancel(session, admin, hour, window_id)
    assert items(session) == []


def test_published_transcripts_are_told(session, hour, transcript, evening):
    told = items(session)
    path = f"{hour.path}protokoll/{transcript.id}"
    assert [(one.title, one.kind, one.path, one.due) for one in told] == [
        ("Der Abend vom Dienstag", DigestKind.NEW, path, None)
    ]
    assert digests.find(session, {told[0].key}) == told
    assert items(session, since=evening + DAY) == []
    transcript.state = "draft"
    session.flush()
    assert items(session) == digests.find(session, {told[0].key}) == []


def test_nothing_is_told_of_rooms_that_not_everybody_can_open(
    session, database, other_town, hour, plan, transcript
):
    plan()
    keys = {one.key for one in items(session)}
    assert len(keys) == 2
    stretch = DigestStretch(clock.now() - DAY, clock.now() + 10 * DAY, frozenset({hour.project.id + 1}))
    assert digests.items(session, stretch) == []
    session.commit()
    with database.session(other_town.id) as there:
        assert items(there) == digests.find(there, keys) == []
    publishing.unpublish(session, None, hour.project.id)
    assert items(session) == digests.find(session, keys) == []
