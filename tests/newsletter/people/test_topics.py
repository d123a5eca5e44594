"""Topics of a list: added, changed, ordered, put away; by administrators, on a page of their own."""

import pytest
from sqlalchemy import text

from baukasten.errors import Conflict, Denied, Invalid, NotFound
from baukasten.projects.service import ProjectDraft, create_project
from baukasten_newsletter.keys import TopicKind
from baukasten_newsletter.people import topics
from baukasten_newsletter.people.topics import Values
from tests.newsletter.conftest import open_list

PAGE = "/stadtbrief/themen/"


@pytest.fixture
def project(session):
    made = create_project(session, None, ProjectDraft("Hafen"))
    session.commit()
    return made


def titles(session, module, **more):
    return [row.title for row in topics.listed(session, module.id, **more)]


def test_topics_are_added_at_the_end_with_addresses_of_their_own(session, letters, admin):
    for _ in range(2):
        topics.add(session, admin, letters, Values("Häfen", "Neues vom Wasser"))
    rows = topics.listed(session, letters.id)
    assert [(row.title, row.slug) for row in rows] == [
        ("Stadtbrief", "stadtbrief"),
        ("Häfen", "haefen"),
        ("Häfen", "haefen-2"),
    ]


def test_topics_are_ordered_and_put_away_but_for_the_last(session, letters, admin):
    (first,) = [row.id for row in topics.listed(session, letters.id)]
    second = topics.add(session, admin, letters, Values("Hafen"))
    topics.move(session, admin, letters, second, up=True)
    topics.move(session, admin, letters, second, up=True)
    assert titles(session, letters) == ["Hafen", "Stadtbrief"]
    topics.move(session, admin, letters, second, up=False)
    assert titles(session, letters) == ["Stadtbrief", "Hafen"]
    topics.archive(session, admin, letters, first)
    assert titles(session, letters) == ["Hafen"]
    assert titles(session, letters, archived=True) == ["Hafen", "Stadtbrief"]
    with pytest.raises(Conflict):
        topics.archive(session, admin, letters, second)
    topics.archive(session, admin, letters, first, back=True)
    assert titles(session, letters) == ["Stadtbrief", "Hafen"]


def test_only_a_digest_belongs_to_a_project(session, letters, admin, project):
    digest = topics.add(
        session, admin, letters, Values("Neues", kind=TopicKind.DIGEST, project_id=project.id)
    )
    letter = topics.add(session, admin, letters, Values("Briefe", project_id=project.id))
    assert topics.find(session, letters.id, digest).project_id == project.id
    assert topics.find(session, letters.id, letter).project_id is None
    topics.change(
        session, admin, letters, digest, Values("Neues", kind=TopicKind.LETTERS, project_id=project.id)
    )
    assert topics.find(session, letters.id, digest).project_id is None


def test_a_topic_needs_a_name(session, letters, admin):
    with pytest.raises(Invalid):
        topics.add(session, admin, letters, Values(" \u200b"))


def test_others_change_no_topics(session, letters, moderator, admin, database, town):
    other = open_list(database, town, slug="blaettchen", title="Blättchen")
    foreign = topics.listed(session, other.id)[0].id
    with pytest.raises(Denied):
        topics.add(session, moderator, letters, Values("Hafen"))
    for deed in (
        lambda: topics.change(session, admin, letters, foreign, Values("Hafen")),
        lambda: topics.move(session, admin, letters, foreign, up=True),
        lambda: topics.archive(session, admin, letters, foreign),
    ):
        with pytest.raises(NotFound):
            deed()


def test_each_deed_stands_in_the_audit_log(session, letters, admin):
    number = topics.add(session, admin, letters, Values("Hafen"))
    topics.change(session, admin, letters, number, Values("Häfen"))
    topics.move(session, admin, letters, number, up=True)
    topics.archive(session, admin, letters, number)
    query = text("SELECT action FROM audit_entry WHERE action LIKE 'newsletter.topic.%' ORDER BY seq")
    deeds = [action.rpartition(".")[2] for action in session.scalars(query)]
    assert deeds == ["add", "change", "move", "archive"]


def test_the_page_does_all_of_it(browse, admin, letters, session):
    browser = browse(admin)
    values = {"title": "Hafen", "description": "", "kind": "letters", "project_id": ""}
    assert browser.send(PAGE, **values).status_code == 303
    second = topics.listed(session, letters.id)[1].id
    assert browser.send(f"{PAGE}{second}", **{**values, "title": "Häfen"}).status_code == 303
    token = browser.token(PAGE)
    assert browser.post(f"{PAGE}{second}/ordnen", data={"to": "up", "_token": token}).status_code == 303
    assert browser.post(f"{PAGE}{second}/ablegen", data={"_token": token}).status_code == 303
    session.rollback()
    assert titles(session, letters, archived=True) == ["Stadtbrief", "Häfen"]
    assert browser.post(f"{PAGE}{second}/ablegen", data={"back": "1", "_token": token}).status_code == 303
    session.rollback()
    assert titles(session, letters) == ["Häfen", "Stadtbrief"]
    for wrong in ({"title": ""}, {"kind": "spam"}, {"project_id": "7"}):
        assert browser.send(PAGE, **{**values, **wrong}).status_code == 422
        assert browser.send(f"{PAGE}{second}", **{**values, **wrong}).status_code == 422
    assert browser.get(f"{PAGE}999999").status_code == 404


def test_nobody_else_sees_the_page(browse, moderator, letters):
    assert browse(moderator).get(PAGE).status_code == 403
    assert browse().get(PAGE).status_code in (303, 401, 403)
