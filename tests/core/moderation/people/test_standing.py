"""Measures against people: what they need, how far they reach, how they are taken back."""

import datetime as dt

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from baukasten import clock
from baukasten.access import members
from baukasten.audit import service as audit
from baukasten.errors import Conflict, Denied, Invalid, NotFound
from baukasten.moderation import cases, deciding, evidence, service
from baukasten.moderation.models import Case, CaseCause, Decision, Measure
from baukasten.moderation.people import standing
from baukasten.moderation.steps import SecondNeeded, Step
from baukasten.plugin.refs import ContentRef, Standing
from baukasten.tenants import settings

NOON = dt.datetime(2026, 5, 3, 12, 0, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
FACTS = "Called the neighbour a liar in topic 12."


def step(measure, *, until=None, facts=FACTS, rule="No insults"):
    return Step(measure, rule, facts, rule_key="respect", rules_version=2, until=until)


@pytest.fixture(autouse=True)
def noon():
    with clock.turned(NOON):
        yield


def test_a_mute_is_a_decision_with_rule_facts_and_end(session, moderator, anna):
    until = NOON + 3 * DAY
    decided = standing.judge(session, moderator, anna.id, step(Measure.MUTE, until=until))
    session.commit()
    stored = session.scalar(select(Decision))
    assert stored is decided
    kept = {
        name: getattr(stored, name) for name in ("content_type", "content_id", "measure", "rule", "facts")
    }
    assert kept == {
        "content_type": "core.profile",
        "content_id": anna.id,
        "measure": "mute",
        "rule": "No insults",
        "facts": FACTS,
    }
    assert (stored.rule_key, stored.rules_version, stored.until) == ("respect", 2, until)
    assert (stored.actor_id, stored.subject_id, stored.before) == (moderator.id, anna.id, "active")
    assert stored.evidence_hash == evidence.digest(stored.evidence)
    row = members.get(session, anna.id)
    assert (row.standing, row.standing_until, row.standing_reason) == (
        "muted",
        until,
        f"No insults – {FACTS}",
    )
    clock.set_to(until)
    assert members.ref(session, anna.id).standing is Standing.ACTIVE


def test_a_warning_is_on_record_and_changes_no_standing(session, moderator, anna):
    standing.judge(session, moderator, anna.id, step(Measure.WARN, until=NOON + DAY))
    session.commit()
    assert session.scalar(select(Decision.measure)) == "warn"
    assert session.scalar(select(Decision.until)) is None
    assert members.ref(session, anna.id).standing is Standing.ACTIVE


def test_what_was_decided_is_noted_and_told_after_the_time_to_think_again(session, moderator, anna):
    decided = standing.judge(session, moderator, anna.id, step(Measure.WARN))
    session.commit()
    entry = audit.entries(session)[0]
    assert (entry.actor_id, entry.action, entry.target, entry.facts) == (
        moderator.id,
        "moderation.person.warn",
        f"member:{anna.id}",
        {"decision": decided.id},
    )
    queued = text(
        "SELECT scheduled_at FROM jobs.procrastinate_jobs "
        "WHERE args ->> 'tenant_id' = :town AND args::text LIKE '%moderation.tell%'"
    )
    told = session.scalars(queued, {"town": str(session.tenant_id)}).all()
    assert told == [NOON + dt.timedelta(seconds=15)]


@pytest.mark.parametrize("measure", [Measure.WARN, Measure.MUTE, Measure.SUSPEND])
@pytest.mark.parametrize(("rule", "facts", "missing"), [("", FACTS, "rule"), ("No insults", " ", "facts")])
def test_no_measure_without_rule_and_facts(session, moderator, anna, measure, rule, facts, missing):
    with pytest.raises(Invalid) as refused:
        standing.judge(session, moderator, anna.id, step(measure, until=NOON + DAY, rule=rule, facts=facts))
    assert list(refused.value.errors) == [missing]
    assert members.ref(session, anna.id).standing is Standing.ACTIVE


def test_the_database_refuses_a_measure_without_reason(session, anna):
    session.add(
        Decision(content_type="core.profile", content_id=anna.id, measure="suspend", subject_id=anna.id)
    )
    with pytest.raises(IntegrityError, match="ck_moderation_decision_reason"):
        session.flush()


@pytest.mark.parametrize("until", [None, NOON + 7 * DAY + dt.timedelta(seconds=1), NOON])
def test_a_moderators_measure_lasts_seven_days_at_most(session, moderator, anna, until):
    with pytest.raises(Invalid) as refused:
        standing.judge(session, moderator, anna.id, step(Measure.SUSPEND, until=until))
    assert list(refused.value.errors) == ["until"]


def test_an_admins_measure_may_last_until_somebody_ends_it(session, admin, anna):
    standing.judge(session, admin, anna.id, step(Measure.SUSPEND))
    clock.set_to(NOON + 3_650 * DAY)
    assert members.ref(session, anna.id).standing is Standing.SUSPENDED


@pytest.mark.parametrize("measure", [Measure.WARN, Measure.MUTE])
def test_nobody_judges_themselves_or_somebody_above(session, moderator, admin, measure):
    for target in (moderator, admin):
        with pytest.raises(Denied):
            standing.judge(session, moderator, target.id, step(measure, until=NOON + DAY))
    assert session.scalar(select(Decision.id)) is None


def test_strangers_and_other_towns_people_are_nobody(session, moderator, other_town, new_member):
    for number in (new_member(where=other_town).id, 999_999):
        with pytest.raises(NotFound):
            standing.judge(session, moderator, number, step(Measure.WARN))


def test_a_contributions_measure_is_none_against_a_person(session, moderator, anna):
    with pytest.raises(Denied):
        standing.judge(session, moderator, anna.id, step(Measure.HIDE))


def test_freeing_needs_no_rule_but_something_to_end(session, moderator, admin, anna):
    standing.judge(session, moderator, anna.id, step(Measure.MUTE, until=NOON + DAY))
    freed = standing.judge(session, admin, anna.id, Step(Measure.FREE))
    assert (freed.before, freed.rule, freed.until) == ("muted", "", None)
    assert members.ref(session, anna.id).standing is Standing.ACTIVE
    with pytest.raises(Invalid) as refused:
        standing.judge(session, admin, anna.id, Step(Measure.FREE))
    assert list(refused.value.errors) == ["measure"]


def test_undoing_leads_back_to_the_measure_before(session, moderator, admin, anna):
    first = NOON + 2 * DAY
    standing.judge(session, moderator, anna.id, step(Measure.MUTE, until=first))
    second = standing.judge(session, admin, anna.id, step(Measure.SUSPEND))
    session.commit()
    clock.set_to(NOON + dt.timedelta(seconds=9))
    deciding.undo(session, admin, second.id)
    session.commit()
    row = members.get(session, anna.id)
    assert (row.standing, row.standing_until, row.standing_reason) == (
        "muted",
        first,
        f"No insults – {FACTS}",
    )
    assert second.undone_at == clock.now()


def test_undoing_a_warning_leaves_the_standing(session, moderator, anna):
    warned = standing.judge(session, moderator, anna.id, step(Measure.WARN))
    deciding.undo(session, moderator, warned.id)
    assert warned.undone_at is not None


def test_undoing_is_over_when_somebody_changed_the_standing_or_time_has_passed(
    session, moderator, admin, anna, topic
):
    ref = ContentRef("forum.post", topic.post_id)
    muted = standing.judge(session, moderator, anna.id, step(Measure.MUTE, until=NOON + DAY), ref=ref)
    freed = standing.judge(session, admin, anna.id, Step(Measure.FREE))
    with pytest.raises(Conflict):
        deciding.undo(session, moderator, muted.id)
    clock.set_to(NOON + dt.timedelta(seconds=16))
    with pytest.raises(Conflict):
        deciding.undo(session, admin, freed.id)


def test_a_measure_out_of_a_contribution_names_it_and_stands_in_no_placeholder(
    session, moderator, anna, topic
):
    ref = ContentRef("forum.post", topic.post_id)
    decided = standing.judge(session, moderator, anna.id, step(Measure.WARN), ref=ref)
    assert (decided.content_type, decided.content_id) == ("forum.post", topic.post_id)
    assert decided.evidence["contribution"] == f"forum.post:{topic.post_id}"
    assert service.reasons(session, "forum.post", [topic.post_id]) == {}


@pytest.mark.parametrize("closes", [True, False])
def test_a_case_ends_with_it_where_it_is_about_the_person(session, moderator, anna, topic, closes):
    ref = ContentRef("forum.post", topic.post_id)
    case_id = cases.open_case(session, ref, CaseCause.REPORTED)
    decided = standing.judge(
        session, moderator, anna.id, step(Measure.WARN), ref=ref, case_id=case_id, closes=closes
    )
    session.commit()
    case = session.scalar(select(Case).execution_options(populate_existing=True))
    assert (case.closed_at is not None) is closes
    deciding.undo(session, moderator, decided.id)
    session.commit()
    session.refresh(case)
    assert (case.closed_at, case.holder_id) == (None, moderator.id)


def test_undoing_it_leaves_a_case_closed_that_ended_by_another_decision(session, moderator, anna, topic):
    ref = ContentRef("forum.post", topic.post_id)
    case_id = cases.open_case(session, ref, CaseCause.REPORTED)
    deciding.decide(session, moderator, case_id, step(Measure.HIDE))
    warned = standing.judge(session, moderator, anna.id, step(Measure.WARN), ref=ref, case_id=case_id)
    deciding.undo(session, moderator, warned.id)
    session.commit()
    assert session.scalar(select(Case.closed_at)) == NOON


def test_two_decide_where_the_town_wants_it(session, moderator, admin, anna):
    settings.write(session, "moderation.desk", {"second_pair": ["suspend"]})
    harsh = step(Measure.SUSPEND, until=NOON + DAY)
    with pytest.raises(SecondNeeded):
        standing.judge(session, moderator, anna.id, harsh)
    decided = standing.judge(session, moderator, anna.id, harsh, second=admin)
    assert (decided.actor_id, decided.second_id) == (moderator.id, admin.id)
    standing.judge(session, moderator, anna.id, step(Measure.WARN))
