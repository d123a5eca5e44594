"""What was sent stays readable: by number, in each language, by feed, by search; drafts never."""

import xml.etree.ElementTree as ET

import pytest

from baukasten import clock
from baukasten.search import index, query
from baukasten.web.platform import EXTENSION
from baukasten_newsletter.keys import IssueState
from baukasten_newsletter.letters import archive, rendering
from baukasten_newsletter.models import Issue
from tests.newsletter.conftest import add_topic, open_list
from tests.newsletter.letters.conftest import add_edition, add_issue

TEXT = {"kind": "text", "text": "Der Kai bekommt **Bänke** aus Eiche."}
ATOM = "{http://www.w3.org/2005/Atom}"


def send(session, module, number, *parts, **more):
    """An issue as it is once it was sent."""
    issue = add_issue(session, module, *parts or (TEXT,), **more)
    rendering.render(session, issue, 1)
    issue.state, issue.number, issue.started_at = IssueState.SENT, number, clock.now()
    session.flush()
    return issue


@pytest.fixture
def sent(session, letters, topic):
    """Issue 1, in two languages, for a topic."""
    issue = add_issue(session, letters, TEXT, topics=[topic])
    add_edition(session, issue, {"kind": "text", "text": "Benches of oak."}, preheader="x")
    rendering.render(session, issue, 1)
    issue.state, issue.number, issue.started_at = IssueState.SENT, 1, clock.now()
    session.commit()
    return issue


def test_an_issue_is_shown_in_the_language_of_the_page(client, sent):
    german, english = client.get("/stadtbrief/ausgabe/1/"), client.get("/en/stadtbrief/ausgabe/1/")
    assert "<strong>Bänke</strong>" in german.text
    assert "Benches of oak." in english.text
    assert ("<p>Guten Tag,</p>" in german.text, "<p>Good day,</p>" in english.text) == (True, True)
    assert 'hreflang="en" href="https://' in german.text
    assert "\ue000" not in german.text
    assert "Benches" in client.get("/stadtbrief/ausgabe/1/en").text
    assert client.get("/stadtbrief/ausgabe/1/fr").status_code == 404


def test_easy_german_has_an_address_of_its_own(client, session, letters, topic):
    issue = add_issue(session, letters, TEXT)
    add_edition(session, issue, {"kind": "text", "text": "Am Kai sind Bänke."}, language="de-simple")
    rendering.render(session, issue, 1)
    issue.state, issue.number, issue.started_at = IssueState.SENT, 1, clock.now()
    session.commit()
    page = client.get("/stadtbrief/ausgabe/1/").text
    assert page.count('hreflang="de-simple" href="https://') == 1
    assert page.count('hreflang="de" href="https://') == 1
    easy = client.get("/stadtbrief/ausgabe/1/de-simple").text
    assert "Am Kai sind Bänke." in easy
    assert '<h1 lang="de-simple"' in easy


def test_the_latest_version_is_shown(client, sent, session):
    sent = session.get_one(Issue, (sent.tenant_id, sent.id))
    (edition, _english) = rendering.editions_of(session, sent.id)
    edition.subject, sent.version = "Berichtigt", 2
    rendering.render(session, sent, 2)
    session.commit()
    page = client.get("/stadtbrief/ausgabe/1/").text
    assert "Berichtigt" in page
    assert "Neues vom Hafen" not in page


@pytest.mark.parametrize("state", [IssueState.DRAFT, IssueState.AWAITING_RELEASE, IssueState.SCHEDULED])
def test_what_was_not_sent_is_nowhere(client, session, letters, topic, state):
    issue = add_issue(session, letters, TEXT, topics=[topic], state=state)
    rendering.render(session, issue, 1)
    session.commit()
    assert client.get("/stadtbrief/ausgabe/1/").status_code == 404
    for path in (
        "/stadtbrief/",
        "/stadtbrief/ausgabe/",
        "/stadtbrief/feed.atom",
        "/stadtbrief/themen/rathaus/feed.atom",
    ):
        answer = client.get(path)
        assert answer.status_code == 200, path
        assert "Neues vom Hafen" not in answer.text, path
    assert [*archive.SOURCES[0].stream(session)] == []


