"""The page before, during and after sending: who gets it, how far it is, buttons only for whoever may press them."""

import pytest
from sqlalchemy import select, update

from baukasten.plugin.refs import Role
from baukasten_newsletter.keys import IssueState
from baukasten_newsletter.models import Delivery, Issue
from baukasten_newsletter.sending import audience, pacing
from tests.newsletter.conftest import DAY, NOW, add_subscriber, add_topic
from tests.newsletter.letters.conftest import add_issue

WORDS = {"kind": "text", "text": "Im Hafen wird es ernst."}


@pytest.fixture
def issue(database, town, letters, morning):
    """An issue for three people; gives its number."""
    with database.session(town.id) as session:
        topic = add_topic(session, letters)
        for name in ("anna", "bo", "cem"):
            add_subscriber(session, topic, address=f"{name}@post.example")
        made = add_issue(session, letters, WORDS, topics=[topic])
        session.commit()
        return made.id


@pytest.fixture
def change(database, town, issue):
    """Lets the issue be at another point."""

    def do(**values):
        with database.session(town.id) as session:
            if "started_at" in values:
                audience.snapshot(session, session.get_one(Issue, (town.id, issue)))
            session.execute(update(Issue).where(Issue.id == issue).values(values))
            session.commit()

    return do


@pytest.fixture
def deliveries(database, town, issue):
    def do(*states):
        with database.session(town.id) as session:
            rows = session.scalars(select(Delivery).where(Delivery.issue_id == issue).order_by(Delivery.id))
            for row, values in zip(rows, states, strict=False):
                for key, value in values.items():
                    setattr(row, key, value)
            session.commit()

    return do


def page(issue, more=""):
    return f"/en/stadtbrief/ausgaben/{issue}/versand{more}"


SENDING = {"state": IssueState.SENDING, "started_at": NOW, "active_at": NOW}
DONE = {"state": "handed_over", "handed_over_at": NOW}


def test_before_it_says_who_gets_it_and_why(browse, admin, issue):
    text = browse(admin).get(page(issue)).text
    assert "3 people" in text
    assert "subscribed to “Aus dem Rathaus”" in text
    assert "…@p….example" in text
    assert "anna@" not in text
    assert "Send to 3 people" in text


def test_one_press_sends_it_and_the_page_says_so(browse, admin, issue, database, town):
    browser = browse(admin)
    answer = browser.send(page(issue), when="now")
    assert (answer.status_code, answer.location.endswith(f"/ausgaben/{issue}/versand")) == (303, True)
    with database.session(town.id) as session:
        assert session.get_one(Issue, (town.id, issue)).state == IssueState.SCHEDULED
    assert "Do not send, back to the draft" in browser.get(page(issue)).text


def test_a_moment_is_asked_for_and_kept(browse, admin, issue, database, town):
    browser = browse(admin)
    answer = browser.send(page(issue), when="later")
    assert answer.status_code == 422
    assert "Choose a day and a time." in answer.text
    assert browser.send(page(issue), when="later", at="2035-03-21T10:30").status_code == 303
    with database.session(town.id) as session:
        assert session.get_one(Issue, (town.id, issue)).scheduled_at == NOW + DAY + (DAY / 24) * 1.5


@pytest.mark.parametrize(
    "sent",
    [{}, {"when": "\x00"}, {"when": "later", "at": "9" * 400}, {"when": "later", "at": "2035-03-19T10:30"}],
)
def test_odd_entries_are_refused_and_nothing_happens(browse, admin, issue, sent, database, town):
    assert browse(admin).send(page(issue), **sent).status_code == 422
    with database.session(town.id) as session:
        assert session.get_one(Issue, (town.id, issue)).state == IssueState.DRAFT


def test_on_its_way_it_shows_how_far_it_is(browse, admin, issue, change, deliveries):
    change(**SENDING)
    doubtful = {**DONE, "uncertain_at": NOW}
    deliveries(doubtful, {"state": "deferred", "due_at": NOW + DAY / 24, "reason": "4.2.1 busy", "code": 450})
    text = browse(admin).get(page(issue)).text
    assert "1 of 3 done" in text
    assert '<progress value="1" max="3"' in text
    assert "put off by other servers, tried again" in text
    assert "post.example" in text
    assert "1 person may have it twice" in text
    assert text.count("@post.example") == 1
    assert "data-live" in text


