"""What each state of a forum and of a topic allows, and what a refusal says."""

import datetime as dt
from types import SimpleNamespace

import pytest

from baukasten import clock
from baukasten.errors import Closed, NotFound, TooMany
from baukasten.web import i18n
from baukasten_forum import service
from baukasten_forum.keys import (
    ANSWER,
    CREATE,
    EDIT,
    ENTER,
    MANAGE,
    PERMISSIONS,
    REACT,
    READ,
    REPLY,
    State,
    TopicState,
    Via,
)
from baukasten_forum.models import Post, Topic
from baukasten_forum.stages import rules
from baukasten_forum.steering import schedule, tools
from tests.forum.conftest import DAY, NOW

SECOND = dt.timedelta(seconds=1)
TOWN = {ANSWER, ENTER}
PEOPLE = {CREATE, REPLY, EDIT, REACT}


def step(state, days, number=1):
    return rules.Step(number, state, NOW + days * DAY)


def topic_row(**values):
    usual = {
        "id": 1,
        "state": TopicState.OPEN,
        "state_reason": "",
        "state_since": None,
        "closes_at": None,
        "slow_seconds": 0,
        "merged_into": None,
    }
    return SimpleNamespace(**usual | values)


def allowed(steps, at=NOW, topic=None):
    return {one for one in rules.RULED if rules.judge(steps, one, at, topic).open}


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        (State.ANNOUNCED, TOWN),
        (State.OPEN, TOWN | PEOPLE),
        (State.REPLIES, TOWN | PEOPLE - {CREATE}),
        (State.READ_ONLY, TOWN),
        (State.CONCLUDED, TOWN),
        (State.ARCHIVED, set()),
    ],
)
def test_each_state_allows_its_own(state, expected):
    assert allowed([step(state, -1)]) == expected


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({}, TOWN | PEOPLE),
        ({"state": TopicState.LOCKED}, TOWN),
        ({"state": TopicState.CONCLUDED}, TOWN),
        ({"state": TopicState.ARCHIVED}, set()),
        ({"closes_at": NOW}, TOWN),
        ({"closes_at": NOW + SECOND}, TOWN | PEOPLE),
        ({"merged_into": 7}, set()),
    ],
)
def test_each_state_of_a_topic_narrows_what_the_forum_allows(values, expected):
    topic = topic_row(**values)
    assert allowed([], topic=topic) == expected
    assert allowed([step(State.READ_ONLY, -1)], topic=topic) == expected & TOWN
    assert allowed([step(State.ARCHIVED, -1)], topic=topic) == set()


def test_reading_and_looking_after_a_forum_are_never_taken():
    free = {permission.key for permission in PERMISSIONS} - rules.RULED
    assert {READ, MANAGE} <= free
    archived = [step(State.ARCHIVED, -1)]
    assert {one for one in free if rules.judge(archived, one, NOW).open} == free


def test_the_newest_state_that_has_begun_counts_to_the_second():
    steps = [step(State.ANNOUNCED, -3, 1), step(State.OPEN, 0, 2), step(State.READ_ONLY, 2, 3)]
    assert rules.current(steps, NOW - 4 * DAY) is None
    assert rules.current(steps, NOW - SECOND) is steps[0]
    assert rules.current(steps, NOW) is steps[1]
    assert rules.current(steps, NOW + 2 * DAY - SECOND) is steps[1]
    assert rules.current(steps, NOW + 2 * DAY) is steps[2]
    assert allowed(steps, NOW - 4 * DAY) == TOWN | PEOPLE
    assert [rules.next_change(steps, NOW + days * DAY) for days in (-4, 0, 2)] == [
        NOW - 3 * DAY,
        NOW + 2 * DAY,
        None,
    ]


def test_an_opening_ends_where_the_permission_goes():
    steps = [step(State.REPLIES, 3, 1), step(State.READ_ONLY, 5, 2)]
    assert rules.judge(steps, CREATE, NOW).until == NOW + 3 * DAY
    assert rules.judge(steps, REPLY, NOW).until == NOW + 5 * DAY
    assert rules.judge(steps, REPLY, NOW, topic_row(closes_at=NOW + DAY)).until == NOW + DAY
    assert rules.judge(steps, ANSWER, NOW).until is None


