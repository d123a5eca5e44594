"""The view for the hall: huge, public, and never anything that waits."""

import pytest

from baukasten_chat.questions import service, stage
from baukasten_chat.questions.views_presenter import code

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


def test_rooms_without_questions_have_no_stage(browse, chat):
    assert browse().get(HALL).status_code == 404


@pytest.mark.parametrize(
    "url", ["https://a.example/", "https://kranichsiel.example/beteiligung/alter-torfhafen/live/"]
)
def test_the_code_is_square_and_has_its_three_corners(url):
    found = code(url)
    size, path = found["size"], found["path"]
    assert isinstance(size, int)
    assert isinstance(path, str)
    for corner in ("M2 2h7v1h-7z", f"M{size - 9} 2h7v1h-7z", f"M2 {size - 9}h7v1h-7z"):
        assert corner in path