def test_whoever_may_not_see_people_sees_no_address(browse, moderator, issue, change, deliveries):
    change(**SENDING)
    deliveries({**DONE, "uncertain_at": NOW})
    text = browse(moderator).get(page(issue)).text
    assert "1 person may have it twice" in text
    assert "@post.example" not in text
    assert "…@p….example" in text
    assert "anhalten" not in text


def test_the_part_is_the_same_as_on_the_page(browse, admin, issue, change):
    change(**SENDING)
    browser = browse(admin)
    part = browser.get(page(issue, "/stand"))
    assert part.headers["Cache-Control"] == "no-store"
    assert "<html" not in part.text
    assert "0 of 3 done" in part.text
    assert "0 of 3 done" in browser.get(page(issue)).text


def test_buttons_stop_it_let_it_go_on_and_call_it_off(browse, admin, issue, change, database, town):
    change(**SENDING)
    browser = browse(admin)
    for verb, state in (("anhalten", "paused"), ("weiter", "sending"), ("abbrechen", "cancelled")):
        token = browser.token(page(issue))
        assert browser.post(page(issue, f"/{verb}"), data={"_token": token}).status_code == 303
        with database.session(town.id) as session:
            assert session.get_one(Issue, (town.id, issue)).state == state


def test_a_button_that_came_too_late_is_refused_in_words(browse, admin, issue, change):
    browser = browse(admin)
    token = browser.token(page(issue))
    answer = browser.post(page(issue, "/anhalten"), data={"_token": token})
    assert answer.status_code == 409
    assert "has changed meanwhile" in answer.text


def test_it_says_when_the_mail_server_is_away(browse, admin, issue, change, database, town):
    change(**SENDING)
    with database.session(town.id) as session:
        pacing.server_rests(session, "closed", NOW)
        session.commit()
    assert "Our mail server takes nothing" in browse(admin).get(page(issue)).text


def test_a_stopped_issue_says_why(browse, admin, issue, change):
    change(state=IssueState.PAUSED, started_at=NOW, paused_at=NOW, pause_reason="Zu viele Server")
    text = browse(admin).get(page(issue)).text
    assert "Zu viele Server" in text
    assert "Go on for the rest" in text


def test_moderators_look_and_do_not_send(browse, moderator, admin, new_member, issue):
    text = browse(moderator).get(page(issue)).text
    assert "Administrators can send it." in text
    assert "Send to 3 people" not in text
    token = browse(admin).token(page(issue))
    assert browse(moderator).post(page(issue), data={"_token": token, "when": "now"}).status_code == 403
    assert browse(new_member(Role.CITIZEN)).get(page(issue)).status_code == 403


def test_foreign_and_missing_issues_answer_alike(browse, admin, issue):
    browser = browse(admin)
    for number in (issue + 1000, 9223372036854775807):
        for more in ("", "/stand"):
            assert browser.get(page(number, more)).status_code == 404


def test_german_speaks_german(browse, admin, issue, change):
    browser = browse(admin)
    assert "Wer bekommt das – und warum?" in browser.get(page(issue).removeprefix("/en")).text
    change(**SENDING)
    assert "0 von 3 erledigt" in browser.get(page(issue).removeprefix("/en")).text


def test_afterwards_it_says_in_words_what_sending_came_to(browse, admin, issue, change, deliveries):
    change(**SENDING)
    deliveries(DONE, DONE, {"state": "bounced"})
    change(state=IssueState.SENT, number=7, finished_at=NOW + DAY / 24)
    text = browse(admin).get(page(issue)).text
    assert "3 of 3 handed over" in text
    assert "1 mail came back." in text
    assert 'href="/en/stadtbrief/ausgabe/7/"' in text
    assert f'href="/en/stadtbrief/zahlen/{issue}"' in text
    assert "<progress" not in text


def test_its_living_part_asks_few_questions(browse, admin, issue, change, statements):
    change(**SENDING)
    browser = browse(admin)
    browser.get(page(issue, "/stand"))
    with statements() as asked:
        browser.get(page(issue, "/stand"))
    assert sum("newsletter_" in one for one in asked) == 4
