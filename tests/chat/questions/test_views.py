"""Asking, voting and finding questions without any script; forms come back with what was typed."""

import re

import pytest
from sqlalchemy import select

from baukasten.moderation import service as moderation
from baukasten.plugin import ContentRef
from baukasten_chat.keys import QUESTION_TYPE
from baukasten_chat.models import Question
from baukasten_chat.questions import merging, service, stage, voting

ROOM = "/beteiligung/torfhafen/live/"
ASK = ROOM + "frage"
TEXT = "Bleibt der Nordkai während der Bauzeit offen?"


@pytest.fixture
def ask(session, hour, let_in):
    """Let somebody ask and the moderators let it in; gives the question's number."""

    def do(member, body, *, shown=True, **more):
        asked = service.ask(session, member, hour, body=body, **more)
        session.commit()
        if shown and asked.number is None:
            let_in(session, asked.id)
        return session.scalar(select(Question.number).where(Question.id == asked.id)) or asked.id

    return do


def page_of(answer, status=200):
    page = answer.get_data(as_text=True)
    assert answer.status_code == status, page
    return page


def hidden(page, form):
    part = page[page.index(form) :]
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', part))


def numbers(page):
    return [int(number) for number in re.findall(r'id="frage-(\d+)"', page)]


def test_a_guest_reads_questions_and_learns_how_to_ask(browse, evening, ask, anna):
    ask(anna, TEXT)
    page = page_of(browse().get(ROOM))
    assert numbers(page) == [1]
    assert TEXT in page
    assert 'aria-pressed="' not in page
    assert 'href="/konto/anmelden?next=' in page


def test_somebody_asks_and_alone_sees_it_wait(browse, evening, hour, anna, ben):
    client = browse(anna)
    sent = client.post(ASK, data={**hidden(page_of(client.get(ASK)), f'action="{ASK}"'), "body": TEXT})
    assert sent.status_code == 303
    assert re.fullmatch(rf"{ROOM}#eigene-\d+", sent.headers["Location"])
    page = page_of(client.get(ROOM))
    assert (TEXT in page, "wird geprüft" in page, "data-ask " in page) == (True, True, False)
    for reader in (None, ben):
        for path in (ROOM, ROOM + "fragen", ROOM + "seit/0", ROOM + "frage/aehnlich?text=" + TEXT):
            assert TEXT not in page_of(browse(reader).get(path))
        assert browse(reader).get(ROOM + "frage/1").status_code == 404


def test_what_is_too_long_comes_back_as_it_was_typed(browse, evening, hour, anna):
    client = browse(anna)
    values = hidden(page_of(client.get(ASK)), f'action="{ASK}"')
    page = page_of(client.post(ASK, data={**values, "body": "W" * 281}), 422)
    assert "W" * 281 in page


def test_similar_questions_are_shown_before_one_is_asked_twice(browse, evening, ask, session, anna, ben):
    ask(anna, TEXT)
    client = browse(ben)
    values = {
        **hidden(page_of(client.get(ASK)), f'action="{ASK}"'),
        "body": "Bleibt der Nordkai in der Bauzeit offen?",
    }
    page = page_of(client.post(ASK, data=values))
    assert (
        'formaction="/beteiligung/torfhafen/live/frage/1/stimme"' in page,
        'name="sure" value="1"' in page,
    ) == (True, True)
    assert "in der Bauzeit" in page
    assert len(session.scalars(select(Question.id)).all()) == 1
    assert client.post(ASK, data={**values, "sure": "1"}).status_code == 303


def test_scripts_are_told_of_similar_ones(browse, evening, ask, anna):
    ask(anna, TEXT)
    found = (
        browse().get(ROOM + "frage/aehnlich", query_string={"text": "Bleibt der Nordkai offen?"}).get_json()
    )
    assert found["data"] == [
        {"number": 1, "html": TEXT, "votes": 0, "state": "open", "url": ROOM + "frage/1"}
    ]
    short = browse().get(ROOM + "frage/aehnlich", query_string={"text": "Nordkai"}).get_json()
    assert short["data"] == []


