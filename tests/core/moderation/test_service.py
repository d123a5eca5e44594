"""One path into public view, and verbs out of it and back that always leave a reason."""

import threading

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from baukasten.audit import service as audit
from baukasten.errors import Invalid, NotFound
from baukasten.moderation import service
from baukasten.moderation.models import Case, CaseCause, Decision, Measure
from baukasten.plugin.refs import ContentRef, Ruling, Verdict, Visibility
from baukasten.tenants import plugins
from baukasten_forum import service as forum_service
from baukasten_forum.models import Post
from tests.core.moderation.conftest import Judge

POST = "forum.post"
WHY = {"rule": "Regel 3", "facts": "Greift eine Person an"}


def ref_of(written):
    return ContentRef(POST, written.post_id)


def events(session):
    query = text(
        "SELECT args -> 'values' ->> 'name' FROM jobs.procrastinate_jobs WHERE args ->> 'key' = 'jobs.event' "
        "AND (args ->> 'tenant_id')::bigint = :town AND args -> 'values' ->> 'plugin' = 'core.search' ORDER BY id"
    )
    return session.scalars(query, {"town": session.tenant_id}).all()


def last_decision(session, ref):
    mine = (Decision.content_type == ref.type, Decision.content_id == ref.id)
    return session.scalars(select(Decision).where(*mine).order_by(Decision.id.desc())).first()


def visibility(session, ref):
    return service.find(session, ref).visibility


def write(session, anna, forum):
    return forum_service.open_topic(session, anna, forum, title="Brücke", body="Über den Fluss")


def test_what_nobody_objects_to_is_published_and_told(judged, town, anna, forum):
    with judged.session(town.id) as session:
        before = len(events(session))
        ref = ref_of(write(session, anna, forum))
        assert visibility(session, ref) is Visibility.PUBLISHED
        assert len(events(session)) == before + 1
        assert session.scalars(select(Case)).all() == []


def test_what_is_held_waits_with_its_reason_and_is_told_to_nobody(judged, town, anna, forum):
    Judge.verdict = Verdict(Ruling.HOLD, "links", "Links are looked at first.")
    with judged.session(town.id) as session:
        before = events(session)
        ref = ref_of(write(session, anna, forum))
        assert visibility(session, ref) is Visibility.HELD
        assert events(session) == before
        case = session.scalars(select(Case)).one()
        assert (case.cause, case.code, case.note) == (CaseCause.HELD, "links", "Links are looked at first.")
        assert (case.content_type, case.content_id, case.closed_at) == (POST, ref.id, None)
        assert service.count_open(session) == 1


def test_what_is_refused_is_not_stored(judged, town, anna, forum):
    Judge.verdict = Verdict(Ruling.REJECT, "words", "Please leave out the insult.")
    with judged.session(town.id) as session:
        with pytest.raises(service.Rejected) as refused:
            write(session, anna, forum)
        assert refused.value.errors == {"body": "Please leave out the insult."}
        assert session.scalars(select(Post)).all() == []
        assert session.scalars(select(Case)).all() == []


def test_a_screener_that_fails_holds(judged, town, anna, forum):
    Judge.verdict = ValueError("the screener is broken")
    with judged.session(town.id) as session:
        assert visibility(session, ref_of(write(session, anna, forum))) is Visibility.HELD
        assert session.scalars(select(Case.code)).one() == "screening_failed"


def test_a_switched_off_screener_is_not_asked(judged, town, anna, forum):
    Judge.verdict = Verdict(Ruling.REJECT, "words", "No.")
    with judged.session(town.id) as session:
        plugins.switch_off(session, town, "judge")
        assert visibility(session, ref_of(write(session, anna, forum))) is Visibility.PUBLISHED


@pytest.fixture
def held(judged, town, anna, forum):
    Judge.verdict = Verdict(Ruling.HOLD, "links", "")
    with judged.session(town.id) as session:
        written = write(session, anna, forum)
        session.commit()
    return ref_of(written)


