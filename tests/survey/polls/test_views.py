"""Polls on the page of a topic and on their own: added, answered, changed, ended, and out of view with their host."""

import re

import pytest
from sqlalchemy import func, select, text

from baukasten.moderation import service as moderation
from baukasten.plugin.refs import ContentRef
from baukasten.sdk import clock
from baukasten.tenants import plugins, settings
from baukasten_forum import service as forum_service
from baukasten_forum.staff import joining, undoing
from baukasten_forum.writing import withdrawing
from baukasten_survey.models import Admission, Response, Survey, Version
from baukasten_survey.polls import counting, service
from baukasten_survey.polls.models import Poll, Results
from baukasten_survey.polls.service import Wanted
from tests.survey.conftest import found_in
from tests.survey.polls.conftest import own, path

HOLZ = "<span>Holz</span>"
FORM = re.compile(r'<form class="form" method="post" action="([^"]*/abstimmung/[0-9]+)".*?</form>', re.DOTALL)
HIDDEN = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)">')


def press(client, address, *choice):
    """Send the form of the first poll on a page, as a browser does."""
    form = FORM.search(client.get(address).text)
    assert form is not None
    hidden = dict(HIDDEN.findall(form[0]))
    return client.post(form[1], data={**hidden, "choice": list(choice)})


@pytest.fixture
def crowd(session, new_member):
    """Let so many people vote for each option."""

    def vote(number, *amounts):
        for at, amount in enumerate(amounts, 1):
            for _ in range(amount):
                service.vote(session, new_member(), number, [f"a{at}"])
        session.commit()

    return vote


def test_the_author_adds_a_poll_and_it_stands_under_the_topic(browse, anna, ben, topic):
    client = browse(anna)
    page = client.get(path(topic)).text
    link = found_in(page, r'href="(/survey/abstimmung/neu/[^"]+)"')
    assert "Abstimmung hinzufügen" in page
    sent = client.send(
        link, question="Welche Treppe?", options="Holz\r\nStein\r\n", kind="single", results="voted"
    )
    assert sent.status_code == 303
    assert sent.location.startswith(path(topic))
    shown = client.get(path(topic)).text
    assert "Welche Treppe?" in shown
    assert shown.count(HOLZ) == 1
    assert "/abstimmung/neu/" not in browse(ben).get(path(topic)).text


def test_what_is_wrong_comes_back_with_all_that_was_typed(browse, anna, topic):
    client = browse(anna)
    link = f"/survey/abstimmung/neu/forum.post:{topic.post_id}"
    for options in ("Holz", "Holz\nholz", "\n".join(map(str, range(21))), f"Holz\n{'x' * 121}"):
        answer = client.send(link, question="Welche?", options=options, kind="single", results="voted")
        assert answer.status_code == 422
        assert 'value="Welche?"' in answer.text
    for wrong in ("9999-12-31", "0001-01-01", "2020-01-01", "nie"):
        answer = client.send(
            link, question="Welche?", options="a\nb", kind="single", results="voted", closes_on=wrong
        )
        assert answer.status_code == 422, wrong
    assert client.send(link, question="", options="a\nb", kind="x", results="y").status_code == 422


def test_others_and_late_authors_cannot_add(browse, session, anna, ben, moderator, topic):
    link = f"/survey/abstimmung/neu/forum.post:{topic.post_id}"
    missing = browse(ben).get(f"/survey/abstimmung/neu/forum.post:{topic.post_id + 10**6}")
    assert browse(ben).get(link).status_code == missing.status_code == 404
    assert browse(moderator).get(link).status_code == 200
    session.execute(text("UPDATE forum_post SET created_at = created_at - interval '2 hours'"))
    session.commit()
    assert browse(anna).get(link).status_code == 404
    assert "/abstimmung/neu/" not in browse(anna).get(path(topic)).text
    for strange in (
        "forum.wording:1",
        "nichts:1",
        f"forum.post:{2**63}",
        "survey.poll:1",
        "forum.post:0",
        "x",
        "forum.post:²",
    ):
        assert browse(anna).get(f"/survey/abstimmung/neu/{strange}").status_code == 404, strange
    assert browse().get(link).status_code in (302, 303)


def test_a_member_votes_on_the_page_of_the_topic_and_once(browse, session, add, ben, topic):
    number, client = add(), browse(ben)
    sent = press(client, path(topic), "a2")
    assert (sent.status_code, sent.location) == (303, f"{path(topic)}#abstimmung-{number}")
    page = client.get(path(topic)).text
    assert "Sie haben abgestimmt" in page
    assert "sobald 50 Personen abgestimmt haben" in page
    assert "1 Person hat abgestimmt" in page
    assert HOLZ not in page
    token = client.token(path(topic))
    assert client.post(own(number), data={"_token": token, "choice": "a1"}).status_code == 409
    assert session.scalar(text("SELECT count(*) FROM survey_response")) == 1