def test_what_is_folded_is_like_nothing_anybody_asks(browse, evening, ask, session, anna):
    ask(anna, TEXT)
    service.fold(session, session.scalars(select(Question.id)).one())
    session.commit()
    found = browse().get(ROOM + "frage/aehnlich", query_string={"text": TEXT}).get_json()
    assert found["data"] == []


def test_a_vote_is_one_press_and_another_takes_it_back(browse, evening, ask, anna, ben):
    ask(anna, TEXT)
    client = browse(ben)
    token = client.token(ROOM)
    for on, pressed, votes in (("1", "true", 1), ("1", "true", 1), ("0", "false", 0)):
        sent = client.post(ROOM + "frage/1/stimme", data={"_token": token, "on": on, "zu": "raum"})
        assert (sent.status_code, sent.headers["Location"]) == (303, ROOM + "#frage-1")
        page = page_of(client.get(ROOM))
        assert f'aria-pressed="{pressed}"' in page
        assert f"<b data-votes>{votes}</b>" in page


def test_scripts_vote_and_ask_by_the_same_addresses(browse, evening, ask, anna, ben):
    ask(anna, TEXT)
    client = browse(ben)
    token, wants = client.token(ROOM), {"Accept": "application/json"}
    voted = client.post(ROOM + "frage/1/stimme", data={"_token": token, "on": "1"}, headers=wants)
    assert voted.get_json() == {"ok": True, "data": {"number": 1, "votes": 1, "on": True}}
    asked = client.post(ASK, data={"_token": token, "body": TEXT, "nonce": "n"}, headers=wants).get_json()
    assert (asked["ok"], asked["data"]["number"], asked["data"]["visibility"]) == (True, None, "held")
    again = client.post(ASK, data={"_token": token, "body": TEXT + "!", "nonce": "m"}, headers=wants)
    assert (again.status_code, again.get_json()["code"]) == (409, "conflict")


def test_filters_show_what_became_of_questions(browse, evening, ask, session, hour, moderator, new_member):
    for at in range(4):
        ask(new_member(), f"Was wird aus Steg Nummer {at}?")
    stage.answered(session, moderator, hour, 2, by="Stadtplanung", minute=37, answer="Er **bleibt**.")
    merging.merge(session, moderator, hour, 3, 1)
    stage.archive(session, moderator, hour, [4])
    session.commit()
    shown = {
        state: numbers(page_of(browse().get(f"{ROOM}fragen?stand={state}")))
        for state in ("offen", "beantwortet", "zusammengefuehrt", "archiv", "nichts")
    }
    assert shown == {"offen": [1], "beantwortet": [2], "zusammengefuehrt": [3], "archiv": [4], "nichts": [1]}
    page = page_of(browse().get(ROOM + "frage/2"))
    assert ("Stadtplanung" in page, "<strong>bleibt</strong>" in page, "37" in page) == (True, True, True)
    assert f'href="{ROOM}frage/1"' in page_of(browse().get(ROOM + "frage/3"))


@pytest.mark.parametrize("order", ["stimmen", "aelteste", "erste"])
def test_pages_follow_each_other_without_gap_or_double(browse, evening, hour, session, room_of, order):
    room_id = room_of(hour).id
    session.add_all(
        Question(
            room_id=room_id,
            number=number,
            version=number,
            body=f"Frage {number}",
            body_html=f"Frage {number}",
            visibility="published",
            votes=number % 7,
            first=number % 3 == 0,
        )
        for number in range(1, 76)
    )
    session.commit()
    address, seen = f"{ROOM}fragen?folge={order}", []
    for _page in range(3):
        page = page_of(browse().get(address))
        seen.append(numbers(page))
        more = re.search(r'rel="next" href="([^"]*)"', page)
        address = more[1].replace("&amp;", "&") if more else ""
    assert ([len(one) for one in seen], address) == ([30, 30, 15], "")
    assert sorted(number for one in seen for number in one) == list(range(1, 76))


