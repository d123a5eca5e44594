"""What the page and the files of results compute from whole tables: means, groups, squares, weights, open data."""

import csv
import io

import pytest

from baukasten_survey.results import publishing
from baukasten_survey.results.publishing import Wanted
from baukasten_survey.surveys import lookup
from tests.survey.conftest import definition, open_survey, options, page, question

RESULTS = "/umfrage/ergebnisse"
SCALE = [{"code": f"a{at}", "title": {"de": f"Stufe {at}"}, "value": at} for at in (1, 2, 3)]
ASKED = definition(
    page(
        "p1",
        question("ort", "single", options=options("nord", "sued", "west")),
        question("alt", "single", options=options("jung", "alt")),
        question("sicher", "scale", style="likert", options=SCALE),
        question("nps", "scale", style="nps"),
        question("jahre", "slider", minimum=0, maximum=80, step=1),
        question("platz", "map", shapes=["point", "area"]),
    )
)
CODES = ("ort", "alt", "sicher", "nps", "jahre", "platz")
RING = {"type": "Polygon", "coordinates": [[[50, 50], [250, 50], [250, 250], [50, 50]]]}
POINT = {"type": "Point", "coordinates": [55, 60]}
ONE = {
    "ort": "nord",
    "alt": "jung",
    "sicher": "a1",
    "nps": 9,
    "jahre": 34,
    "platz": {"shapes": [RING, POINT], "text": ""},
}
OTHER = {
    **ONE,
    "ort": "sued",
    "alt": "alt",
    "sicher": "a3",
    "nps": 3,
    "jahre": 12,
    "platz": {"shapes": [POINT], "text": ""},
}
WEST = {**OTHER, "ort": "west", "alt": "jung"}
WANTED = Wanted(
    "Befund",
    shown=[(code, "") for code in CODES],
    crossings=[("ort", "sicher"), ("alt", "ort")],
    open_data=["alt", "ort"],
    licence="cc-zero",
    population={"ort": {"nord": 100, "sued": 300, "west": 100}},
)


@pytest.fixture
def results(database, town, session, fill, freeze, admin):
    module = open_survey(database, town, ASKED, state="closed", anonymity="named")
    survey = lookup.of_module(session, module.id)
    publishing.save(session, admin, survey, WANTED)
    fill(module, [ONE] * 40 + [OTHER] * 30 + [WEST] * 10)
    assert freeze(module) == 1
    publishing.publish(session, admin, lookup.of_module(session, module.id))
    session.commit()
    return module


def test_figures_stand_below_each_chart(client, results):
    text = client.get(RESULTS).text
    for said in (
        "Mittelwert 2 · Median 2 · Streuung 1,01",
        "Weiterempfehlung 0 (von −100 bis 100) · 50\xa0% empfehlen es weiter",
        "Die Mitte liegt in „10 bis unter 20“ · Streuung etwa 10 (aus den Klassen)",
        "Die meisten, 80, haben auf das Feld A1 gezeigt.",
        "Die Gruppen unterscheiden sich stark.",
        "Gewichtet nach „Frage ort“: „Stufe 1“ 20\xa0%",
        "Creative Commons CC0 1.0",
    ):
        assert said in text, said


def test_one_group_can_be_looked_at(client, results):
    text = client.get(f"{RESULTS}?nach=ort.sued").text
    assert "Nur wer „Antwort sued“ angegeben hat" in text
    assert "30 Personen haben „Frage ort“ so beantwortet" in text
    assert "100\xa0% nennen „Stufe 3“" in text
    assert text.count("Mittelwert 3 · Median 3 · Streuung 0") == 1
    assert client.get(f"{RESULTS}?nach=").text == client.get(RESULTS).text


@pytest.mark.parametrize(
    "value", ["ort", "ort.", "ort.ost", "sicher.a1", "ort._missing", "x.y", "ort.%00", "." * 99]
)
def test_groups_that_are_not_told_are_not_there(client, results, value):
    assert client.get(f"{RESULTS}?nach={value}").status_code == 404


def test_people_count_once_in_a_square_and_areas_by_their_corners(client, results):
    cells = client.get(f"{RESULTS}/zahlen.json").json["cells"]
    squares = {one["answer"]: one["people"] for one in cells if one["row"] == "Feld"}
    assert squares == {"A1": 80, "C1": 40, "C3": 40}