@pytest.mark.parametrize(
    ("steps", "permission", "words"),
    [
        ([step(State.ANNOUNCED, -1)], CREATE, "Schreiben geht hier noch nicht. Die Stadt sagt, ab wann."),
        (
            [step(State.ANNOUNCED, -1), step(State.OPEN, 2, 2)],
            REPLY,
            "Ab 24. November 2026, 10:00 können Sie hier schreiben.",
        ),
        (
            [step(State.REPLIES, -1)],
            CREATE,
            "Seit 21. November 2026, 10:00 kommen keine neuen Beiträge dazu. Antworten und unterstützen geht weiter.",
        ),
        (
            [step(State.READ_ONLY, -1), step(State.OPEN, 2, 2)],
            REACT,
            (
                "Geschrieben werden konnte bis 21. November 2026, 10:00. Lesen und melden können Sie weiter alles. "
                "Ab 24. November 2026, 10:00 können Sie wieder schreiben."
            ),
        ),
        (
            [step(State.CONCLUDED, -1)],
            EDIT,
            "Dieses Forum ist seit 21. November 2026, 10:00 abgeschlossen. Sie können lesen, was daraus wurde.",
        ),
        (
            [step(State.ARCHIVED, -1)],
            ANSWER,
            "Dieses Forum liegt seit 21. November 2026, 10:00 im Archiv. Lesen können Sie weiter alles.",
        ),
    ],
)
def test_a_refusal_says_since_when_and_what_is_possible(app, steps, permission, words):
    with i18n.speaking(i18n.translator("de")):
        assert rules.judge(steps, permission, NOW).reason == words


def test_a_locked_topic_says_why_and_a_timed_one_until_when(app):
    with i18n.speaking(i18n.translator("de")):
        locked = topic_row(state=TopicState.LOCKED, state_since=NOW - DAY, state_reason="Nur noch Streit.")
        assert rules.judge([], REPLY, NOW, locked).reason == (
            "Die Moderation hat diesen Beitrag am 21. November 2026, 10:00 geschlossen. Grund: Nur noch Streit."
        )
        timed = topic_row(closes_at=dt.datetime(2026, 11, 20, 23, tzinfo=dt.UTC))
        assert rules.judge([], REPLY, NOW, timed).reason == (
            "Hier konnte man bis 20. November 2026 schreiben. Lesen und melden können Sie weiter alles."
        )


def test_writing_is_refused_by_the_service_itself(noon, session, forum, topic, anna, ben, moderator, admin):
    schedule.add(session, admin, forum, schedule.Plan(State.REPLIES))
    with pytest.raises(Closed):
        service.open_topic(session, ben, forum, title="Kran", body="Drehen.")
    service.reply(session, ben, forum, topic.topic_id, body="Gern.")
    with clock.turned(noon + SECOND):
        schedule.add(session, admin, forum, schedule.Plan(State.READ_ONLY))
        for via in (Via.PAGE, Via.MAIL):
            with pytest.raises(Closed):
                service.reply(session, ben, forum, topic.topic_id, body="Noch.", via=via)
    assert session.query(Post).count() == 2


def test_a_topic_closed_while_one_writes_refuses_under_the_lock(
    monkeypatch, database, town, session, forum, topic, ben, moderator
):
    """What the first look allowed is asked again where the number is given."""
    asked = []
    real = rules.topic_of

    def look(scope, module, topic_id, **options):
        found = real(scope, module, topic_id, **options)
        asked.append(found.state)
        if len(asked) == 1:
            with database.session(town.id) as other:
                tools.lock(other, moderator, forum, topic.topic_id, reason="Streit")
                other.commit()
        return found

    monkeypatch.setattr(rules, "topic_of", look)
    with pytest.raises(Closed):
        service.reply(session, ben, forum, topic.topic_id, body="Gerade noch.")
    session.commit()
    assert session.query(Post).count() == 1
    assert session.query(Topic.next_number).scalar() == 2


def test_slow_mode_makes_one_person_wait_and_says_how_long(noon, session, forum, topic, anna, ben, moderator):
    tools.slow(session, moderator, forum, topic.topic_id, seconds=300)
    first = service.reply(session, ben, forum, topic.topic_id, body="Eins.", nonce="a")
    with clock.turned(noon + 299 * SECOND), pytest.raises(TooMany) as refused:
        service.reply(session, ben, forum, topic.topic_id, body="Zwei.")
    assert refused.value.retry_after == 1
    assert "5 minutes" in refused.value.message
    # The same form again is no second reply, another person is another person, and staff do not wait.
    assert service.reply(session, ben, forum, topic.topic_id, body="Eins.", nonce="a") == first
    service.reply(session, anna, forum, topic.topic_id, body="Ich auch.")
    service.reply(session, moderator, forum, topic.topic_id, body="Hinweis.")
    service.reply(session, moderator, forum, topic.topic_id, body="Noch einer.")
    with clock.turned(noon + 300 * SECOND):
        service.reply(session, ben, forum, topic.topic_id, body="Zwei.")
    assert session.query(Post).count() == 6


def test_a_topic_of_another_forum_or_out_of_view_is_unknown(session, forum, topic, place):
    other = place("forum", slug="anders", title="Anders")
    with pytest.raises(NotFound):
        rules.topic_of(session, other, topic.topic_id)
    session.query(Topic).update({"visibility": "hidden"})
    with pytest.raises(NotFound):
        rules.topic_of(session, forum, topic.topic_id)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0.2, "1 second"),
        (59, "59 seconds"),
        (60, "1 minute"),
        (61, "2 minutes"),
        (7200, "2 hours"),
        (7201, "3 hours"),
    ],
)
def test_spans_are_rounded_up(seconds, words):
    assert rules.span_text(seconds) == words
