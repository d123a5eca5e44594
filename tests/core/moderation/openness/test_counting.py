"""Numbers equal what the log of the town tells, and another town's are never among them."""

from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select

from baukasten import clock
from baukasten.audit.models import AuditEntry
from baukasten.moderation import deciding, service
from baukasten.moderation.house_rules import service as house_rules
from baukasten.moderation.models import Appeal, Decision, Measure, Report
from baukasten.moderation.openness import counting
from baukasten.moderation.openness.periods import period
from baukasten.moderation.reporting import service as reports
from baukasten.moderation.steps import Step
from baukasten.plugin.refs import ContentRef
from baukasten_forum import service as forum_service

UTC = ZoneInfo("UTC")
WHY = {"rule": "Regel 3", "facts": "Greift eine Person an"}


def this_year():
    now = clock.now()
    return period(now.year, 0, UTC)


@pytest.fixture
def posts(session, forum, anna):
    written = [
        forum_service.open_topic(session, anna, forum, title=f"Beitrag {number}", body="Ein Text")
        for number in range(5)
    ]
    session.commit()
    return [ContentRef("forum.post", one.post_id) for one in written]


def report(session, ref, reason="spam"):
    return reports.file(session, None, service.find(session, ref), reason=reason, explanation="so")


def test_a_town_without_cases_has_zeros_and_no_median(session):
    found = counting.numbers(session, this_year())
    assert (found.reports, found.against, found.cases, found.median_hours) == (0, 0, 0, None)
    assert counting.first_moment(session) is None


def test_a_rule_counts_as_one_in_whatever_words_it_was_named(session, posts, moderator):
    for ref, named in zip(posts, ("Keine Werbung", "No advertising", "Regel von früher"), strict=False):
        key = "" if named == "Regel von früher" else "spam"
        step = Step(Measure.HIDE, named, "Werbung", rule_key=key, rules_version=0)
        deciding.decide_content(session, moderator, ref, step)
    today = house_rules.current(session).find("spam")
    assert today is not None
    assert counting.numbers(session, this_year()).rules == [(today.title, 2), ("Regel von früher", 1)]


def test_every_count_stands_for_what_happened(session, posts, moderator, anna):
    for ref in posts[:3]:
        report(session, ref)
    report(session, posts[0], "other")
    service.hide(session, moderator, posts[0], **WHY)
    service.keep(session, moderator, posts[1])
    service.hide(session, moderator, posts[3], rule="Regel 5", facts="Werbung")
    service.restore(session, moderator, posts[3])
    found = counting.numbers(session, this_year())
    assert found.reasons == {"other": 1, "spam": 3}
    assert (found.reports, found.against, found.cases, found.automated) == (4, 2, 2, 0)
    assert found.measures == {Measure.KEEP: 1, Measure.RESTORE: 1, Measure.HIDE: 2}
    assert found.rules == [("Regel 3", 1), ("Regel 5", 1)]
    assert found.median_hours == pytest.approx(0, abs=0.1)


def test_they_equal_the_log_of_the_town(session, posts, moderator):
    report(session, posts[0])
    service.hide(session, moderator, posts[0], **WHY)
    service.hide(session, moderator, posts[1], **WHY)
    service.restore(session, moderator, posts[1])
    found = counting.numbers(session, this_year())
    action = "moderation.content."
    logged = select(AuditEntry.action, func.count()).where(AuditEntry.action.startswith(action))
    told = {
        Measure(row[0].removeprefix(action)): row[1]
        for row in session.execute(logged.group_by(AuditEntry.action))
    }
    assert found.measures == told == {Measure.HIDE: 2, Measure.RESTORE: 1}


def test_what_was_taken_back_within_seconds_never_happened(session, posts, moderator):
    report(session, posts[0])
    case_id = session.scalar(select(Report.case_id))
    decision = deciding.decide(session, moderator, case_id, Step(Measure.HIDE, WHY["rule"], WHY["facts"]))
    assert counting.numbers(session, this_year()).against == 1
    deciding.undo(session, moderator, decision.id)
    found = counting.numbers(session, this_year())
    assert (found.against, found.cases, found.reports) == (0, 0, 1)


def test_appeals_and_reversals_are_counted(session, posts, moderator, anna):
    service.hide(session, moderator, posts[0], **WHY)
    hidden = session.scalars(select(Decision)).one()
    for side, outcome in (("author", "granted"), ("reporter", "refused"), ("reporter", None)):
        answer = "Geprüft." if outcome else ""
        session.add(Appeal(decision_id=hidden.id, side=side, body="Nein", outcome=outcome, answer=answer))
    session.flush()
    deciding.decide_content(session, moderator, posts[0], Step(Measure.RESTORE, reverses=hidden.id))
    found = counting.numbers(session, this_year())
    assert found.appeals == counting.Appeals(filed=3, granted=1, refused=1, open=1)
    assert found.reversals == 1


def test_each_thing_belongs_to_the_period_in_which_it_happened(session, posts, moderator, monkeypatch):
    last_year = period(this_year().year - 1, 0, UTC)
    for moment, ref in ((last_year.begins, posts[0]), (last_year.ends, posts[1])):
        monkeypatch.setattr(clock, "now", lambda at=moment: at)
        service.hide(session, moderator, ref, **WHY)
    assert counting.numbers(session, last_year).against == 1
    assert counting.numbers(session, period(last_year.year + 1, 0, UTC)).against == 1


def test_another_town_counts_for_itself(database, other_town, session, posts, moderator):
    report(session, posts[0])
    service.hide(session, moderator, posts[0], **WHY)
    session.commit()
    with database.session(other_town.id) as other:
        assert counting.numbers(other, this_year()).reports == 0
        assert counting.first_moment(other) is None