def test_without_a_choice_the_polls_own_page_says_so(browse, add, ben, topic):
    number = add()
    for choice in ((), ("a9",), ("a1", "a2")):
        answer = press(browse(ben), path(topic), *choice)
        assert answer.status_code == 422
        assert "Bitte wählen Sie" in answer.text
    assert browse(ben).get(own(number)).status_code == 200
    assert browse(ben).post(own(number), data={"choice": "a1"}).status_code in (400, 403)


def test_results_come_in_steps_and_only_after_voting(read, session, add, browse, ben, anna, topic):
    number = add()
    fill(session, number, 30, 19)
    press(browse(ben), path(topic), "a1")
    assert "Stimmen ·" not in read(ben)
    counting.count_all(session)
    page = squeezed(read(ben))
    assert ("31 Stimmen · 62 %" in page, "19 Stimmen · 38 %" in page) == (True, True)
    assert ("50 Personen haben abgestimmt" in page, "Gezählt" in page) == (True, False)
    for reader in (anna, None):
        assert "Stimmen ·" not in read(reader)
    # Of who comes next nothing is told, except that they came.
    fill(session, number, 0, 1)
    counting.count_all(session)
    page = squeezed(read(ben))
    assert ("19 Stimmen · 38 %" in page, "51 Personen haben abgestimmt" in page) == (True, True)
    assert "Gezählt: die ersten 50 Stimmen" in page


def fill(session, number, *amounts):
    """Put so many votes for each option where votes lie; nobody is asked who gave them."""
    survey_id = session.scalar(select(Poll.survey_id).where(Poll.id == number))
    for at, amount in enumerate(amounts, 1):
        answers = {
            "survey_id": survey_id,
            "version": 1,
            "day": clock.now().date(),
            "answers": {"q1": f"a{at}"},
        }
        session.add_all(Response(**answers) for _ in range(amount))
    session.commit()


def squeezed(page):
    return re.sub(r"\s+", " ", page)


def test_results_of_some_polls_wait_for_the_end(browse, session, add, crowd, anna, ben, topic):
    number = add(Wanted("Wann?", ["Heute", "Morgen"], results=Results.END))
    crowd(number, 6)
    client = browse(ben)
    token = client.token(path(topic))
    press(client, path(topic), "a2")
    assert "am Ende" in client.get(path(topic)).text
    author = browse(anna)
    assert (
        author.post(f"{own(number)}/beenden", data={"_token": author.token(own(number))}).status_code == 303
    )
    for reader in (browse(), client):
        page = reader.get(path(topic)).text
        assert ("7 Personen haben abgestimmt" in page, "zu wenige" in page, "Stimmen ·" in page) == (
            True,
            True,
            False,
        )
    assert "7 Personen" in browse().get(own(number)).text
    assert client.post(own(number), data={"_token": token, "choice": "a1"}).status_code == 403


def test_a_vote_may_be_changed_where_the_author_lets_it(browse, session, add, ben, topic):
    number, client = add(Wanted("Welche?", ["Holz", "Stein"], multiple=True, changeable=True)), browse(ben)
    press(client, path(topic), "a1", "a2")
    assert f'href="{own(number)}?aendern=1"' in client.get(path(topic)).text
    assert press(client, f"{own(number)}?aendern=1", "a2").status_code == 303
    assert session.scalars(text("SELECT answers ->> 'q1' FROM survey_response")).all() == ['["a2"]']


def test_guests_vote_only_where_town_and_author_let_them(browse, session, database, town, add, anna, topic):
    closed, open_ = add(), add(Wanted("Frei?", ["Ja", "Nein"], guests=True))
    guest = browse()
    assert own(open_) in guest.get(path(topic)).text
    assert "Anmelden" in guest.get(own(open_)).text
    assert FORM.search(guest.get(own(open_)).text) is None
    with database.session(town.id) as own_session:
        settings.write(own_session, "survey.polls", {"guests": True})
        own_session.commit()
    token = guest.token(own(open_))
    assert press(guest, own(open_), "a1").status_code == 303
    assert "Sie haben abgestimmt" in guest.get(own(open_)).text
    assert press(browse(), own(open_), "a2").status_code == 303
    assert session.scalar(text("SELECT count(*) FROM survey_response")) == 2
    assert "Anmelden" in guest.get(own(closed)).text
    refused = guest.post(own(closed), data={"_token": token, "choice": "a1"})
    assert (refused.status_code, "/anmelden" in refused.location) == (303, True)
    assert session.scalar(text("SELECT count(*) FROM survey_response")) == 2