def test_the_front_page_and_the_archive_list_issues(client, sent, session, letters):
    for number in range(2, 25):
        send(session, letters, number, subject=f"Brief {number}.")
    session.commit()
    front = client.get("/stadtbrief/").text
    assert "Brief 24." in front
    assert "Brief 19." not in front
    first = client.get("/stadtbrief/ausgabe/").text
    assert "Brief 5." in first
    assert "Brief 4." not in first
    assert "Neues vom Hafen" in client.get("/stadtbrief/ausgabe/?vor=5").text
    for nonsense in ("x", "-1", "9" * 30, "²", ""):
        assert client.get("/stadtbrief/ausgabe/", query_string={"vor": nonsense}).status_code == 200


def test_feeds_are_well_formed_and_by_topic(client, sent, session, letters, town):
    other = add_topic(session, letters, slug="sport", title="Sport & Spiel")
    send(session, letters, 2, subject="Nur <Sport>", topics=[other])
    session.commit()
    every, sport = (client.get(f"/stadtbrief/{path}feed.atom") for path in ("", "themen/sport/"))
    assert every.content_type == "application/atom+xml; charset=utf-8"
    titles = [one.findtext(f"{ATOM}title") for one in ET.fromstring(every.text).iter(f"{ATOM}entry")]  # noqa: S314 - our own answer
    assert titles == ["Nur <Sport>", "Neues vom Hafen"]
    feed = ET.fromstring(sport.text)  # noqa: S314 - our own answer
    assert feed.findtext(f"{ATOM}title") == "Stadtbrief: Sport & Spiel"
    assert [one.findtext(f"{ATOM}title") for one in feed.iter(f"{ATOM}entry")] == ["Nur <Sport>"]
    english = ET.fromstring(client.get("/en/stadtbrief/feed.atom").text)  # noqa: S314 - our own answer
    assert [one.findtext(f"{ATOM}title") for one in english.iter(f"{ATOM}entry")][1] == "News of the harbour"
    assert client.get("/stadtbrief/themen/gibt-es-nicht/feed.atom").status_code == 404


def test_what_was_sent_is_found(session, sent, letters, town):
    archive.announce(session, sent)
    index.refresh(session, archive.TYPE, sent.id)
    (hit,) = query.find(session, "Eiche").items
    assert (hit.title, hit.path) == ("Neues vom Hafen", "/stadtbrief/ausgabe/1/")
    (found,) = archive.SOURCES[0].stream(session)
    assert found == archive.SOURCES[0].document(session, sent.id)


def test_visits_are_counted_and_nothing_else(client, app, sent, session):
    for _time in range(3):
        client.get("/stadtbrief/ausgabe/1/")
    client.get("/stadtbrief/ausgabe/1/", headers={"User-Agent": "Googlebot"})
    archive.TALLIES[0].add(session, {sent.id: 3, sent.id + 10_000_000: 1})
    session.commit()
    session.expire_all()
    assert session.get_one(Issue, (sent.tenant_id, sent.id)).visits == 3


def test_another_town_sees_nothing(client_of, other_town, database, sent):
    open_list(database, other_town)
    theirs = client_of(other_town)
    assert theirs.get("/stadtbrief/ausgabe/1/").status_code == 404
    assert "Neues vom Hafen" not in theirs.get("/stadtbrief/ausgabe/").text
    assert "Neues vom Hafen" not in theirs.get("/stadtbrief/feed.atom").text


def test_lists_cost_the_same_however_many_issues_there_are(app, client, sent, session, letters, statements):
    counts = []
    for number in (0, 2, 12):
        if number:
            for more in range(number, number + 8):
                send(session, letters, more)
            session.commit()
        # Else a request asks now and then whether anything changed.
        app.extensions[EXTENSION].generations.refresh()
        with statements() as seen:
            client.get("/stadtbrief/ausgabe/")
        counts.append(len(seen))
    assert counts[2] <= counts[1]
