"""The page of a case: seen whole, decided once, nothing typed is lost."""

import re

import pytest
from sqlalchemy import select

from baukasten.moderation import deciding, service
from baukasten.moderation.deciding import Step
from baukasten.moderation.models import Case, Decision, Measure
from baukasten.plugin.refs import Visibility
from tests.core.moderation.casework.conftest import DESK, WHY


def seen(client, address):
    found = re.search(r'name="seen" value="(\w+)"', client.get(address).text)
    assert found is not None
    return found[1]


def send(client, case_id, **values):
    address = f"{DESK}/{case_id}"
    return client.send(address, **{"person": "", "until": "1", "seen": seen(client, address), **values})


def decisions(session):
    session.rollback()
    return session.scalars(select(Decision).order_by(Decision.id)).all()


def test_a_case_shows_what_is_needed_to_decide_it(desk, case_id, moderator):
    page = desk(moderator).get(f"{DESK}/{case_id}").text
    for words in ("Breite Stufen", "Bitte Zeile 2 lesen", "Anna", "Ausblenden", "Keine Beleidigungen"):
        assert words in page


def test_deciding_leads_on_with_the_way_to_undo(desk, session, case_id, moderator, ref):
    answer = send(desk(moderator), case_id, measure="hide", **WHY)
    (decision,) = decisions(session)
    assert answer.status_code == 303
    assert answer.headers["Location"] == f"{DESK}/?entschieden={decision.id}"
    assert (decision.measure, decision.rule_key, decision.facts) == ("hide", "respect", WHY["facts"])
    assert decision.rule == "Regel 2: Keine Beleidigungen, keine Drohungen, kein Hass gegen Gruppen"
    assert service.find(session, ref).visibility is Visibility.HIDDEN


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"measure": "hide", "facts": "Nur das"}, "rule"),
        ({"measure": "hide", "rule": "respect"}, "facts"),
        ({"measure": "note", **WHY}, "public_text"),
        ({"measure": "explode", **WHY}, "measure"),
        ({"rule": "none such", "measure": "keep", "facts": "Gut so"}, "rule"),
        ({"measure": "keep", "facts": "x" * 4_001}, "facts"),
    ],
)
def test_what_is_missing_is_said_and_what_was_typed_stays(desk, session, case_id, moderator, values, field):
    answer = send(desk(moderator), case_id, **values)
    assert answer.status_code == 422
    assert f'href="#f-{field}"' in answer.text
    assert values.get("facts", "") in answer.text
    assert decisions(session) == []


def test_who_comes_too_late_reads_by_whom_and_keeps_the_words(desk, session, case_id, moderator, second):
    client = desk(moderator)
    mark = seen(client, f"{DESK}/{case_id}")
    token = client.token(f"{DESK}/{case_id}")
    deciding.decide(session, second, case_id, Step(Measure.HIDE, "Regel 1", "Werbung"))
    session.commit()
    sent = {"measure": "hide", "person": "", "until": "1", "seen": mark, "_token": token, **WHY}
    answer = client.post(f"{DESK}/{case_id}", data=sent)
    assert answer.status_code == 409
    assert "Tjark" in answer.text
    assert WHY["facts"] in answer.text
    assert len(decisions(session)) == 1