def test_publishing_ends_the_case_and_is_written_down(session, held, moderator):
    service.publish(session, moderator, held)
    assert visibility(session, held) is Visibility.PUBLISHED
    decision = last_decision(session, held)
    case = session.scalars(select(Case).execution_options(populate_existing=True)).one()
    assert case.closed_at is not None
    assert decision is not None
    assert (decision.measure, decision.actor_id, decision.case_id) == (Measure.PUBLISH, moderator.id, case.id)
    entry = audit.entries(session)[0]
    assert (entry.action, entry.target, entry.actor_id) == (
        "moderation.content.publish",
        f"{POST}:{held.id}",
        moderator.id,
    )
    assert entry.facts == {"decision": decision.id}
    assert service.count_open(session) == 0


def test_refusing_needs_a_reason_and_keeps_it(session, held, moderator):
    for missing, fields in (
        ({"rule": "", "facts": " "}, {"rule", "facts"}),
        ({"rule": "x", "facts": ""}, {"facts"}),
    ):
        with pytest.raises(Invalid) as refused:
            service.reject(session, moderator, held, **missing)
        assert refused.value.errors.keys() == fields
    assert visibility(session, held) is Visibility.HELD
    service.reject(session, moderator, held, **WHY)
    assert visibility(session, held) is Visibility.REMOVED
    decision = last_decision(session, held)
    assert decision is not None
    assert (decision.measure, decision.rule, decision.facts) == (Measure.REJECT, *WHY.values())


@pytest.mark.parametrize("measure", ["hide", "reject"])
@pytest.mark.parametrize(("rule", "facts"), [("", ""), ("x", ""), ("", "x")])
def test_the_database_itself_refuses_a_measure_without_a_reason(session, measure, rule, facts):
    session.add(Decision(content_type=POST, content_id=1, measure=measure, rule=rule, facts=facts))
    with pytest.raises(IntegrityError, match="ck_moderation_decision_reason"):
        session.flush()


def test_hiding_and_restoring_lead_there_and_back(session, topic, moderator):
    ref, before = ref_of(topic), len(events(session))
    service.hide(session, moderator, ref, **WHY)
    assert visibility(session, ref) is Visibility.HIDDEN
    service.restore(session, moderator, ref)
    assert visibility(session, ref) is Visibility.PUBLISHED
    assert len(events(session)) == before + 2
    measures = session.scalars(select(Decision.measure).order_by(Decision.id)).all()
    assert measures == [Measure.HIDE, Measure.RESTORE]


def test_a_step_that_does_not_fit_the_state_is_not_found(session, topic, moderator):
    ref = ref_of(topic)
    for attempt in (
        lambda: service.publish(session, moderator, ref),
        lambda: service.reject(session, moderator, ref, **WHY),
        lambda: service.restore(session, moderator, ref),
        lambda: service.hide(session, moderator, ContentRef(POST, 10**12), **WHY),
        lambda: service.hide(session, moderator, ContentRef("made.thing", 1), **WHY),
    ):
        with pytest.raises(NotFound):
            attempt()
    assert session.scalars(select(Decision)).all() == []


def test_another_towns_contributions_cannot_be_judged(database, other_town, topic, moderator):
    with database.session(other_town.id) as other, pytest.raises(NotFound):
        service.hide(other, moderator, ref_of(topic), **WHY)


def test_a_switched_off_plugins_contributions_wait(session, town, topic, moderator):
    plugins.switch_off(session, town, "forum")
    with pytest.raises(NotFound):
        service.hide(session, moderator, ref_of(topic), **WHY)


def test_of_many_who_decide_at_once_one_does(database, town, topic, moderator):
    done, ready = [], threading.Barrier(6)

    def hide():
        with database.session(town.id) as session:
            ready.wait(60)
            try:
                service.hide(session, moderator, ref_of(topic), **WHY)
                session.commit()
                done.append(True)
            except NotFound:
                done.append(False)

    threads = [threading.Thread(target=hide) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(done) == [False] * 5 + [True]
    with database.session(town.id) as session:
        assert len(session.scalars(select(Decision)).all()) == 1