def test_an_asker_changes_and_withdraws_what_waits(browse, evening, ask, session, anna, ben):
    row_id = ask(anna, TEXT, shown=False)
    client, own = browse(anna), f"{ROOM}frage/{row_id}/"
    assert client.send(own + "aendern", body="Bleibt der Nordkai offen?").status_code == 303
    assert session.scalar(select(Question.body)) == "Bleibt der Nordkai offen?"
    assert browse(ben).get(own + "aendern").status_code == 404
    token = browse(ben).token(ASK)
    assert browse(ben).post(own + "zurueckziehen", data={"_token": token}).status_code in (403, 404)
    taken = client.post(own + "zurueckziehen", data={"_token": client.token(own + "aendern")})
    assert taken.status_code == 303
    session.expire_all()
    row = session.execute(select(Question.body, Question.visibility)).one()
    assert tuple(row) == ("", "withdrawn")


def test_a_refusal_reaches_its_asker_with_the_reason(browse, evening, ask, session, moderator, anna, ben):
    row_id = ask(anna, "Wo bleibt das Schwimmbad?", shown=False)
    ref = ContentRef(QUESTION_TYPE, row_id)
    moderation.refuse(session, moderator, ref, rule_key="topic", facts="Das gehört ins Bäderkonzept.")
    session.commit()
    page = page_of(browse(anna).get(ROOM))
    assert ("Das gehört ins Bäderkonzept." in page, "/konto/entscheidungen/" in page) == (True, True)
    assert "Bäderkonzept" not in page_of(browse(ben).get(ROOM))


@pytest.mark.parametrize(
    "path", ["frage/99", "frage/9223372036854775807", "frage/0", "frage/9223372036854775808"]
)
def test_what_is_not_there_is_not_found(browse, evening, hour, path):
    assert browse().get(ROOM + path).status_code == 404


@pytest.mark.parametrize(
    "query",
    ["nach=1", "nach=1-2-3", "nach=-", "nach=" + "9" * 40, "stand=beantwortet&nach=" + "9" * 18 + "-1"],
)
@pytest.mark.usefixtures("evening")
def test_odd_places_in_an_address_show_the_first_page(browse, ask, hour, session, anna, moderator, query):
    answered = ask(anna, "Wann öffnet das Freibad wieder?")
    stage.to_stage(session, moderator, hour, answered)
    stage.answered(session, moderator, hour, answered)
    session.commit()
    open_one = ask(anna, TEXT)
    view, _and, _place = query.rpartition("&")
    first = _numbers(page_of(browse().get(f"{ROOM}fragen?{view}")))
    assert first == [answered if view else open_one]
    assert _numbers(page_of(browse().get(f"{ROOM}fragen?{query}"))) == first


def _numbers(page):
    return [int(one) for one in re.findall(r'id="frage-(\d+)"', page)]


def test_rooms_without_questions_have_no_such_pages(browse, evening, chat):
    assert [browse().get(ROOM + path).status_code for path in ("fragen", "frage", "frage/1")] == [
        404,
        404,
        404,
    ]


def test_the_page_of_a_room_asks_the_same_number_of_things_however_many_questions(
    browse, evening, hour, session, room_of, statements, anna
):
    room_id, client = room_of(hour).id, browse(anna)

    def asked():
        with statements() as seen:
            client.get(ROOM)
        # What every page remembers is asked anew now and then.
        return sum("chat_question" in one for one in seen)

    few = asked()
    session.add_all(
        Question(room_id=room_id, number=n, version=n, body="x", body_html="x", visibility="published")
        for n in range(1, 60)
    )
    session.commit()
    voting.vote(session, anna, hour, 1, on=True)
    session.commit()
    assert asked() == few
