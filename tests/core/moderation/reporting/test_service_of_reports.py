"""Anyone may report what everybody sees; many reports are one case, and each person counts once."""

import datetime as dt
import threading

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from baukasten import clock
from baukasten.errors import Invalid, NotFound
from baukasten.moderation import cases, service
from baukasten.moderation.models import Case, CaseCause, Report
from baukasten.moderation.reporting import misuse, origins
from baukasten.moderation.reporting import service as reports
from baukasten.plugin.refs import ContentRef, Standing
from baukasten.projects import placing, publishing
from baukasten.tenants import plugins
from baukasten_forum import service as forum_service

POST = "forum.post"


def content(session, topic):
    return reports.reported(session, f"{POST}:{topic.post_id}")


def the_case(session):
    session.expire_all()
    return session.scalars(select(Case).where(Case.closed_at.is_(None))).one()


def test_a_report_keeps_what_was_seen_and_gives_a_receipt(session, topic, anna):
    receipt = reports.file(session, anna, content(session, topic), reason="spam", explanation=" Werbung ")
    report = session.scalars(select(Report)).one()
    assert (report.receipt, report.reporter_id, report.reason, report.explanation) == (
        receipt,
        anna.id,
        "spam",
        "Werbung",
    )
    assert (report.excerpt, report.counts) == ("Breite Stufen", True)
    assert report.path.startswith("/beteiligung/torfhafen/forum/")


@pytest.mark.parametrize("reason", ["illegal", "other"])
@pytest.mark.parametrize("words", ["", " \n"])
def test_what_no_rule_says_needs_words(session, topic, reason, words):
    with pytest.raises(Invalid) as refused:
        reports.file(session, None, content(session, topic), reason=reason, explanation=words)
    assert list(refused.value.errors) == ["explanation"]
    assert session.scalars(select(Report)).all() == []


def test_reports_of_one_contribution_are_one_case_until_it_is_decided(session, topic, anna, moderator):
    for _ in range(3):
        reports.file(session, None, content(session, topic), reason="spam")
    case = the_case(session)
    first = case.id
    assert (case.cause, case.reports, case.author_id) == (CaseCause.REPORTED, 3, anna.id)
    service.keep(session, moderator, ContentRef(POST, topic.post_id))
    reports.file(session, anna, content(session, topic), reason="spam")
    assert the_case(session).id != first


def test_each_further_report_moves_the_case_forward(session, topic, new_member):
    with clock.turned(dt.datetime(2026, 11, 22, 9, tzinfo=dt.UTC)):
        for number in range(3):
            reports.file(session, new_member(name=f"Person {number}"), content(session, topic), reason="spam")
            case = the_case(session)
            assert case.order_at == clock.now() - number * cases.PER_REPORT
            assert case.reports == number + 1


def test_the_same_member_adds_to_the_first_report(session, topic, anna):
    shown = content(session, topic)
    first = reports.file(session, anna, shown, reason="spam", explanation="Werbung")
    order = the_case(session).order_at
    assert reports.file(session, anna, shown, reason="topic", explanation="Und am Thema vorbei") == first
    assert reports.file(session, anna, shown, reason="topic", explanation="Werbung") == first
    assert reports.file(session, anna, shown, reason="topic") == first
    report = session.scalars(select(Report)).one()
    assert (report.reason, report.explanation) == ("topic", "Werbung\n\nUnd am Thema vorbei")
    assert (the_case(session).reports, the_case(session).order_at) == (1, order)
    for _ in range(10):
        reports.file(session, anna, shown, reason="topic", explanation="x" * 1_990 + str(_))
    assert len(session.scalars(select(Report.explanation)).one()) == reports.MAX_WORDS


def test_guests_of_one_network_get_a_receipt_each_and_count_once_a_day(session, topic):
    shown = content(session, topic)
    days = [dt.datetime(2026, 11, day, 12, tzinfo=dt.UTC) for day in (22, 23)]
    made = []
    for day, remote in ((0, "192.0.2.7"), (0, "192.0.2.7"), (0, "192.0.2.8"), (1, "192.0.2.7")):
        with clock.turned(days[day]):
            origin = origins.origin_of("secret", session.tenant_id, None, remote)
            made.append(reports.file(session, None, shown, reason="spam", origin=origin))
    assert len(set(made)) == 4
    assert session.scalars(select(Report.counts).order_by(Report.id)).all() == [True, False, True, True]
    assert the_case(session).reports == 3
    stored = session.scalars(select(Report.origin)).all()
    assert not any("192.0.2" in one for one in stored)


def test_a_network_is_told_by_town_and_secret_and_by_the_household(session, anna):
    with clock.turned(dt.datetime(2026, 11, 22, 9, tzinfo=dt.UTC)):
        made = {
            origins.origin_of(secret, town, None, remote)
            for secret, town, remote in (
                ("a", 1, "::1"),
                ("b", 1, "::1"),
                ("a", 2, "::1"),
                ("a", 1, "192.0.2.1"),
            )
        }
        assert len(made) == 4
        home = [origins.origin_of("a", 1, None, f"2001:db8:1:2::{host}") for host in (1, 2)]
        assert home[0] == home[1]
        assert origins.origin_of("a", 1, anna, "::1") == f"m:{anna.id}"


