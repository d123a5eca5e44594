"""The town's pages and what everybody sees of its answers: on top, in place, in the list, on the board."""

import re

import pytest
from sqlalchemy import text

from baukasten import clock
from baukasten.plugin import Outcome
from baukasten.plugin.refs import Role
from baukasten.web.platform import EXTENSION
from baukasten_forum import listing, service
from baukasten_forum.answers import service as answers
from baukasten_forum.answers.service import Facts
from baukasten_forum.steering import schedule, tools
from tests.forum.conftest import DAY, NOW, first, open_forum

BASE = "/beteiligung/torfhafen/forum"
SENT = {"department": "Bauamt", "outcome": "rejected", "body": "Die Mauer steht unter Schutz. Und mehr."}


@pytest.fixture
def page_url(topic):
    return f"{BASE}/{topic.topic_id}-{topic.slug}"


@pytest.fixture
def answered(session, forum, topic, moderator, noon):
    facts = Facts("Bauamt", Outcome.REJECTED, (NOW + 8 * DAY).date())
    written = answers.answer(session, moderator, forum, (topic.topic_id, 1), body=SENT["body"], facts=facts)
    session.commit()
    return written


def read(client, url):
    answer = client.get(url)
    assert answer.status_code == 200, url
    return answer.get_data(as_text=True)


def test_the_town_answers_on_its_page(browse, topic, page_url, moderator, noon):
    staff = browse(moderator)
    link = f"{BASE}/{topic.topic_id}/stadt-antwort"
    assert f'href="{link}"' in read(staff, page_url)
    preview = staff.send(link, **SENT, preview="1")
    assert preview.status_code == 200
    assert "<p>Die Mauer steht unter Schutz." in preview.get_data(as_text=True)
    answer = staff.send(link, **SENT, due_on="2026-11-30")
    assert (answer.status_code, answer.location) == (303, f"{page_url}#post-2")
    page = read(browse(), page_url)
    assert page.count("post--town") == 2
    assert page.index('id="post-1"') < page.index("oben angeheftet") < page.index('id="post-2"')
    assert "30. November 2026" in page
    assert re.findall(r'class="why">([^<]*)', read(browse(), f"{BASE}/")) == [
        "Grund: Die Mauer steht unter Schutz"
    ]


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"department": " "}, "Wer antwortet"),
        ({"outcome": "merged"}, "Was wird aus dem Beitrag"),
        ({"body": "Nein."}, "warum"),
        ({"due_on": "2001-01-01"}, "Tag"),
        ({"due_on": "gestern"}, "Tag"),
    ],
)
def test_mistakes_come_back_with_the_text(browse, topic, moderator, noon, values, words):
    answer = browse(moderator).send(f"{BASE}/{topic.topic_id}/stadt-antwort", **{**SENT, **values})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert 'id="form-errors"' in page
    assert words in page


def test_the_second_colleague_sees_both(browse, topic, moderator, answered):
    staff = browse(moderator)
    link = f"{BASE}/{topic.topic_id}/stadt-antwort"
    token = staff.token(link)
    answer = staff.post(
        link, data={"_token": token, "to": "1", "seen": "", **SENT, "body": "Doch, das geht gut."}
    )
    page = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert SENT["body"] in page
    assert "Doch, das geht gut." in page
    seen = first(r'name="seen" value="(\d+)"', page)
    again = {"_token": token, "to": "1", "seen": seen, **SENT, "body": "Doch, das geht gut."}
    assert staff.post(link, data=again).status_code == 303


def test_an_answer_is_corrected_and_taken_back(browse, session, topic, page_url, moderator, answered):
    staff = browse(moderator)
    link = f"{BASE}/{topic.topic_id}/2/stadt-antwort"
    page = read(staff, link)
    seen = first(r'name="seen" value="([^"]*)"', page)
    token = staff.token(link)
    wrong = {"_token": token, "seen": seen, "department": "Bauamt", "outcome": "partly", "reason": ""}
    assert staff.post(link, data=wrong).status_code == 422
    right = staff.post(link, data={**wrong, "reason": "Ein Stück geht."})
    assert right.status_code == 303
    late = staff.post(link, data={**wrong, "reason": "Noch einmal.", "outcome": "done"})
    assert late.status_code == 409
    assert "teilweise" in read(browse(), page_url)
    assert "Ein Stück geht." in read(browse(), f"{BASE}/{topic.topic_id}/2/fassungen")
    seen = first(r'name="seen" value="([^"]*)"', read(staff, link))
    back = {"_token": token, "seen": seen, "why": "Falscher Beitrag."}
    assert staff.post(f"{link}/zuruecknehmen", data={**back, "why": " "}).status_code == 422
    assert staff.post(f"{link}/zuruecknehmen", data=back).status_code == 303
    page = read(browse(), page_url)
    assert "post--town" not in page
    assert "Falscher Beitrag." in page
    assert SENT["body"] in read(browse(), f"{BASE}/{topic.topic_id}/2/fassungen").replace("<ins>", "")
    assert staff.get(link).status_code == 404


