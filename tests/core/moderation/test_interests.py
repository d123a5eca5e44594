"""Nobody decides about what they wrote or reported themselves, by whichever way they try."""

import datetime as dt

import pytest
from sqlalchemy import select

from baukasten import clock
from baukasten.errors import Denied, Invalid
from baukasten.moderation import deciding, interests, service
from baukasten.moderation.appeals import filing, settling
from baukasten.moderation.casework import handing, proposals
from baukasten.moderation.casework.carrying import Plan
from baukasten.moderation.models import Case, Decision, Measure, Report
from baukasten.moderation.people import standing
from baukasten.moderation.queue import bulk, claim
from baukasten.moderation.queue.bulk import Way
from baukasten.moderation.reporting import service as reports
from baukasten.moderation.steps import Step
from baukasten.plugin.refs import ContentRef, Role
from baukasten.tenants import settings
from baukasten_forum import service as forum_service

KEEP = Step(Measure.KEEP)
HIDE = Step(Measure.HIDE, "Regel 1", "Greift eine Person an.")


@pytest.fixture
def tjark(new_member):
    return new_member(Role.MODERATOR, name="Tjark")


@pytest.fixture
def about(session, forum):
    """Gives the case of a fresh topic by somebody, reported by somebody or by a guest."""

    def make(author, reporter=None):
        written = forum_service.open_topic(session, author, forum, title="Kai", body=f"Satz {clock.now()}")
        ref = ContentRef("forum.post", written.post_id)
        reports.file(session, reporter, service.find(session, ref), reason="spam")
        session.commit()
        return session.scalars(select(Case).where(Case.content_id == ref.id)).one()

    return make


def ways(session, who, case):
    """Every way in which one person could end a case."""
    ref = ContentRef(case.content_type, case.content_id)
    return [
        lambda: deciding.decide(session, who, case.id, KEEP),
        lambda: deciding.decide(session, who, case.id, HIDE),
        lambda: deciding.decide_content(session, who, ref, KEEP),
        lambda: deciding.decide_content(session, who, ref, HIDE),
        lambda: service.keep(session, who, ref),
        lambda: claim.claim(session, who, case.id),
        lambda: claim.claim(session, who, case.id, take_over=True),
        lambda: proposals.propose(session, who, case.id, Plan(HIDE)),
    ]


@pytest.mark.parametrize("part", ["author", "reporter"])
def test_own_matters_are_somebody_elses_to_decide(session, about, anna, moderator, tjark, part):
    case = about(moderator) if part == "author" else about(anna, moderator)
    for way in ways(session, moderator, case):
        with pytest.raises(Denied) as refused:
            way()
        assert "Somebody else has to decide" in str(refused.value.message)
    many = bulk.decide(session, moderator, [case.id], Way.CLEAR, Step(Measure.PUBLISH))
    assert (many.decided, [type(one) for one in many.refused.values()]) == ([], [Denied])
    assert session.scalars(select(Decision)).all() == []
    assert claim.next_case(session, moderator) is None
    assert claim.next_case(session, tjark) == case.id
    assert deciding.decide(session, tjark, case.id, HIDE).actor_id == tjark.id


def test_nobody_restores_their_own_words_without_a_case(session, about, anna, moderator, tjark):
    case = about(moderator)
    ref = ContentRef(case.content_type, case.content_id)
    deciding.decide(session, tjark, case.id, HIDE)
    with pytest.raises(Denied):
        service.restore(session, moderator, ref)
    service.restore(session, tjark, ref)


def test_a_case_is_handed_to_nobody_who_had_a_part_in_it(session, about, moderator, tjark, new_member):
    case = about(moderator, tjark)
    third = new_member(Role.ADMIN, name="Rieke")
    for colleague in (moderator, tjark):
        with pytest.raises(Invalid):
            handing.hand_over(session, third, case.id, colleague.id)
    with pytest.raises(Denied):
        handing.hand_over(session, moderator, case.id, third.id)


def test_nobody_confirms_or_declines_a_measure_against_themselves(
    session, about, moderator, tjark, new_member
):
    settings.write(session, "moderation.desk", {"second_pair": ["hide", "mute"]})
    session.commit()
    case, third = about(moderator), new_member(Role.MODERATOR, name="Rieke")
    proposals.propose(session, tjark, case.id, Plan(HIDE))
    token = proposals.token_of(case)
    for way in (
        lambda: proposals.confirm(session, moderator, case.id, token),
        lambda: proposals.decline(session, moderator, case.id, "Nein"),
    ):
        with pytest.raises(Denied):
            way()
    mute = Step(Measure.MUTE, "Regel 1", "Greift an, wieder.", until=clock.now() + dt.timedelta(days=1))
    with pytest.raises(Denied):
        standing.judge(session, tjark, moderator.id, mute, second=moderator)
    assert proposals.confirm(session, third, case.id, token).second_id == third.id


def test_a_report_that_an_appeal_brought_back_is_decided_by_somebody_else(
    session, about, anna, new_member, moderator, tjark
):
    case = about(anna, new_member(name="Ben"))
    receipt = session.scalars(select(Report.receipt)).one()
    deciding.decide(session, moderator, case.id, KEEP)
    session.commit()
    with clock.turned(clock.now() + dt.timedelta(minutes=1)):
        filing.by_reporter(session, receipt, "Das ist ganz bestimmt Werbung.", "Europe/Berlin")
        appeal = session.scalars(select(Case).where(Case.cause == "appeal")).one()
        assert claim.next_case(session, moderator) is None
        with pytest.raises(Denied):
            claim.claim(session, moderator, appeal.id)
        settling.settle(session, tjark, appeal.id, granted=True, answer="Sie haben recht.")
        again = session.scalars(select(Case).where(Case.closed_at.is_(None))).one()
        with pytest.raises(Denied):
            claim.claim(session, moderator, again.id, take_over=True)
        with pytest.raises(Denied):
            deciding.decide(session, moderator, again.id, KEEP)
        assert deciding.decide(session, tjark, again.id, HIDE).actor_id == tjark.id


def test_who_moderates_alone_may_decide_what_they_reported_but_not_what_they_wrote(
    session, about, anna, moderator
):
    reported, written = about(anna, moderator), about(moderator)
    assert deciding.decide(session, moderator, reported.id, HIDE).actor_id == moderator.id
    with pytest.raises(Denied):
        deciding.decide(session, moderator, written.id, KEEP)


def test_one_statement_tells_of_a_hundred_cases(session, about, anna, moderator, tjark):
    own, other = about(moderator), about(anna)
    assert interests.of(session, [moderator.id], [own.id, other.id]) == {own.id}
    assert interests.of(session, [tjark.id], [own.id, other.id]) == frozenset()


def test_the_page_of_ones_own_case_names_no_reporter_and_takes_no_decision(
    session, about, moderator, new_member, client_of, town, sign_in
):
    new_member(Role.MODERATOR, name="Tjark")
    case = about(moderator, new_member(name="Nachbarin Nele"))
    client = client_of(town)
    sign_in(client, moderator)
    page = client.get(f"/en/verwaltung/moderation/{case.id}").get_data(as_text=True)
    assert "Somebody else has to decide" in page
    assert "Nachbarin Nele" not in page
    assert "data-decide" not in page