def test_networks_are_forgotten_after_their_day(session, topic, anna):
    shown = content(session, topic)
    day = dt.datetime(2026, 11, 22, 23, 59, tzinfo=dt.UTC)
    with clock.turned(day):
        reports.file(session, None, shown, reason="spam", origin=origins.origin_of("a", 1, None, "::1"))
        reports.file(session, anna, shown, reason="spam")
        session.execute(update(Report).values(created_at=day))
        origins.forget_networks(session)
        assert all(session.scalars(select(Report.origin)))
    with clock.turned(day + dt.timedelta(minutes=8)):
        origins.forget_networks(session)
    assert session.scalars(select(Report.origin).order_by(Report.id)).all() == ["", f"m:{anna.id}"]


def test_the_database_counts_nobody_twice(session, topic, anna):
    reports.file(session, anna, content(session, topic), reason="spam")
    first = session.scalars(select(Report)).one()
    values = {"case_id": first.case_id, "origin": first.origin, "reason": "spam"}
    session.add(Report(receipt="another", **values))
    with pytest.raises(IntegrityError):
        session.flush()


def test_reports_of_those_who_misuse_them_are_read_but_do_not_count(
    session, topic, anna, new_member, monkeypatch
):
    monkeypatch.setattr(misuse, "is_misused", lambda _session, ids: {anna.id} & set(ids))
    reports.file(session, anna, content(session, topic), reason="spam")
    case = the_case(session)
    order = case.order_at
    assert (case.reports, session.scalars(select(Report.counts)).all()) == (0, [False])
    reports.file(session, new_member(name="Ben"), content(session, topic), reason="spam")
    # The first that counts moves nothing either.
    assert (the_case(session).reports, the_case(session).order_at) == (1, order)


def test_who_may_not_write_may_report(session, topic, anna, moderator, new_member):
    for standing in (Standing.MUTED, Standing.SUSPENDED):
        member = new_member(name=f"Person {standing.value}")
        muted = type(member)(member.id, member.display_name, member.roles, standing)
        assert reports.file(session, muted, content(session, topic), reason="spam")


@pytest.mark.parametrize("same", [False, True])
def test_fifty_at_once_are_one_case_with_the_exact_count(database, town, topic, anna, new_member, same):
    people = [anna] * 50 if same else [new_member(name=f"Person {number}") for number in range(50)]
    ready = threading.Barrier(10)
    receipts = []

    def report(some):
        for member in some:
            with database.session(town.id) as session:
                seen = content(session, topic)
                ready.wait(60)
                receipts.append(reports.file(session, member, seen, reason="spam"))
                session.commit()

    threads = [threading.Thread(target=report, args=(people[at::10],)) for at in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    expected = 1 if same else 50
    with database.session(town.id) as session:
        assert [case.reports for case in session.scalars(select(Case))] == [expected]
        assert len(session.scalars(select(Report)).all()) == expected
    assert (len(receipts), len(set(receipts))) == (50, expected)


@pytest.mark.parametrize(
    "key",
    [
        *("", ":", "12", "forum.post", "forum.post:", "forum.post:-1", "forum.post:1x", "forum.post:²"),
        *("forum.post:999999999999", "forum.post:" + "9" * 40, "made.thing:1", "forum.post:1:1"),
        *("forum.post: 1", "core.profile:0", "core.profile:999999999999", "core.profile:\0"),
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


def test_cases_of_switched_off_plugins_wait_and_are_not_counted(session, town, topic):
    for number in range(1, 4):
        service.open_case(session, ContentRef("made.thing", number), CaseCause.HELD)
    reports.file(session, None, content(session, topic), reason="spam")
    assert service.count_open(session) == 1
    plugins.switch_off(session, town, "forum")
    assert service.count_open(session) == 0


def test_an_erased_reporter_leaves_the_report(session, topic, anna):
    reports.file(session, anna, content(session, topic), reason="spam", explanation="Ich, Anna, sah es")
    for answer in session.contract.registry.personal_data.values():
        if answer.value.key == "moderation.reports":
            assert answer.value.export(session, anna.id)[0]["explanation"] == "Ich, Anna, sah es"
            assert answer.value.erase(session, anna.id) == 1
            assert answer.value.erase(session, anna.id) == 0
    report = session.scalars(select(Report).execution_options(populate_existing=True)).one()
    assert (report.reporter_id, report.explanation, report.origin) == (None, "", "")
    assert session.execute(update(Case).values(code="x").returning(Case.id)).all() != []


@pytest.mark.parametrize("way", ["hidden", "draft"])
def test_what_stands_where_nobody_can_go_cannot_be_read_through_its_report(session, forum, topic, way):
    if way == "hidden":
        placing.change_module(session, None, forum.id, visible=False)
    else:
        publishing.unpublish(session, None, forum.project.id)
    with pytest.raises(NotFound):
        content(session, topic)
