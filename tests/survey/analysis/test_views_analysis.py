"""The page of exact figures: who reads it, what it says, what it costs, what it does with rubbish."""

import random

import pytest

from baukasten.audit.service import entries
from baukasten.plugin.refs import Role
from baukasten_survey.analysis import counting
from tests.survey.analysis.drawing import drawn
from tests.survey.asking.every import EVERY
from tests.survey.conftest import definition, open_survey, options, page, question

BASE = "/umfrage/antworten/auswerten"
FILE = f"{BASE}/zahlen.csv"
ASKED = definition(
    page(
        "p1",
        question("q1", "single", options=options("a1", "a2")),
        question("q2", "yes_no"),
        question("q3", "long"),
    )
)
EVERYTHING = "f=single&a.single=a1&f=number&von.number=1&zeile=single&spalte=yes&neben=nps&auffaellige=ohne"


def take(browser, query=""):
    """Take the file of a selection."""
    return browser.post(FILE + query, data={"_token": browser.token("/konto/adresse")})


@pytest.fixture
def module(database, town, fill):
    placed = open_survey(database, town, ASKED, anonymity="named")
    fill(placed, [{"q1": "a1", "q2": True, "q3": "Geheim"}] * 3 + [{"q1": "a2", "q2": False}] * 2)
    fill(placed, [{"q1": "a2"}], flags=["fast"])
    return placed


@pytest.fixture
def desk(browse, admin, module):
    return browse(admin)


def test_exact_figures_are_shown_in_plain_words(desk):
    text = desk.get(BASE).text
    assert "Das sind genaue Zahlen, auch über einzelne Menschen." in text
    assert "<dt>Gezählte Bögen</dt><dd>6</dd>" in text
    assert "<dt>Auffällig, mitgezählt</dt><dd>1</dd>" in text
    assert "6 gültige Antworten" in text
    assert "3 Personen haben geantwortet." in text
    assert "Geheim" not in text
    assert desk.get("/umfrage/antworten/").text.count(f'href="{BASE}"') == 1
    english = desk.get(f"/en{BASE}").text
    assert "These are exact figures, also of single people." in english


def test_a_selection_stands_in_the_form_and_in_the_address_of_the_file(desk):
    text = desk.get(f"{BASE}?f=q1&a.q1=a2&auffaellige=ohne&zeile=q1&spalte=q2&neben=q1").text
    assert "<dt>Gezählte Bögen</dt><dd>2</dd>" in text
    assert "<dt>Auffällig, weggelassen</dt><dd>1</dd>" in text
    assert 'name="a.q1" value="a2" checked' in text
    assert 'name="a.q1" value="a1">' in text
    assert text.count('<option value="q1" selected>') == 3
    assert (
        f'action="{FILE}?f=q1&amp;a.q1=a2&amp;auffaellige=ohne&amp;neben=q1&amp;zeile=q1&amp;spalte=q2"'
        in text
    )
    assert "Mit und ohne auffällige Bögen" in text
    assert "„Frage q2“ nach „Frage q1“" in text


def test_the_file_holds_what_is_shown_and_stands_in_the_log(desk, session, admin):
    answer = take(desk, "?zeile=q1&spalte=q2")
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/csv; charset=utf-8")
    lines = answer.data.decode("utf-8-sig").replace("\u00a0", " ").split("\r\n")
    assert lines[:3] == ["Antworten;6", "Auswahl;zeile=q1", "Auswahl;spalte=q2"]
    assert "Antwort a1;3 (100 %);0 (0 %);3" in lines
    assert lines[lines.index("q1;Frage q1") :][:5] == [
        "q1;Frage q1",
        "6 gültige Antworten",
        "Antwort;Anteil;Menschen",
        "Antwort a1;50 %;3",
        "Antwort a2;50 %;3",
    ]
    assert "Geheim" not in answer.text
    deed = entries(session)[0]
    assert (deed.action, deed.actor_id, deed.facts) == ("survey.analysis.take", admin.id, {"people": 6})


def test_only_those_who_may_read_responses_see_it(browse, moderator, new_member, client, module):
    for person in (moderator, new_member(Role.RESIDENT)):
        assert (browse(person).get(BASE).status_code, take(browse(person)).status_code) == (403, 403)
    assert client.get(BASE).status_code == 303
    assert client.get(FILE).status_code == 405
    assert browse(moderator).post(BASE).status_code in {400, 403}


