"""What is not in view is on none of the ways by which people read: page, changes, search, hall, late entry, rings."""

import pytest
from sqlalchemy import select

from baukasten.moderation import service as moderation
from baukasten.plugin import ContentRef
from baukasten.search.query import find
from baukasten_chat import live
from baukasten_chat.keys import DESK, QUESTION_TYPE, ROOM
from baukasten_chat.messages import history
from baukasten_chat.models import Question
from baukasten_chat.questions import editing, service, stage

PLACE = "/beteiligung/torfhafen/live/"
SECRET = "Kormoranbrutkolonie"
WAYS = (
    "", "?vor=9", "seit/0", "verlauf", "fragen", "fragen?stand=archiv", "fragen?stand=beantwortet", "frage",
    f"frage/aehnlich?text=Warum+steht+die+{SECRET}+nicht+im+Plan", "frage/1", "buehne", "buehne?naechste=1",
)  # fmt: skip


@pytest.fixture
def secret(hour, anna, moderator, let_in):
    """Bring Anna's question, in a session, into a state in which nobody else may read it."""

    def do(session, state):
        row_id = service.ask(session, anna, hour, body=f"Warum steht die {SECRET} nicht im Plan?").id
        session.commit()
        ref = ContentRef(QUESTION_TYPE, row_id)
        if state == "refused":
            moderation.refuse(session, moderator, ref, rule_key="topic", facts="Anderes Verfahren.")
        elif state == "withdrawn":
            editing.withdraw(session, anna, hour, row_id)
        elif state != "waiting":
            let_in(session, row_id)
            if state == "hidden on the stage":
                stage.to_stage(session, moderator, hour, 1)
            moderation.hide(
                session, moderator, ref, rule="Bleiben Sie beim Thema", facts="Anderes Verfahren."
            )
        session.commit()
        return row_id

    return do


@pytest.mark.parametrize("state", ["waiting", "refused", "withdrawn", "hidden", "hidden on the stage"])
def test_nobody_else_reads_it_anywhere(session, browse, evening, hour, ben, secret, room_of, state):
    secret(session, state)
    for reader in (None, ben):
        client = browse(reader)
        found = {way: client.get(PLACE + way) for way in WAYS}
        assert [way for way, answer in found.items() if SECRET in answer.text] == []
        assert {way: answer.status_code for way, answer in found.items() if answer.status_code != 200} == {
            "frage/1": 404
        }
        assert SECRET not in client.get("/suche/?q=Plan").text
    room = room_of(hour)
    assert SECRET not in repr(live.state(session, room.id))
    assert SECRET not in repr(history.since(session, room, 0))
    assert find(session, SECRET).items == []


def test_who_asked_and_who_decides_read_what_waits(session, browse, evening, anna, moderator, secret):
    secret(session, "waiting")
    assert SECRET in browse(anna).get(PLACE).text
    assert SECRET in browse(moderator).get(PLACE + "regie").text
    assert SECRET not in browse(moderator).get(PLACE).text


def test_no_ring_carries_what_waits(told, hour, anna, moderator, secret):
    session, news = told
    row_id = secret(session, "waiting")
    editing.change(session, anna, hour, row_id, f"Und die {SECRET}?")
    editing.reword(session, moderator, hour, row_id, f"Wo ist die {SECRET}?")
    session.commit()
    assert {one.kind for one in news} == {DESK, "member"}
    assert SECRET not in repr(news)


def test_what_leaves_view_is_told_without_its_words(told, secret):
    session, news = told
    secret(session, "hidden on the stage")
    last = [one.data for one in news if one.kind == ROOM][-1]
    assert (SECRET in repr(last), last["questions"][0]["gone"], last["stage"]) == (False, "hidden", None)


def test_who_asked_without_a_name_is_named_nowhere(session, browse, evening, hour, anna, ben, open_question):
    open_question(session, anna, "Bleibt der Nordkai offen?", anonymous=True)
    for way in WAYS:
        assert "Anna Torf" not in browse(ben).get(PLACE + way).text
    assert "Anna Torf" not in browse(ben).get("/suche/?q=Nordkai").text


def test_the_form_that_reports_it_names_nobody_either(
    session, browse, evening, hour, anna, ben, moderator, open_question
):
    open_question(session, anna, "Bleibt der Nordkai offen?", anonymous=True)
    open_question(session, ben, "Wer mäht den Deich?")
    for reader in (None, ben, moderator):
        page = browse(reader).get(f"{PLACE}frage/1/melden", follow_redirects=True).text
        assert ("Nordkai" in page, "Anna Torf" in page, f"core.profile:{anna.id}" in page) == (
            True,
            False,
            False,
        )
    assert "Ben Hafen" in browse().get(f"{PLACE}frage/2/melden", follow_redirects=True).text


def test_another_town_finds_neither_room_nor_question(database, session, other_town, client_of, secret, hour):
    row_id = secret(session, "hidden")
    client = client_of(other_town)
    assert {client.get(PLACE + way).status_code for way in WAYS} == {404}
    with database.session(other_town.id) as elsewhere:
        assert elsewhere.scalar(select(Question.id).where(Question.id == row_id)) is None
