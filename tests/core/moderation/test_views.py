"""The report form is open to everybody, the queue to those who moderate."""

import pytest
from sqlalchemy import select

from baukasten.identity.limits import Limit
from baukasten.moderation import service, views
from baukasten.moderation.models import CaseCause, Report
from baukasten.plugin.refs import ContentRef, Role, Visibility
from tests.house.towns import token_of

QUEUE = "/verwaltung/moderation/"


@pytest.fixture
def path(topic):
    return f"/meldung/forum.post:{topic.post_id}"


def send(client, path, **values):
    return client.post(path, data={"_token": token_of(client.get(path).text), **values})


def stored(database, town):
    with database.session(town.id) as session:
        return session.scalars(select(Report).order_by(Report.id)).all()


def test_a_guest_reports_and_gets_a_receipt(client, database, town, path):
    assert "Breite Stufen" in client.get(path).text
    answer = send(client, path, reason="attack", explanation="Zeile 1")
    (report,) = stored(database, town)
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/meldung/danke/{report.receipt}")
    assert report.receipt in client.get(answer.headers["Location"]).text
    assert report.reporter_id is None


def test_a_member_reports_by_name(client, database, town, path, anna, sign_in):
    sign_in(client, anna)
    assert send(client, path, reason="spam").status_code == 303
    assert [one.reporter_id for one in stored(database, town)] == [anna.id]


@pytest.mark.parametrize(
    "values", [{}, {"reason": "made up"}, {"reason": "spam", "explanation": "x" * 2_001}]
)
def test_a_report_without_sense_is_refused(client, database, town, path, values):
    assert send(client, path, **values).status_code == 422
    assert stored(database, town) == []


def test_a_machine_gets_the_same_page_and_leaves_nothing(client, database, town, path):
    answer = send(client, path, reason="spam", website="https://spam.example")
    assert answer.status_code == 303
    assert stored(database, town) == []


def test_too_many_reports_from_one_network_are_stopped(client, database, town, path, monkeypatch):
    monkeypatch.setattr(views, "REPORT", Limit("report-test", 3_600, address=0, network=2))
    codes = [send(client, path, reason="spam").status_code for _ in range(3)]
    assert codes == [303, 303, 429]
    assert len(stored(database, town)) == 2


def test_what_nobody_sees_cannot_be_reported(client, session, path, topic, moderator):
    never = client.get("/meldung/forum.post:999999999999")
    service.hide(session, moderator, ContentRef("forum.post", topic.post_id), rule="Regel 1", facts="Werbung")
    session.commit()
    hidden = client.get(path)
    number = str(topic.post_id)
    assert hidden.status_code == never.status_code == 404
    assert hidden.text.replace(f"forum.post:{number}", "") == never.text.replace(
        "forum.post:999999999999", ""
    )


@pytest.mark.parametrize(("roles", "status"), [((), 403), ((Role.MODERATOR,), 200), ((Role.ADMIN,), 200)])
def test_the_queue_is_for_those_who_moderate(client, path, new_member, sign_in, roles, status):
    send(client, path, reason="spam")
    sign_in(client, new_member(*roles))
    page = client.get(QUEUE)
    assert page.status_code == status
    assert ("Treppe" in page.text) == (status == 200)


def test_a_moderator_decides_in_the_queue(client, database, town, session, path, topic, moderator, sign_in):
    send(client, path, reason="spam", explanation="Werbung in Zeile 3")
    sign_in(client, moderator)
    case = f"{QUEUE}{service.open_case(session, ContentRef('forum.post', topic.post_id), CaseCause.REPORTED)}"
    session.rollback()
    assert "Werbung in Zeile 3" in client.get(case).text
    assert send(client, case, measure="hide", rule="", facts="").status_code == 422
    assert send(client, case, measure="explode").status_code == 422
    answer = send(client, case, measure="hide", rule="Regel 3", facts="Werbung")
    assert (answer.status_code, answer.headers["Location"]) == (303, QUEUE)
    with database.session(town.id) as fresh:
        assert service.find(fresh, ContentRef("forum.post", topic.post_id)).visibility is Visibility.HIDDEN
