"""The results page and its files: what is published, in words and pictures, and nothing before that."""

import csv
import io

import pytest

from baukasten_survey.results import publishing, standing
from baukasten_survey.results.publishing import Wanted
from baukasten_survey.surveys import lookup
from tests.survey.conftest import definition, open_survey, options, page, question

RESULTS = "/umfrage/ergebnisse"
ASKED = definition(
    page(
        "p1",
        question("ort", "single", options=options("nord", "sued")),
        question("sicher", "scale", style="likert", options=options("nein", "eher", "ja")),
        question("was", "multiple", options=options("licht", "tempo", "platz")),
        question(
            "wege",
            "matrix_single",
            options=options("a1", "a2"),
            rows=[{"code": "r1", "title": {"de": "Kreisel"}}],
        ),
        question("rang", "ranking", options=options("x", "y", "z")),
        question("alter", "number", minimum=0, maximum=80),
        question("warum", "long", relevance='ort == "nord"'),
        question("doppelt", "long", relevance='ort == "nord" and sicher == "ja"'),
    )
)
ONE = {
    "ort": "nord",
    "sicher": "nein",
    "was": ["licht"],
    "wege": {"r1": "a1"},
    "rang": ["y", "x", "z"],
    "alter": 34,
    "warum": "weil",
}
OTHER = {
    "ort": "sued",
    "sicher": "ja",
    "was": ["licht", "tempo"],
    "wege": {"r1": "a2"},
    "rang": ["x", "y", "z"],
    "alter": 12,
}
CODES = ("ort", "sicher", "was", "wege", "rang", "alter", "warum")


@pytest.fixture
def module(database, town):
    return open_survey(database, town, ASKED, state="closed", anonymity="named")


@pytest.fixture
def say(session, admin):
    """Choose what is read, and publish it."""

    def said(module, *shown, published=True, **values):
        survey = lookup.of_module(session, module.id)
        wanted = Wanted(
            "Am Kreisel ist es unsicher.",
            steps=["Januar: Verkehrsschau"],
            shown=[(code, "") for code in shown],
            **values,
        )
        publishing.save(session, admin, survey, wanted)
        if published:
            publishing.publish(session, admin, survey)
        session.commit()

    return said


@pytest.fixture
def results(module, fill, freeze, say):
    say(module, *CODES, published=False, crossings=[("ort", "sicher")])
    fill(module, [ONE] * 40 + [OTHER] * 30)
    assert freeze(module) == 1
    say(module, *CODES, crossings=[("ort", "sicher")])
    return module


def test_before_publication_nothing_is_told(client, module, fill, freeze):
    fill(module, [ONE] * 40)
    freeze(module)
    shown = client.get(RESULTS)
    assert (shown.status_code, "Noch sind keine Ergebnisse" in shown.text) == (200, True)
    assert client.get(f"{RESULTS}/zahlen.csv").status_code == 404
    assert client.get(f"{RESULTS}/zahlen.json").status_code == 404


def test_a_closed_survey_leads_to_results_once_they_are_published(client, module, fill, freeze, say, session):
    fill(module, [ONE] * 40)
    lookup.of_module(session, module.id).state = "closed"
    freeze(module)
    before = client.get("/umfrage/").text
    assert ("Zu den Ergebnissen" in before, "veröffentlicht hier" in before) == (False, True)
    say(module, *CODES)
    after = client.get("/umfrage/").text
    assert (f'href="{RESULTS}"' in after, "veröffentlicht hier" in after) == (True, False)


def test_the_page_tells_what_was_found(client, results):
    text = client.get(RESULTS).text
    for said in (
        "Am Kreisel ist es unsicher.",
        "70 Personen",
        "Kein Abbild der Bevölkerung.",
        "57\xa0% nennen „Antwort nord“",
        "Januar: Verkehrsschau",
        "Über weniger als 5 Personen wird nichts gesagt",
        "30 Personen wurden nicht gefragt",
        "40 haben in eigenen Worten geantwortet",
        "„Frage sicher“ nach „Frage ort“",
        "30 bis unter 40",
    ):
        assert said in text, said
    assert text.count('<svg class="ch') == len(CODES)
    assert "<script" not in text.partition("<main")[2].partition("</main>")[0]


def test_files_hold_the_cells_of_the_page(client, results):
    rows = list(
        csv.DictReader(io.StringIO(client.get(f"{RESULTS}/zahlen.csv").text.lstrip("\ufeff")), delimiter=";")
    )
    told = {(row["question"], row["row"], row["answer"]): row["people"] for row in rows}
    assert told["ort", "", "nord"] == "40"
    assert told["sicher", "Antwort sued", "ja"] == "30"
    assert told["wege", "Kreisel", "a1"] == "40"
    assert told["rang", "", "ranked"] == "70"
    data = client.get(f"{RESULTS}/zahlen.json").json
    assert (data["people"], data["least_cell"]) == (70, 5)
    assert len(data["cells"]) + len(data["figures"]) == len(rows)


def test_a_question_that_two_decide_is_never_counted(session, results):
    found = standing.of_survey(session, lookup.of_module(session, results.id).id)
    assert set(found.tables) == set(CODES)
