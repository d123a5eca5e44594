"""The staff page of results: choosing, counting, publishing and taking back, and who may."""

import pytest

from baukasten.plugin.refs import Role
from baukasten.sdk import Invalid
from baukasten_survey.results import publishing
from baukasten_survey.results.models import Freeze, Publication
from baukasten_survey.surveys import lookup
from tests.survey.conftest import definition, open_survey, options, page, question

BASE = "/umfrage/auswertung/"
ASKED = definition(
    page("p1", *(question(code, "single", options=options("a1", "a2")) for code in ("q1", "q2", "q3"))),
    page("p2", question("q4", "long")),
)
TEXTS = {"headline": "So ist es.", "lead": "Kurz gesagt.", "steps": "Januar: schauen\n\nMärz: bauen"}


@pytest.fixture
def module(database, town):
    return open_survey(database, town, ASKED, state="closed", anonymity="named")


@pytest.fixture
def desk(browse, moderator, module):
    return browse(moderator)


def send(desk, where="", **values):
    return desk.post(BASE + where, data={"_token": desk.token(BASE), **values})


def stored(session):
    session.rollback()
    return session.query(Publication).one()


def test_results_are_chosen_counted_published_and_taken_back(desk, module, fill, mailbox, session, client):
    fill(module, [{"q1": "a1", "q2": "a2", "q4": "weil"}] * 60)
    chosen = {"shown.q4": "1", "shown.q1": "1", "place.q4": "2", "place.q1": "1", "title.q1": "Alle sagen a1"}
    assert send(desk, **TEXTS, **chosen, **{"row.0": "q1", "column.0": "q2"}).location == f"{BASE}?done=saved"
    assert send(desk, "zaehlen").location == f"{BASE}?done=counting"
    mailbox.worker.run_pending()
    assert session.query(Freeze).one().people == 60
    shown = desk.get(BASE).text
    assert "Nicht veröffentlicht" in shown
    assert shown.index("Alle sagen a1") > 0
    assert "So ist es." in desk.get(f"{BASE}vorschau").text
    assert "So ist es." not in client.get("/umfrage/ergebnisse").text
    assert send(desk, "veroeffentlichen").location == f"{BASE}?done=published"
    public = client.get("/umfrage/ergebnisse").text
    assert (
        public.index("Alle sagen a1")
        < public.index("60 haben in eigenen Worten")
        < public.index("März: bauen")
    )
    assert send(desk, "zuruecknehmen").status_code == 303
    assert "So ist es." not in client.get("/umfrage/ergebnisse").text
    kept = stored(session)
    assert (kept.shown, kept.steps) == (
        [["q1", "Alle sagen a1"], ["q4", ""]],
        ["Januar: schauen", "März: bauen"],
    )


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"headline": "x" * 201}, "höchstens 200 Zeichen"),
        ({"lead": "x" * 1001}, "zu lang"),
        ({"steps": "\n".join("abcdefghijklm")}, "zu lang"),
        ({"row.0": "q1", "column.0": "q4"}, "die allen gestellt wurden"),
        ({"row.0": "q1", "column.0": "q1"}, "die allen gestellt wurden"),
        ({"row.0": "q1", "column.0": "\x00"}, "die allen gestellt wurden"),
        (
            {
                "row.0": "q1",
                "column.0": "q2",
                "row.1": "q2",
                "column.1": "q3",
                "row.2": "q3",
                "column.2": "q1",
            },
            "einen Kreis",
        ),
    ],
)
def test_what_cannot_be_kept_is_said_and_stays_typed(desk, values, said):
    answer = send(desk, **{**TEXTS, **values})
    assert (answer.status_code, said in answer.text) == (422, True)
    assert "Januar: schauen" in answer.text or "steps" in values


def test_breakdowns_are_fixed_by_the_first_figures(desk, module, fill, freeze, session, admin):
    fill(module, [{"q1": "a1"}] * 60)
    freeze(module)
    send(desk, **TEXTS, **{"row.0": "q1", "column.0": "q2"})
    assert stored(session).crossings == []
    wanted = publishing.Wanted(crossings=[("q1", "q2")])
    with pytest.raises(Invalid):
        publishing.save(session, admin, lookup.of_module(session, module.id), wanted)


def test_columns_licence_and_population_are_kept(desk, module, session):
    chosen = {"open.q1": "1", "open.q3": "1", "row.0": "q1", "column.0": "q2", "licence": "cc-by/4.0"}
    sizes = {"size.q1.a1": "1.200", "size.q1.a2": "", "size.nothing.a1": "7"}
    assert send(desk, **TEXTS, **chosen, **sizes).status_code == 303
    kept = stored(session)
    assert (kept.open_data, kept.licence, kept.population) == (
        ["q1", "q3"],
        "cc-by/4.0",
        {"q1": {"a1": 1200}},
    )
    shown = desk.get(BASE).text
    assert 'name="size.q1.a1" value="1200"' in shown
    assert 'value="cc-by/4.0" selected' in shown


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"licence": "meine"}, "eine der Lizenzen"),
        ({"size.q1.a1": "viele"}, "als ganze Zahlen"),
        ({"size.q1.a1": "9" * 11}, "als ganze Zahlen"),
        ({"open.q4": "1"}, "die allen gestellt wurden"),
        (
            {
                "open.q1": "1",
                "open.q2": "1",
                "row.0": "q1",
                "column.0": "q3",
                "row.1": "q3",
                "column.1": "q2",
            },
            "einen Kreis",
        ),
    ],
)
def test_open_data_that_cannot_be_kept_is_said(desk, values, said):
    answer = send(desk, **{**TEXTS, **values})
    assert (answer.status_code, said in answer.text) == (422, True)


def test_nothing_is_published_without_figures_and_words(desk, module, fill, freeze):
    assert send(desk, "veroeffentlichen").status_code == 409
    fill(module, [{"q1": "a1"}] * 60)
    assert send(desk, "zaehlen").status_code == 303
    freeze(module)
    assert send(desk, "zaehlen").status_code == 409
    assert send(desk).status_code == 303
    assert send(desk, "veroeffentlichen").status_code == 422


def test_only_who_may_publish_gets_there(browse, new_member, module, client):
    other = browse(new_member(Role.RESIDENT))
    assert (other.get(BASE).status_code, other.get(f"{BASE}vorschau").status_code) == (403, 403)
    for where in ("", "zaehlen", "veroeffentlichen", "zuruecknehmen"):
        assert other.post(BASE + where, data={"_token": "x"}).status_code == 403
