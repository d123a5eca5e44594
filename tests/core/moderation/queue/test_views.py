"""The queue's pages: what stands on them, what they ask of the database, what a click does."""

import datetime as dt

import pytest
from sqlalchemy import select

from baukasten import clock
from baukasten.moderation import deciding
from baukasten.moderation.models import Case, Decision, Measure
from baukasten.moderation.queue import claim
from baukasten.moderation.steps import Step
from baukasten.plugin.refs import Role

QUEUE = "/verwaltung/moderation/"
MANY = f"{QUEUE}entscheiden"
SCRIPT = {"Accept": "application/json"}


@pytest.fixture
def desk(client, sign_in, moderator):
    """Give a moderator's browser."""
    sign_in(client, moderator)
    return client


@pytest.fixture
def tjark(new_member):
    return new_member(Role.MODERATOR, name="Tjark")


def asked(app, client, path, statements):
    for _attempt in range(2):
        app.extensions["baukasten"].generations.refresh()
        client.get(path)
    with statements() as seen:
        assert client.get(path).status_code == 200
    return [one.partition("WHERE")[0] for one in seen]


def post(client, path, page=QUEUE, headers=None, **values):
    return client.post(path, data={**values, "_token": client.token(page)}, headers=headers or {})


def closed(session, case_id):
    session.rollback()
    return session.scalar(select(Case.closed_at).where(Case.id == case_id)) is not None


def test_the_number_of_statements_does_not_grow_with_the_queue(app, desk, cases, statements):
    cases(2)
    few = asked(app, desk, QUEUE, statements)
    cases(40, held=False)
    assert asked(app, desk, QUEUE, statements) == few
    assert len(few) <= 6


def test_a_line_shows_text_age_reports_and_holder(desk, session, tjark, cases, hours_ago):
    (case,) = cases(1, held=False, created_at=hours_ago(26), due_at=hours_ago(2), reports=3)
    claim.claim(session, tjark, case)
    session.commit()
    page = desk.get(QUEUE).text
    for words in ("„Satz 0“", "26 Std.", "über der Frist", "3 Meldungen", "Ideen-Forum", "bei Tjark"):
        assert words in page
    assert "Der älteste Vorgang steht oben" in page


def test_the_guess_is_shown_as_a_guess_and_only_where_it_sorts(desk, cases):
    cases(1, guess=0.83, guess_words=["Fenster"])
    assert "Vermutung der Maschine: 83" not in desk.get(QUEUE).text
    page = desk.get(f"{QUEUE}?folge=vermutung").text
    assert "Vermutung der Maschine: 83 % (Fenster)" in page
    assert "Sie kann sich irren und entscheidet nichts." in page


def test_looking_at_the_queue_takes_no_case(desk, session, cases):
    (case,) = cases(1)
    desk.get(QUEUE)
    desk.get(f"{QUEUE}{case}")
    assert session.scalar(select(Case.holder_id).where(Case.id == case)) is None


def test_the_next_case_is_taken_and_opened(desk, session, moderator, cases):
    (case,) = cases(1)
    answer = post(desk, f"{QUEUE}naechster")
    assert (answer.status_code, answer.headers["Location"]) == (303, f"{QUEUE}{case}")
    assert session.scalar(select(Case.holder_id).where(Case.id == case)) == moderator.id


def test_taking_and_giving_back(desk, session, moderator, tjark, cases):
    (case,) = cases(1)
    assert post(desk, f"{QUEUE}{case}/nehmen").headers["Location"] == f"{QUEUE}{case}"
    assert post(desk, f"{QUEUE}{case}/abgeben").headers["Location"] == QUEUE
    claim.claim(session, tjark, case)
    session.commit()
    assert post(desk, f"{QUEUE}{case}/nehmen").status_code == 409
    refused = post(desk, f"{QUEUE}{case}/nehmen", headers=SCRIPT)
    assert (refused.status_code, refused.json) == (409, {"said": "Tjark bearbeitet diesen Vorgang gerade."})
    post(desk, f"{QUEUE}{case}/nehmen", uebernehmen="1")
    session.rollback()
    assert session.scalar(select(Case.holder_id).where(Case.id == case)) == moderator.id


