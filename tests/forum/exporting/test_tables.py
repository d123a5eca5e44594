"""Tables of posts: what is in view, in words and as data, and nothing else."""

import csv
import io
import json

import openpyxl
import pytest

from baukasten.exports import service as exports
from baukasten.plugin.refs import Role
from tests.forum.exporting.conftest import HIDDEN, WORDS


def table(data):
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline=""), delimiter=";"))


def test_posts_for_people(furnished, export):
    rows = table(export("forum.posts", "csv"))
    assert [(row["Nr."], row["Von"], row["Text"]) for row in rows] == [
        ("1", "Anna Torf", "Breite Stufen."),
        ("2", "Ben Hafen", f"'=1+1 ist {WORDS}"),
        ("4", "Anna Torf", rows[2]["Text"]),
    ]
    assert rows[0] | {"Text": ""} == {
        "Beitrag": str(furnished[0].topic_id), "Nr.": "1", "Titel": "Treppe ins Wasser", "Thema": "",
        "Art": rows[0]["Art"], "Ort oder Stelle": "", "Rolle": "Beitrag", "Von": "Anna Torf",
        "Geschrieben": rows[0]["Geschrieben"], "Text": "", "Antwort auf Nr.": "", "Unterstützungen": "0",
        "Stand": "offen", "Eingang": "auf der Seite", "Dateien": "",
    }  # fmt: skip


def test_posts_for_programs(furnished, export, picture):
    topic, first, _bad, _gone = furnished
    entries = [json.loads(line) for line in export("forum.data", "jsonl").splitlines()]
    assert [(one["post_id"], one["number"]) for one in entries][:2] == [
        (topic.post_id, 1),
        (first.post_id, 2),
    ]
    assert [one["number"] for one in entries] == [1, 2, 4]
    assert entries[0]["files"] == ["Kai.webp"]
    assert (entries[0]["markdown"], entries[0]["text"]) == ("Breite **Stufen**.", "Breite Stufen.")
    assert entries[1]["author"] == "Ben Hafen"
    assert {"author_id", "email"}.isdisjoint(entries[0])


@pytest.mark.parametrize(
    ("key", "chosen"),
    [("forum.posts", "csv"), ("forum.data", "jsonl"), ("forum.weighing", "csv"), ("forum.archive", "zip")],
)
def test_nothing_hidden_leaves_the_house(furnished, weighed, conclude, export, key, chosen):
    conclude()
    data = export(key, chosen)
    assert HIDDEN.encode() not in data
    assert b"Kurz not" not in data
    assert (WORDS.encode() in data) == (chosen != "zip")


def test_a_spreadsheet_for_people(furnished, export):
    page = openpyxl.load_workbook(io.BytesIO(export("forum.posts", "xlsx"))).active
    assert page.max_row == 4
    assert (page["J3"].value, page["J3"].data_type) == (f"=1+1 ist {WORDS}", "s")


def test_who_may_take_what(session, forum, furnished, admin, moderator, anna, new_member):
    keys = ["forum.archive", "forum.data", "forum.paper", "forum.posts", "forum.weighing"]
    for member in (admin, moderator, new_member(Role.ADMIN)):
        assert [one.key for one in exports.allowed(session, member, forum)] == keys
    for member in (anna, None):
        assert exports.allowed(session, member, forum) == []


def test_another_town_takes_none_of_it(client_of, sign_in, new_member, other_town, forum, furnished, export):
    export("forum.posts", "csv")
    browser = client_of(other_town)
    sign_in(browser, new_member(Role.ADMIN, where=other_town), other_town)
    assert browser.get(f"/verwaltung/bausteine/{forum.id}/exporte/").status_code == 404
    assert "Ideen-Forum" not in browser.get("/verwaltung/exporte/").text