def test_the_interface_holds_all_figures_of_the_page(client, results):
    data = client.get(f"{RESULTS}/zahlen.json").json
    assert (data["headline"], data["licence"]["name"]) == ("Befund", "cc-zero")
    told = {(one["question"], one["answer"]): (one["value"], one["base"]) for one in data["figures"]}
    assert told["sicher", "mean"] == (2, 80)
    assert told["nps", "nps"] == (0, 80)
    assert told["sicher", "weighted_share:a1"][0] == 0.2
    assert told["sicher", "cramers_v"][0] == 1
    mean, people = told["jahre", "mean"]
    assert people == 80
    assert abs(mean - 23) < 5


def test_the_file_of_single_responses_and_what_stands_in_it(client, results, town):
    table = client.get(f"{RESULTS}/offene-daten.csv").text.lstrip("\ufeff")
    assert list(csv.reader(io.StringIO(table), delimiter=";")) == [
        ["_step", "alt", "ort", "_people"],
        ["1", "alt", "sued", "30"],
        ["1", "jung", "nord", "40"],
        ["1", "jung", "west", "10"],
    ]
    package = client.get(f"{RESULTS}/datapackage.json").json
    assert package["licenses"][0]["name"] == "cc-zero"
    assert package["contributors"] == [{"title": town.name, "role": "publisher"}]
    fields = {one["name"]: one for one in package["resources"][0]["schema"]["fields"]}
    assert list(fields) == ["_step", "alt", "ort", "_people"]
    assert fields["ort"]["categories"] == [
        {"value": "nord", "label": "Antwort nord"},
        {"value": "sued", "label": "Antwort sued"},
        {"value": "west", "label": "Antwort west"},
    ]


def test_columns_that_had_to_go_are_named(database, town, session, fill, freeze, admin, client):
    module = open_survey(database, town, ASKED, state="closed", anonymity="named")
    publishing.save(session, admin, lookup.of_module(session, module.id), WANTED)
    fill(module, [ONE] * 40 + [OTHER] * 30 + [WEST] * 10 + [{**ONE, "alt": "alt"}] * 2)
    freeze(module)
    publishing.publish(session, admin, lookup.of_module(session, module.id))
    session.commit()
    assert "Weggelassen, damit niemand erkennbar wird: „Frage ort“." in client.get(RESULTS).text
    assert (
        client.get(f"{RESULTS}/offene-daten.csv").text.lstrip("\ufeff").splitlines()[0] == "_step;alt;_people"
    )


def test_without_columns_there_is_no_file(database, town, session, fill, freeze, admin, client):
    module = open_survey(database, town, ASKED, state="closed", anonymity="named")
    fill(module, [ONE] * 40)
    freeze(module)
    survey = lookup.of_module(session, module.id)
    publishing.save(session, admin, survey, Wanted("Befund", shown=[("ort", "")]))
    publishing.publish(session, admin, survey)
    session.commit()
    for name in ("offene-daten.csv", "datapackage.json"):
        assert client.get(f"{RESULTS}/{name}").status_code == 404


def test_answers_that_are_no_shape_or_beyond_the_picture_count_nowhere(
    client, database, town, session, fill, freeze, admin
):
    module = open_survey(database, town, ASKED, state="closed", anonymity="named")
    publishing.save(session, admin, lookup.of_module(session, module.id), WANTED)
    away = {"shapes": [{"type": "Point", "coordinates": [2000, -5]}], "text": "dort"}
    fill(module, [{**ONE, "platz": away}] * 30 + [{**ONE, "platz": {"shapes": [], "text": "hier"}}] * 30)
    assert freeze(module) == 1
    publishing.publish(session, admin, lookup.of_module(session, module.id))
    session.commit()
    cells = client.get(f"{RESULTS}/zahlen.json").json["cells"]
    assert not [one for one in cells if one["row"] == "Feld"]


def test_the_page_asks_the_database_alike_for_one_freeze_and_for_many(
    results, client, statements, session, fill, freeze
):
    def asked(address):
        with statements() as found:
            assert client.get(f"{RESULTS}{address}").status_code == 200
        return [one for one in found if "survey" in one]

    once = asked("?a=1")
    for _step in range(3):
        fill(results, [ONE] * 40)
        assert freeze(results) == 1
    assert [len(one) for one in (once, asked("?a=2"), asked("?nach=ort.nord&a=2"))] == [6, 6, 6]
    assert "4 Schritten" in client.get(f"{RESULTS}?a=3").text