def test_many_are_decided_and_undone_by_forms(desk, session, cases):
    made = cases(3)
    answer = post(desk, MANY, schritt="durchlassen", vorgang=made)
    first = session.scalar(select(Decision.id).order_by(Decision.id).where(Decision.case_id == made[0]))
    assert (answer.status_code, answer.headers["Location"]) == (303, f"{QUEUE}?entschieden={first}")
    page = desk.get(answer.headers["Location"]).text
    assert "3 Vorgänge entschieden" in page
    assert all(closed(session, case) for case in made)
    back = post(desk, f"{QUEUE}entscheidungen/{first}/zurueck", page=answer.headers["Location"])
    assert (back.status_code, back.headers["Location"]) == (303, QUEUE)
    assert not any(closed(session, case) for case in made)


def test_what_was_decided_by_others_is_named(desk, session, tjark, cases):
    free, taken = cases(2)
    deciding.decide(session, tjark, taken, Step(Measure.PUBLISH))
    session.commit()
    answer = post(desk, MANY, schritt="durchlassen", vorgang=[free, taken])
    assert answer.status_code == 200
    assert "1 Vorgang wurde nicht entschieden" in answer.text
    assert "Tjark hat diesen Vorgang schon entschieden" in answer.text
    again = post(desk, MANY, schritt="durchlassen", vorgang=[free, taken])
    assert again.status_code == 409


def test_the_script_is_told_what_happened_and_how_to_undo_it(desk, session, cases):
    (case,) = cases(1)
    answer = post(desk, MANY, headers=SCRIPT, schritt="durchlassen", vorgang=case)
    assert answer.json["said"].startswith("Entschieden: ")
    assert f"/entscheidungen/{answer.json['done']}/zurueck" in answer.json["banner"]
    again = post(desk, MANY, headers=SCRIPT, schritt="durchlassen", vorgang=case)
    assert (again.status_code, again.json["done"], again.json["banner"]) == (409, None, "")


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"schritt": "durchlassen"},
        {"schritt": "x", "vorgang": "1"},
        {"schritt": "durchlassen", "vorgang": ["x", "-1", "9" * 40, "\0"]},
        {"schritt": "durchlassen", "vorgang": [str(n) for n in range(1, 102)]},
        {"schritt": "ausblenden", "vorgang": "CASE"},
        {"schritt": "ausblenden", "vorgang": "CASE", "rule": "spam"},
        {"schritt": "ausblenden", "vorgang": "CASE", "facts": "Werbung"},
    ],
)
def test_a_decision_about_many_needs_its_parts(desk, session, cases, values):
    (case,) = cases(1)
    sent = {key: case if value == "CASE" else value for key, value in values.items()}
    assert post(desk, MANY, **sent).status_code == 422
    assert not closed(session, case)


def test_too_late_is_said(desk, session, cases):
    (case,) = cases(1)
    with clock.turned(clock.now()):
        first = post(desk, MANY, schritt="durchlassen", vorgang=case).headers["Location"]
        assert "Rückgängig" in desk.get(first).text
        clock.forward(dt.timedelta(seconds=20))
        page = desk.get(first).text
        assert ("Entschieden: " in page, "Rückgängig" in page) == (True, False)
        late = post(desk, f"{QUEUE}entscheidungen/{first.split('=')[1]}/zurueck")
        assert late.status_code == 409
    assert closed(session, case)


@pytest.mark.parametrize(
    "address",
    [
        "?nach=1-1&folge=neu",
        "?verfahren=9",
        "?stand=erledigt",
        "?entschieden=9",
        "?entschieden=%00",
        "?nach=%00",
    ],
)
def test_strange_addresses_show_a_page(desk, cases, address):
    cases(1)
    assert desk.get(QUEUE + address).status_code == 200


@pytest.mark.parametrize(
    "path", ["naechster", "entscheiden", "1/nehmen", "1/abgeben", "entscheidungen/1/zurueck"]
)
def test_verbs_are_for_those_who_moderate(client, sign_in, anna, path):
    sign_in(client, anna)
    assert client.post(QUEUE + path, data={"_token": client.token("/konto/")}).status_code == 403


def test_of_another_town_nothing_can_be_taken_or_undone(desk, session, cases):
    for path in (f"{10**17}/nehmen", f"{10**17}/abgeben", f"entscheidungen/{10**17}/zurueck"):
        assert post(desk, QUEUE + path).status_code == 404