def test_another_town_sees_nothing(client_of, other_town, module, new_member, desk):
    assert client_of(other_town).get(BASE).status_code == 404


def test_a_draft_has_no_figures(database, town, browse, admin):
    open_survey(database, town, ASKED, state="draft", anonymity="named")
    text = browse(admin).get(BASE).text
    assert "analysis-form" not in text
    assert take(browse(admin)).status_code == 409


@pytest.mark.parametrize("anonymity", ["pseudonymous", "separated", "blind"])
def test_no_level_offers_a_day_or_a_person(database, town, browse, admin, fill, anonymity):
    module = open_survey(database, town, ASKED, anonymity=anonymity)
    fill(module, [{"q1": "a1"}])
    text = browse(admin).get(f"{BASE}?tag=2035-03-20&member=1&f=q1").text
    form = text[text.index('<form class="panel') : text.index("</form>", text.index('<form class="panel'))]
    names = sorted({part.partition('"')[0] for part in form.split('name="')[1:]})
    assert names == ["a.q1", "auffaellige", "f", "neben", "quelle", "spalte", "zeile"]


@pytest.mark.parametrize(
    "query",
    [
        "f=%00&a.%00=1",
        "f=single&a.single=%00",
        "f=" + "x" * 3000,
        "fassung=9999999999999999999999",
        "fassung=abc&quelle=%FF&auffaellige=1&gewichtet=9",
        "f=number&von.number=1e400&bis.number=-",
        "f=number&von.number=%22%27%3B--",
        "zeile=%00&spalte=single",
        "zeile[]=1&f[]=2&" + "&".join(f"f=q{at}" for at in range(300)),
        "neben=%27%29%20OR%201%3D1",
    ],
)
def test_hostile_addresses_show_the_page(database, town, browse, admin, fill, query):
    module = open_survey(database, town, EVERY, anonymity="named")
    fill(module, [{"single": "a1", "number": 3}])
    assert browse(admin).get(f"{BASE}?{query}").status_code < 500
    assert take(browse(admin), f"?{query}").status_code < 500


def test_odd_answers_of_imports_break_nothing(database, town, browse, admin, fill):
    module = open_survey(database, town, EVERY, anonymity="named")
    codes = [
        question["code"] for page in EVERY["pages"] for one in page["groups"] for question in one["questions"]
    ]
    odd: list[object] = [
        None,
        "",
        "_none",
        "x",
        0,
        -1.5,
        1e14,
        1e40,
        1e300,
        True,
        [],
        {},
        ["x"],
        [1],
        {"r1": "x"},
        {"x": {"y": 1}},
        {"r1": ["c1"]},
    ]
    odd += [{"shapes": 3, "text": None}, {"shapes": [1]}, {"r1": None}, [["a"]], {"r1": {"c1": "x"}}]
    fill(module, [dict.fromkeys(codes, value) for value in odd])
    for query in ("", EVERYTHING):
        answer = browse(admin).get(f"{BASE}?{query}")
        assert answer.status_code == 200


def test_statements_do_not_grow(database, town, browse, admin, fill, statements):
    module = open_survey(database, town, EVERY, anonymity="named")
    desk, draw = browse(admin), random.Random(3)  # noqa: S311 - answers, no secret
    fill(module, [drawn(draw)])
    desk.get(BASE)
    with statements() as few:
        desk.get(f"{BASE}?{EVERYTHING}")
    fill(module, [drawn(draw) for _person in range(80)])
    with statements() as many:
        desk.get(f"{BASE}?{EVERYTHING}")
    assert len(many) == len(few)


def test_the_page_comes_back_by_itself_while_it_is_counted(desk, monkeypatch, mailbox):
    monkeypatch.setattr(counting, "MANY", 3)
    waiting = desk.get(BASE)
    assert (waiting.headers["Refresh"], "Die Zahlen werden gezählt." in waiting.text) == ("4", True)
    assert f'href="{BASE}?auffaellige=ohne">Jetzt' in desk.get(f"{BASE}?auffaellige=ohne").text
    assert take(desk).status_code == 409
    mailbox.worker.run_pending()
    shown = desk.get(BASE)
    assert ("Refresh" in shown.headers, "Stand: " in shown.text) == (False, True)
    assert desk.send(BASE).status_code == 303
    assert "Refresh" in desk.get(BASE).headers