def test_staff_adds_options_while_nobody_has_voted(browse, session, add, crowd, moderator, anna):
    number, client = add(), browse(moderator)
    more = {"_token": client.token(own(number)), "options": "Stahl"}
    author = browse(anna)
    theirs = {**more, "_token": author.token(own(number))}
    assert author.post(f"{own(number)}/optionen", data=theirs).status_code == 403
    assert client.post(f"{own(number)}/optionen", data=more).status_code == 303
    assert "<span>Stahl</span>" in client.get(own(number)).text
    assert client.post(f"{own(number)}/optionen", data={**more, "options": "stahl"}).status_code == 422
    crowd(number, 0, 0, 0, 1)
    assert client.post(f"{own(number)}/optionen", data={**more, "options": "Glas"}).status_code == 409


def test_a_poll_is_seen_nowhere_while_its_contribution_is_out_of_view(
    browse, read, session, add, moderator, anna, ben, ref
):
    number, reader = add(), browse(ben)
    for one in (None, ben):
        assert "Welche Treppe?" in read(one)
        assert browse(one).get(own(number)).status_code == 200
    token = reader.token(own(number))
    moderation.hide(session, moderator, ref, rule="Regel", facts="X")
    session.commit()
    for one in (None, ben, anna):
        assert "Welche Treppe?" not in read(one)
        assert same(browse(one).get(own(number))) == same(browse(one).get(own(10**6)))
    assert reader.post(own(number), data={"_token": token, "choice": "a1"}).status_code == 404
    moderation.restore(session, moderator, ref, facts="doch")
    session.commit()
    assert "Welche Treppe?" in read()


def same(answer):
    """What an answer says, without the number that was asked for and what is drawn by lot."""
    assert answer.status_code == 404
    return re.sub(r"/abstimmung/\d+|[0-9a-f-]{16,}", "", answer.text)


def test_a_held_poll_is_seen_by_its_author_alone(browse, read, session, town, add, anna, ben, moderator):
    known = settings.read(session, "moderation.screening")
    settings.write(session, "moderation.screening", {**known, "words_held": "Holz"})
    session.commit()
    number = add()
    assert "wird geprüft" in read(anna)
    assert "Welche Treppe?" not in read(ben)
    assert browse(ben).get(own(number)).status_code == 404
    moderation.publish(session, moderator, ContentRef("survey.poll", number))
    session.commit()
    assert HOLZ in read(ben)


def test_withdrawing_the_contribution_deletes_poll_and_votes(session, forum, add, crowd, anna, topic):
    crowd(add(), 2)
    withdrawing.withdraw(session, anna, forum, topic.topic_id, 1)
    session.commit()
    for model in (Survey, Poll, Response, Admission, Version):
        assert session.scalar(select(func.count()).select_from(model)) == 0, model


def test_polls_go_with_their_posts_when_topics_are_joined_and_put_back(
    browse, read, session, forum, add, anna, moderator, topic
):
    add()
    other = forum_service.open_topic(session, anna, forum, title="Anderes", body="Text.")
    session.commit()
    add(Wanted("Zweite?", ["Ja", "Nein"]), at=ContentRef("forum.post", other.post_id))
    merged = joining.merge(session, moderator, forum, topic.topic_id, other.topic_id)
    session.commit()
    for reader in (None, moderator):
        page = read(reader, other)
        assert page.index("Zweite?") < page.index("Welche Treppe?")
    assert press(browse(moderator), path(other), "a1").status_code == 303
    undoing.undo(session, moderator, forum, merged)
    session.commit()
    assert "Welche Treppe?" in read(anna)
    assert "Welche Treppe?" not in read(anna, other)


def test_a_split_leaves_the_poll_with_its_post(browse, session, forum, add, anna, ben, moderator, topic):
    forum_service.reply(session, ben, forum, topic.topic_id, body="Antwort.")
    session.commit()
    add()
    number, _operation = joining.split(session, moderator, forum, topic.topic_id, [2], title="Neues")
    session.commit()
    assert "Welche Treppe?" in browse(ben).get(path(topic)).text
    fresh = browse(ben).get(f"/beteiligung/torfhafen/forum/{number}", follow_redirects=True)
    assert "Welche Treppe?" not in fresh.text


def test_a_topic_costs_one_statement_more_with_its_polls(browse, read, add, ben, topic, statements):
    client = browse(ben)

    def cost():
        read(ben)
        client.get(path(topic))
        with statements() as asked:
            client.get(f"{path(topic)}?x=1")
        return len(asked)

    before = cost()
    add()
    add(Wanted("Zweite?", ["Ja", "Nein"]))
    assert cost() == before + 1


def test_nothing_stands_there_where_the_town_has_no_surveys(browse, read, session, town, add, anna):
    number = add()
    plugins.switch_off(session, town, "survey")
    session.commit()
    page = read(anna)
    assert "Welche Treppe?" not in page
    assert "/survey/" not in page
    assert browse(anna).get(own(number)).status_code == 404
