"""Whatever a screening refuses, the text comes back with the reason; whatever it holds, the author reads why."""

from typing import Any

import pytest
from sqlalchemy import select

from baukasten.tenants import settings
from baukasten_forum import service
from baukasten_forum.models import Post
from tests.forum.conftest import hidden_fields
from tests.forum.writing.test_views import LIST, path, saved, text_of, typed

LONG = "Am alten Hafen fehlt eine breite Treppe, die bis hinunter an das Wasser führt."


@pytest.fixture
def wish(session):
    def do(**values):
        settings.write(session, "moderation.screening", values)
        session.commit()

    return do


REFUSED: dict[str, tuple[dict[str, Any], str, str]] = {
    "size": ({"most_characters": 200}, "x" * 201, "höchstens 200 Zeichen"),
    "words": ({"words_refused": "Kahn"}, "Kauft diesen Kahn", "„Kahn“"),
    "duplicate": ({}, LONG, "schon geschickt"),
    "rate": ({"per_ten_minutes": 1}, "Noch einer", "Weiter geht es um"),
    "day": ({"per_day": 1}, "Noch einer", "Weiter geht es ab"),
    "gap": ({"newcomer_gap": 60}, "Noch einer", "Weiter geht es um"),
}


@pytest.mark.parametrize("code", REFUSED)
def test_a_refused_text_comes_back_and_is_kept(wish, browse, session, forum, topic, ben, code):
    wishes, body, said = REFUSED[code]
    wish(**wishes)
    service.reply(session, ben, forum, topic.topic_id, body=LONG[:150])
    session.commit()
    client = browse(ben)
    for page, values in ((path(topic), {}), (f"{LIST}neu", {"title": "Ein Titel"})):
        fields = hidden_fields(text_of(client.get(page)))
        came = text_of(client.post(page, data={**fields, **values, "body": body}), 422)
        assert typed(came) == body
        assert said in came
        assert "Ihre anderen Angaben sind noch da." in came
    assert sorted(saved(session)) == [("new", "Ein Titel", body), (f"reply:{topic.topic_id}", "", body)]
    assert len(session.scalars(select(Post.id)).all()) == 2


HELD: dict[str, tuple[dict[str, Any], dict[str, str], str]] = {
    "words": ({"words_held": "Kahn"}, {"body": "Ein Kahn"}, "Wegen eines Wortes"),
    "links": ({"newcomer_links": 0}, {"body": "https://a.example"}, "Neue Mitglieder"),
    "first": ({"look_first": 1}, {"body": "Erster"}, "Die ersten Beiträge"),
    "trap": (
        {},
        {"body": "Guter Rat", "homepage": "https://a.example"},
        "Ein Feld, das Menschen nicht sehen",
    ),
    "unusual": ({"least_seconds": 60}, {"body": "Schnell"}, "ungewöhnlich schnell"),
}


@pytest.mark.parametrize("code", HELD)
def test_a_held_text_is_with_its_author_who_reads_why(wish, browse, session, forum, topic, ben, code):
    wishes, values, said = HELD[code]
    wish(**wishes)
    client = browse(ben)
    fields = hidden_fields(text_of(client.get(path(topic))))
    answer = client.post(path(topic), data={**fields, **values})
    assert (answer.status_code, "#held-" in answer.headers["Location"]) == (303, True)
    own = text_of(client.get(answer.headers["Location"].partition("#")[0]))
    assert said in own
    assert values["body"] not in text_of(browse().get(path(topic)))
