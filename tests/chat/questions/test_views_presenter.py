"""The view for the hall: huge, public, and never anything that waits."""

from sqlalchemy import delete, select, update

from baukasten_chat.models import Question
from baukasten_chat.questions import service, stage
from tests.chat.conftest import open_chat

ROOM = "/beteiligung/torfhafen/live/"
HALL = ROOM + "buehne"


def page_of(answer):
    assert answer.status_code == 200, answer.text
    return answer.text


def test_an_empty_stage_says_how_to_ask(browse, evening, hour):
    page = page_of(browse().get(HALL))
    assert 'data-stage=""' in page
    assert "torfhafen/live</p>" in page


def test_the_stage_without_names_of_who_wants_none_and_nothing_that_waits(
    session, browse, evening, hour, moderator, anna, new_member, open_question
):
    number = open_question(session, anna, "Bleibt der Nordkai <offen>?", anonymous=True)
    for text in ("Wie hoch wird der Deich?", "Wer rechnet das nach?"):
        open_question(session, new_member(), text)
    service.ask(session, new_member(), hour, body="Wo bleibt das Schwimmbad?")
    stage.to_stage(session, moderator, hour, number)
    session.commit()
    page = page_of(browse().get(HALL))
    assert '<h1 dir="auto">Bleibt der Nordkai &lt;offen&gt;?</h1>' in page
    for hidden in ("Anna Torf", "Schwimmbad", "Wie hoch wird der Deich?"):
        assert hidden not in page
    following = page_of(browse(moderator).get(HALL + "?naechste=1"))
    assert ("Wie hoch wird der Deich?" in following, "Schwimmbad" in following) == (True, False)


def test_what_is_folded_comes_next_on_no_wall_but_counts(
    session, browse, evening, hour, anna, new_member, open_question
):
    folded = open_question(session, anna, "Wer hat das verbockt?")
    following = [open_question(session, new_member(), f"Wie hoch wird Deich {one}?") for one in range(3)]
    row_id = session.scalar(select(Question.id).where(Question.number == folded))
    service.fold(session, row_id)
    session.execute(update(Question).where(Question.id == row_id).values(votes=9))
    session.commit()
    page = page_of(browse().get(HALL + "?naechste=1"))
    assert "verbockt" not in page
    assert [f"Wie hoch wird Deich {one}?" in page for one in range(3)] == [True] * 3
    assert '<p class="hall-by">4 ' in page
    session.execute(delete(Question).where(Question.number.in_(following)))
    session.commit()
    page = page_of(browse().get(HALL + "?naechste=1"))
    assert ("verbockt" in page, '<p class="hall-by">1 ' in page) == (False, True)


def test_what_left_view_takes_no_place_on_the_wall(
    session, browse, evening, hour, anna, new_member, open_question
):
    gone = open_question(session, anna, "Wer hat das verbockt?")
    for one in range(3):
        open_question(session, new_member(), f"Wie hoch wird Deich {one}?")
    row_id = session.scalar(select(Question.id).where(Question.number == gone))
    service.hide(session, row_id)
    for state in ("open", "live"):
        session.execute(update(Question).where(Question.id == row_id).values(votes=9, state=state))
        session.commit()
        page = page_of(browse().get(HALL + "?naechste=1"))
        shown = [f"Wie hoch wird Deich {one}?" in page for one in range(3)]
        assert ("verbockt" in page, shown) == (False, [True] * 3)


def test_the_stage_of_another_room_is_on_its_own_wall(
    session, browse, hour, database, town, moderator, open_question
):
    other = open_chat(database, town, slug="deich", form="questions")
    asked = service.ask(session, moderator, other, body="Was kostet die Brücke?")
    service.publish(session, asked.id)
    stage.to_stage(session, moderator, other, 1)
    session.commit()
    walls = [page_of(browse().get(one)) for one in (HALL, HALL.replace("torfhafen", "deich"))]
    assert ["Brücke" in one for one in walls] == [False, True]


def test_rooms_without_questions_have_no_stage(browse, chat):
    assert browse().get(HALL).status_code == 404
