"""The page of numbers is for everybody, as a page and as a table."""

import csv
import io

import pytest

from baukasten.moderation import service
from baukasten.moderation.openness import views
from baukasten.moderation.reporting import service as reports
from baukasten.plugin.refs import ContentRef
from baukasten.web import i18n

WHY = {"rule": "=Regel 3", "facts": "Greift eine Person an"}


@pytest.fixture
def decided(session, topic, moderator):
    ref = ContentRef("forum.post", topic.post_id)
    reports.file(session, None, service.find(session, ref), reason="spam", explanation="so")
    service.hide(session, moderator, ref, **WHY)
    session.commit()


def test_an_empty_town_says_so(client):
    answer = client.get("/transparenz")
    assert answer.status_code == 200
    assert "nichts gemeldet" in answer.get_data(as_text=True)


def test_a_guest_reads_what_was_decided(client, decided):
    page = client.get("/transparenz").get_data(as_text=True)
    for words in ("Was gemeldet wurde", "Was entschieden wurde", "=Regel 3"):
        assert words in page
    assert "Greift eine Person an" not in page


def test_the_table_has_the_same_numbers_and_no_formula(client, decided):
    answer = client.get("/transparenz.csv")
    assert answer.mimetype == "text/csv"
    rows = list(csv.reader(io.StringIO(answer.get_data(as_text=True).removeprefix("\ufeff")), delimiter=";"))
    assert rows[0] == ["Zeitraum", "Art", "Was", "Anzahl"]
    year = [row[1:] for row in rows[1:] if "-" not in row[0]]
    assert ["reports", "all", "1"] in year
    assert ["decisions", "hide", "1"] in year
    assert ["rules", "'=Regel 3", "1"] in year


@pytest.mark.parametrize("asked", ["1999", "2026-9", "x", "", "2026-1'--"])
def test_a_period_that_is_not_offered_is_not_found(client, asked):
    assert client.get("/transparenz", query_string={"zeitraum": asked}).status_code == 404


@pytest.mark.parametrize(
    ("hours", "words"),
    [(None, ""), (0.001, "1 minutes"), (0.5, "30 minutes"), (30, "30 hours"), (100, "4 days")],
)
def test_a_duration_is_said_as_people_say_it(hours, words):
    with i18n.speaking(i18n.translator("en")):
        assert views.duration(hours) == words
