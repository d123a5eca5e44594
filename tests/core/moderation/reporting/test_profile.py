"""A name is a contribution of two words: reported, taken out of view everywhere, brought back."""

import pytest
from sqlalchemy import select

from baukasten.access import members
from baukasten.access.models import Membership
from baukasten.errors import Conflict, NotFound
from baukasten.moderation import deciding, measures, service
from baukasten.moderation.models import Case, Measure, Report
from baukasten.moderation.reporting import profile
from baukasten.moderation.reporting import service as reports
from baukasten.moderation.steps import Step
from baukasten.plugin.events import MemberErased
from baukasten.plugin.refs import ContentRef, Visibility
from baukasten.projects import placing
from baukasten_forum import service as forum_service

STEP = Step(Measure.HIDE, "Regel 2", "Der Name beschimpft jemanden.")


@pytest.fixture(autouse=True)
def speaking(app):
    """What takes a name's place is written in the language of the town."""


def ref_of(member):
    return ContentRef(profile.KEY, member.id)


def hide(session, moderator, member):
    return deciding.decide_content(session, moderator, ref_of(member), STEP)


def test_a_profile_tells_the_name_and_since_when(session, topic, anna):
    shown = profile.show(session, anna.id)
    assert (shown.id, shown.name, shown.hidden) == (anna.id, "Anna", False)


def test_who_wrote_nothing_in_view_has_no_profile(session, forum, topic, anna, moderator, new_member):
    reader = new_member(name="Nur Leserin")
    post = ContentRef("forum.post", topic.post_id)
    for gone in (lambda: None, lambda: service.hide(session, moderator, post, rule="1", facts="x")):
        gone()
        with pytest.raises(NotFound):
            profile.show(session, reader.id)
        with pytest.raises(NotFound):
            reports.reported(session, f"{profile.KEY}:{reader.id}")
    with pytest.raises(NotFound):
        profile.show(session, anna.id)


def test_a_profile_goes_with_the_module(session, forum, topic, anna):
    placing.change_module(session, None, forum.id, visible=False)
    with pytest.raises(NotFound):
        profile.show(session, anna.id)


def test_people_who_left_and_those_of_other_towns_have_none(database, session, other_town, topic, anna):
    with database.session(other_town.id) as other, pytest.raises(NotFound):
        profile.show(other, anna.id)
    members.erase(session, anna.id)
    session.expire_all()
    with pytest.raises(NotFound):
        profile.show(session, anna.id)
    assert profile.find(session, [anna.id]) == []


def test_the_ladder_of_a_name_is_short(session):
    (kind,) = profile.CONTENT_TYPES
    assert measures.ladder(kind, Visibility.PUBLISHED) == (
        Measure.KEEP, Measure.ASK, Measure.NOTE, Measure.HIDE,
    )  # fmt: skip
    assert measures.ladder(kind, Visibility.HIDDEN) == (Measure.KEEP, Measure.RESTORE)
    for step in (kind.publish, kind.reject):
        with pytest.raises(Conflict):
            step(session, 1)


def test_a_hidden_name_becomes_a_number_and_comes_back(session, topic, anna, moderator):
    reports.file(session, None, reports.reported(session, f"{profile.KEY}:{anna.id}"), reason="respect")
    hide(session, moderator, anna)
    assert members.names(session, [anna.id]) == {anna.id: f"Mitglied {anna.id}"}
    (content,) = profile.find(session, [anna.id])
    assert (content.visibility, content.title, content.excerpt) == (
        Visibility.HIDDEN, f"Mitglied {anna.id}", "Anna",
    )  # fmt: skip
    assert profile.show(session, anna.id).hidden
    assert session.scalars(select(Report.outcome)).all() == ["granted"]
    service.restore(session, moderator, ref_of(anna))
    row = members.get(session, anna.id)
    assert (row.display_name, row.hidden_name) == ("Anna", "")


def test_hiding_is_undone_within_seconds(session, topic, anna, moderator):
    deciding.undo(session, moderator, hide(session, moderator, anna).id)
    assert members.names(session, [anna.id]) == {anna.id: "Anna"}


def test_a_new_name_waits_for_the_moderators(session, mailbox, topic, anna, moderator):
    hide(session, moderator, anna)
    session.commit()
    mailbox.deliver()
    assert session.scalars(select(Case).where(Case.closed_at.is_(None))).all() == []
    # The form shows what everybody sees; sending it back is no new name.
    members.rename(session, anna, f"Mitglied {anna.id}")
    assert members.get(session, anna.id).hidden_name == "Anna"
    for name in ("Anna die Große", "Anna die Kleine"):
        shown = members.rename(session, anna, name)
        assert shown.display_name == f"Mitglied {anna.id}"
        session.commit()
        mailbox.deliver()
    case = session.scalars(select(Case).where(Case.closed_at.is_(None))).one()
    assert (case.cause, case.code, case.content_id) == ("held", profile.RENAMED, anna.id)
    assert profile.find(session, [anna.id])[0].excerpt == "Anna die Kleine"
    deciding.decide(session, moderator, case.id, Step(Measure.RESTORE))
    assert members.names(session, [anna.id]) == {anna.id: "Anna die Kleine"}


def test_a_usual_new_name_opens_no_case(session, mailbox, topic, anna):
    members.rename(session, anna, "Anna Neu")
    session.commit()
    mailbox.deliver()
    assert session.scalars(select(Case)).all() == []


def test_the_case_of_somebody_who_left_is_closed(session, topic, anna):
    reports.file(session, None, reports.reported(session, f"{profile.KEY}:{anna.id}"), reason="respect")
    for _ in range(2):
        profile.hear(session, MemberErased(session.tenant_id, anna.id))
    session.expire_all()
    assert session.scalars(select(Case)).one().closed_at is not None


def test_a_name_in_texts_of_others_follows(session, mailbox, forum, topic, anna, moderator, new_member):
    ben = new_member(name="Ben Anna")
    words = f"> [#1](post:{topic.post_id})\n> Breite\n\n@Anna und nicht @Anna-Lena"
    reply = forum_service.reply(session, ben, forum, topic.topic_id, body=words)
    forum_service.reply(session, anna, forum, topic.topic_id, body="@Ben Anna und @Anna")
    session.commit()

    def texts():
        session.expire_all()
        query = "SELECT body_html || body FROM forum_post ORDER BY id"
        return [row[0] for row in session.connection().exec_driver_sql(query)]

    before = texts()
    assert "@Anna</mark>" in before[1]
    assert ">Anna</a>" in before[1]
    hide(session, moderator, anna)
    session.commit()
    mailbox.deliver()
    number = f"Mitglied {anna.id}"
    after = texts()
    assert f"@{number}</mark>" in after[1]
    assert f">{number}</a>" in after[1]
    assert "<mark>@Ben Anna</mark>" in after[2]
    service.restore(session, moderator, ref_of(anna))
    session.commit()
    mailbox.deliver()
    assert texts() == before
    assert reply.post_id


def test_a_member_keeps_the_name_in_the_own_data(session, topic, anna, moderator):
    hide(session, moderator, anna)
    store = session.contract.registry.personal_data["access.membership"].value
    assert [one["name"] for one in store.export(session, anna.id)] == ["Anna"]
    assert store.erase(session, anna.id) == 1
    session.expire_all()
    row = session.scalars(select(Membership).where(Membership.id == anna.id)).one()
    assert (row.display_name, row.hidden_name) == ("", "")