def test_a_colleague_changes_the_text_after_the_phase(browse, topic, answered, new_member, moderator):
    colleague = new_member(Role.MODERATOR, name="Ole Damm")
    with clock.turned(NOW + 30 * DAY):
        for one in (moderator, colleague):
            page = browse(one).get(f"{BASE}/{topic.topic_id}/2/bearbeiten")
            assert page.status_code == 200


@pytest.mark.parametrize("path", ["{}/stadt-antwort", "{}/2/stadt-antwort", "{}/stadt-antwort?auf=1"])
def test_the_pages_are_for_those_who_answer(browse, topic, answered, anna, moderator, path):
    url = f"{BASE}/{path.format(topic.topic_id)}"
    assert browse(moderator).get(url).status_code == 200
    assert browse(anna).get(url).status_code == 403
    assert browse().get(url).status_code in (302, 303, 401)


@pytest.mark.parametrize(
    "path", ["{}/stadt-antwort?auf=9", "{}/stadt-antwort?auf=x", "{}/1/stadt-antwort", "9/stadt-antwort"]
)
def test_what_is_not_there_is_not_found(browse, topic, moderator, path):
    staff = browse(moderator)
    assert staff.get(f"{BASE}/{path.format(topic.topic_id)}").status_code == 404
    hostile = {"_token": staff.token(f"{BASE}/neu"), "to": "99999999999999999999", "seen": "\x00", **SENT}
    assert staff.post(f"{BASE}/{topic.topic_id}/stadt-antwort", data=hostile).status_code in (404, 422)


def figures(page):
    return re.findall(r"(\d+) von (\d+)", page)


def test_board_list_and_counts_tell_the_same(browse, session, forum, topic, ben, answered, noon):
    with clock.turned(NOW - 3 * DAY):
        service.open_topic(session, ben, forum, title="Bänke am Kai", body="Drei.")
        session.commit()
    board = read(browse(), f"{BASE}/antworten")
    assert figures(board)[0] == ("1", "2")
    assert "seit 3 Tagen" in board
    assert re.findall(r'<th scope="row"><a href="[^"]*">([^<]*)', board) == ["Bänke am Kai"]
    assert figures(read(browse(), f"{BASE}/"))[0] == ("1", "2")
    assert browse().get(f"{BASE}/antworten?kategorie=gibt-es-nicht").status_code == 404
    assert browse().get(f"{BASE}/antworten?nach=1-1x").status_code == 404


def test_days_of_waiting_count_up_at_midnight(noon, browse, forum, topic):
    assert "ist von heute" in read(browse(), f"{BASE}/antworten")
    with clock.turned(NOW + DAY):
        assert "seit 1 Tag" in read(browse(), f"{BASE}/antworten")


def test_what_was_merged_counts_once(browse, session, forum, topic, ben, noon):
    other = service.open_topic(session, ben, forum, title="Stufen", body="Auch.")
    session.execute(
        text("UPDATE forum_topic SET merged_into = :target, outcome = 'merged' WHERE id = :gone"),
        {"target": topic.topic_id, "gone": other.topic_id},
    )
    session.written = True
    session.commit()
    assert figures(read(browse(), f"{BASE}/antworten"))[0] == ("0", "1")


def test_what_the_town_itself_concludes_waits_for_no_answer(browse, session, forum, topic, new_member, noon):
    admin = new_member(Role.ADMIN, name="Ada Amt")
    schedule.conclude(session, admin, forum, title="Ergebnis", body="Die Treppe kommt.")
    session.commit()
    assert figures(read(browse(), f"{BASE}/antworten"))[0] == ("0", "1")


def test_the_pages_ask_little(app, browse, topic, page_url, answered, moderator, statements):
    for member, url in (
        (None, page_url),
        (None, f"{BASE}/antworten"),
        (moderator, page_url),
        (None, f"{BASE}/"),
    ):
        client = browse(member)
        app.extensions[EXTENSION].generations.refresh()
        read(client, url)
        with statements() as asked:
            read(client, f"{url}?x=1")
        assert len(asked) <= 6 + bool(member), (url, asked)


def test_the_towns_own_pinned_notes_wait_for_no_answer(browse, session, forum, topic, moderator, noon):
    note = service.open_topic(session, moderator, forum, title="So geht es weiter", body="Ein Hinweis.")
    session.commit()
    assert "So geht es weiter" in read(browse(), f"{BASE}/antworten")
    for one in (note, topic):
        tools.pin(session, moderator, forum, one.topic_id, pinned=True)
    session.commit()
    counts = listing.counts(session, forum.id)
    assert (counts.topics, counts.unanswered, counts.answerable) == (2, 1, 1)
    page = read(browse(), f"{BASE}/antworten")
    # What the town only put on top still waits for its answer.
    assert ("Treppe ins Wasser" in page, "So geht es weiter" in page) == (True, False)


def test_another_town_knows_nothing_of_it(database, browse, client_of, topic, answered, other_town, noon):
    open_forum(database, other_town)
    stranger = client_of(other_town)
    assert stranger.get(f"{BASE}/{topic.topic_id}/2").status_code == 404
