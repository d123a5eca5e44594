"""Whatever is sent to the pages of questions, they answer with a refusal and never break."""

import pytest

from baukasten_chat.questions import service

ROOM = "/beteiligung/torfhafen/live/"
BIG = "9" * 30
ODD = ("", "\0", "\ud83d", BIG, "-1", "1e9", "NaN", "\u202e", "<script>", "W" * 5_000, "a\r\nX: y")


@pytest.fixture
def row_id(session, hour, moderator):
    """A question in view."""
    asked = service.ask(session, moderator, hour, body="Bleibt der Nordkai offen?")
    session.commit()
    return asked.id


def test_odd_values_of_people(browse, evening, row_id, anna):
    client = browse(anna)
    token = client.token(ROOM)
    for odd in ODD:
        for path, data in (
            ("frage", {"body": odd, "nonce": odd, "sure": odd, "anonymous": odd}),
            ("frage/1/stimme", {"on": odd, "zu": odd, "folge": odd, "stand": odd, "nach": odd}),
            (f"frage/{row_id}/aendern", {"body": odd}),
        ):
            values = {key: value.encode("utf-8", "replace") for key, value in data.items()}
            answer = client.post(ROOM + path, data={"_token": token, **values})
            assert answer.status_code < 500, (path, odd, answer.status_code)


def test_odd_values_of_staff(browse, evening, row_id, moderator):
    client = browse(moderator)
    token = client.token(ROOM)
    for odd in ODD:
        for step, data in (
            ("ablehnen", {"rule": odd, "facts": odd}),
            ("zusammenfuehren", {"into": odd}),
            ("beantwortet", {"by": odd, "minute": odd, "answer": odd}),
            ("bearbeiten", {"body": odd, "seen": odd}),
            ("buehne", {"fertig": odd}),
        ):
            values = {key: value.encode("utf-8", "replace") for key, value in data.items()}
            answer = client.post(f"{ROOM}regie/{row_id}/{step}", data={"_token": token, **values})
            assert answer.status_code < 500, (step, odd, answer.status_code)


@pytest.mark.parametrize(
    "query",
    ["stand=%00", "folge=%00", "nach=%00", "nach=1-%00", f"nach={BIG}-{BIG}", "text=%00", "naechste=%00"],
)
@pytest.mark.parametrize("path", ["", "fragen", "frage/aehnlich", "buehne"])
def test_odd_addresses(browse, evening, row_id, path, query):
    assert browse().get(f"{ROOM}{path}?{query}").status_code < 500


def test_scripts_in_words_stay_words(browse, evening, session, hour, moderator):
    service.ask(
        session, moderator, hour, body="Wer war das? <script>alert(1)</script> [x](javascript:alert(1))"
    )
    session.commit()
    for path in ("", "fragen", "frage/1", "buehne", "regie"):
        page = browse(moderator).get(ROOM + path).text
        assert ("<script>alert" in page, 'href="javascript' in page) == (False, False)
