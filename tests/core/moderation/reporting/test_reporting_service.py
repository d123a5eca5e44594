"""Anyone may report what everybody sees; many reports are one case."""

import threading

import pytest
from sqlalchemy import select, update

from baukasten.errors import NotFound
from baukasten.moderation import service
from baukasten.moderation.casework import page
from baukasten.moderation.models import Case, CaseCause, Report
from baukasten.moderation.queue import listing
from baukasten.moderation.reporting import service as reports
from baukasten.plugin.refs import ContentRef
from baukasten.projects import placing, publishing
from baukasten.tenants import plugins
from baukasten_forum import service as forum_service

POST = "forum.post"


def content(session, topic):
    return reports.reported(session, f"{POST}:{topic.post_id}")


def test_a_report_keeps_what_was_seen_and_gives_a_receipt(session, topic, anna):
    receipt = reports.file(session, anna, content(session, topic), reason="spam", explanation="Werbung")
    report = session.scalars(select(Report)).one()
    assert (report.receipt, report.reporter_id, report.reason, report.explanation) == (
        receipt,
        anna.id,
        "spam",
        "Werbung",
    )
    assert report.excerpt == "Breite Stufen"
    assert receipt.startswith("M-")


def test_reports_of_one_contribution_are_one_case_until_it_is_decided(session, topic, anna, moderator):
    for _ in range(3):
        reports.file(session, None, content(session, topic), reason="spam")
    (case,) = listing.waiting(session)
    assert (case.cause, case.reports, case.content.title) == (CaseCause.REPORTED, 3, "Treppe")
    service.keep(session, moderator, ContentRef(POST, topic.post_id))
    assert listing.waiting(session) == []
    reports.file(session, anna, content(session, topic), reason="spam")
    assert [one.id for one in listing.waiting(session)] != [case.id]
    assert len(listing.waiting(session)) == 1


def test_many_at_once_are_one_case_with_all_their_reports(database, town, topic):
    ready = threading.Barrier(8)

    def report():
        with database.session(town.id) as session:
            seen = content(session, topic)
            ready.wait(10)
            reports.file(session, None, seen, reason="spam")
            session.commit()

    threads = [threading.Thread(target=report) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    with database.session(town.id) as session:
        assert [case.reports for case in session.scalars(select(Case))] == [8]
        assert len(session.scalars(select(Report)).all()) == 8


@pytest.mark.parametrize(
    "key",
    [
        *("", ":", "12", "forum.post", "forum.post:", "forum.post:-1", "forum.post:1x", "forum.post:²"),
        *(
            "forum.post:999999999999",
            "forum.post:" + "9" * 40,
            "made.thing:1",
            "forum.post:1:1",
            "forum.post: 1",
        ),
    ],
)
def test_what_cannot_be_reported_is_not_found(session, key):
    with pytest.raises(NotFound):
        reports.reported(session, key)


def test_what_is_hidden_or_another_towns_cannot_be_reported(database, session, other_town, topic, moderator):
    with database.session(other_town.id) as other, pytest.raises(NotFound):
        content(other, topic)
    service.hide(session, moderator, ContentRef(POST, topic.post_id), rule="Regel 1", facts="Werbung")
    with pytest.raises(NotFound):
        content(session, topic)


def test_a_reply_under_a_hidden_topic_cannot_be_reported(session, forum, topic, anna, moderator):
    reply = forum_service.reply(session, anna, forum, topic.topic_id, body="Gute Idee")
    assert reports.reported(session, f"{POST}:{reply.post_id}").title == "Treppe"
    service.hide(session, moderator, ContentRef(POST, topic.post_id), rule="Regel 1", facts="Werbung")
    with pytest.raises(NotFound):
        reports.reported(session, f"{POST}:{reply.post_id}")


def test_cases_of_switched_off_plugins_wait_and_fill_no_page(session, town, topic):
    held = [
        service.open_case(session, ContentRef("made.thing", number), CaseCause.HELD) for number in range(1, 4)
    ]
    reports.file(session, None, content(session, topic), reason="spam")
    (case,) = listing.waiting(session, limit=2)
    assert case.id > max(held)
    assert listing.waiting(session, after=case.id) == []
    assert service.count_open(session) == 1
    plugins.switch_off(session, town, "forum")
    assert listing.waiting(session) == []


def test_a_case_of_another_town_is_not_found(database, session, other_town, topic):
    reports.file(session, None, content(session, topic), reason="spam")
    session.commit()
    (case,) = listing.waiting(session)
    assert page.case_by_id(session, case.id)[1].ref.id == topic.post_id
    with database.session(other_town.id) as other, pytest.raises(NotFound):
        page.case_by_id(other, case.id)


def test_an_erased_reporter_leaves_the_report(session, topic, anna):
    reports.file(session, anna, content(session, topic), reason="spam", explanation="Ich, Anna, sah es")
    for answer in session.contract.registry.personal_data.values():
        if answer.value.key == "moderation.reports":
            assert answer.value.export(session, anna.id)[0]["explanation"] == "Ich, Anna, sah es"
            assert answer.value.erase(session, anna.id) == 1
            assert answer.value.erase(session, anna.id) == 0
    report = session.scalars(select(Report).execution_options(populate_existing=True)).one()
    assert (report.reporter_id, report.explanation) == (None, "")
    assert session.execute(update(Case).values(code="x").returning(Case.id)).all() != []


@pytest.mark.parametrize("way", ["hidden", "draft"])
def test_what_stands_where_nobody_can_go_cannot_be_read_through_its_report(session, forum, topic, way):
    if way == "hidden":
        placing.change_module(session, None, forum.id, visible=False)
    else:
        publishing.unpublish(session, None, forum.project.id)
    with pytest.raises(NotFound):
        content(session, topic)
