"""The page of a case: seen whole, decided once, nothing typed is lost."""

import re

import pytest
from sqlalchemy import delete, select

from baukasten.access import members
from baukasten.moderation import deciding, service
from baukasten.moderation.casework import handing
from baukasten.moderation.models import Case, CaseNote, Decision, Measure, Report
from baukasten.moderation.steps import Step
from baukasten.plugin.refs import Role, Standing, Visibility
from baukasten.tenants import plugins
from baukasten_forum.models import Post
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
    assert decision.rule == "Keine Beleidigungen, keine Drohungen, kein Hass gegen Gruppen."
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


def test_measures_against_text_and_author_come_and_go_together(desk, session, case_id, moderator, anna, ref):
    client = desk(moderator)
    answer = send(client, case_id, measure="hide", person="mute", until="3", **WHY)
    hidden, muted = decisions(session)
    assert answer.headers["Location"] == f"{DESK}/?entschieden={hidden.id}"
    assert (hidden.measure, muted.measure, muted.subject_id, muted.case_id) == (
        "hide",
        "mute",
        anna.id,
        case_id,
    )
    assert members.ref(session, anna.id).standing is Standing.MUTED
    assert round((muted.until - muted.created_at).total_seconds() / 86_400) == 3
    deciding.undo(session, moderator, hidden.id)
    session.commit()
    assert members.ref(session, anna.id).standing is Standing.ACTIVE
    assert service.find(session, ref).visibility is Visibility.PUBLISHED
    assert session.scalars(select(Case.closed_at)).all() == [None]


def test_a_measure_that_is_refused_leaves_everything_as_it_was(desk, session, case_id, moderator, anna, ref):
    with_admin = members.set_roles(session, moderator_above(session, anna), anna.id, [Role.ADMIN])
    session.commit()
    assert with_admin.has(Role.ADMIN)
    answer = send(desk(moderator), case_id, measure="hide", person="suspend", **WHY)
    assert answer.status_code == 409
    assert WHY["facts"] in answer.text
    assert decisions(session) == []
    assert service.find(session, ref).visibility is Visibility.PUBLISHED


def moderator_above(session, anna):
    """Somebody who may give the highest role."""
    account = members.get(session, anna.id).account_id
    assert account is not None
    return members.appoint(session, account, "Leitung", [Role.ADMIN])


def test_a_gentle_step_names_no_rule(desk, session, case_id, moderator):
    send(desk(moderator), case_id, measure="keep", rule="respect", facts="Scharf, aber zur Sache.")
    (decision,) = decisions(session)
    assert (decision.rule, decision.rule_key, decision.facts) == ("", "", "Scharf, aber zur Sache.")


def test_who_writes_meanwhile_is_read_again(desk, session, case_id, moderator, rewrite):
    client = desk(moderator)
    mark = seen(client, f"{DESK}/{case_id}")
    rewrite("Schmale Stufen")
    sent = {"measure": "hide", "person": "", "until": "1", "seen": mark, **WHY}
    answer = client.send(f"{DESK}/{case_id}", **sent)
    assert (answer.status_code, decisions(session)) == (409, [])
    assert "Schmale Stufen" in answer.text
    assert "Fassung zum Zeitpunkt der Meldung" in answer.text
    assert "Breite Stufen" in answer.text
    assert WHY["facts"] in answer.text
    assert (
        client.send(f"{DESK}/{case_id}", **{**sent, "seen": seen(client, f"{DESK}/{case_id}")}).status_code
        == 303
    )


def test_what_a_colleague_holds_is_not_decided(desk, session, case_id, moderator, second):
    handing.hand_over(session, moderator, case_id, second.id)
    session.commit()
    answer = send(desk(moderator), case_id, measure="hide", **WHY)
    assert (answer.status_code, decisions(session)) == (409, [])
    assert "Tjark bearbeitet diesen Vorgang gerade." in answer.text
    assert WHY["facts"] in answer.text


def test_strangers_learn_nothing(client, desk, case_id, anna, stranger):
    assert client.get(f"{DESK}/{case_id}").status_code == 303
    assert desk(anna).get(f"{DESK}/{case_id}").status_code == 403
    foreign, missing = stranger.get(f"{DESK}/{case_id}"), stranger.get(f"{DESK}/99999999")
    assert foreign.status_code == missing.status_code == 404
    assert foreign.text.replace(f"{DESK}/{case_id}", "") == missing.text.replace(f"{DESK}/99999999", "")


def test_an_erased_author_has_no_name_and_can_be_limited_no_more(desk, session, case_id, moderator, anna):
    members.erase(session, anna.id)
    session.commit()
    client = desk(moderator)
    page = client.get(f"{DESK}/{case_id}")
    assert page.status_code == 200
    assert "Niemand mehr" in page.text
    assert "Zusätzlich gegen das Konto" not in page.text
    assert send(client, case_id, measure="hide", **WHY).status_code == 303


def test_a_switched_off_module_is_named(desk, session, town, case_id, moderator):
    plugins.switch_off(session, town, "forum")
    session.commit()
    client = desk(moderator)
    page = client.get(f"{DESK}/{case_id}")
    assert page.status_code == 200
    assert "ausgeschaltet" in page.text
    assert "Breite Stufen" not in page.text
    assert client.send(f"{DESK}/{case_id}", measure="keep").status_code == 409


def test_a_case_about_nothing_can_be_closed(desk, session, case_id, moderator, topic):
    session.execute(delete(Post).where(Post.id == topic.post_id))
    session.commit()
    client = desk(moderator)
    assert "Diesen Beitrag gibt es nicht mehr" in client.get(f"{DESK}/{case_id}").text
    answer = client.send(f"{DESK}/{case_id}", measure="hide", **WHY)
    assert answer.status_code == 409
    assert WHY["facts"] in answer.text
    assert (
        client.post(
            f"{DESK}/{case_id}/schliessen", data={"_token": client.token(f"{DESK}/{case_id}")}
        ).status_code
        == 303
    )
    session.rollback()
    assert session.scalars(select(Report.outcome)).all() == ["void"]
    assert session.scalars(select(Case.closed_at)).one() is not None
    assert "Dieser Vorgang" in client.get(f"{DESK}/{case_id}").text


def test_what_is_there_cannot_be_closed_without_a_decision(desk, session, case_id, moderator):
    client = desk(moderator)
    answer = client.post(f"{DESK}/{case_id}/schliessen", data={"_token": client.token(f"{DESK}/{case_id}")})
    assert answer.status_code == 409
    assert session.scalars(select(Case.closed_at)).all() == [None]


@pytest.mark.parametrize(
    "values",
    [
        {"measure": "\0", "rule": "\0"},
        {"measure": ["hide", "keep"], "facts": "<script>alert(1)</script>\0"},
        {"measure": "keep", "until": "9" * 400, "person": "mute"},
        {"measure": "free", "person": "hide"},
        {"measure": "suspend", **WHY},
        {"reply": "9" * 30, "insert": "1"},
        {"seen": "x" * 5_000, "measure": "keep"},
    ],
)
def test_hostile_forms_are_refused_in_peace(desk, session, case_id, moderator, values):
    client = desk(moderator)
    answer = client.send(f"{DESK}/{case_id}", **values)
    assert answer.status_code in {200, 409, 422}
    assert "<script>alert(1)" not in answer.text
    assert decisions(session) == []


def test_notes_stay_in_the_team(desk, session, client, case_id, moderator, second, topic):
    mine, address = desk(moderator), f"{DESK}/{case_id}"
    token = mine.token(address)
    answer = mine.post(
        f"{address}/notiz", data={"_token": token, "note": "Bitte <b>erst</b> fragen.\nDann sehen."}
    )
    assert (answer.status_code, answer.headers["Location"]) == (303, address)
    assert "Bitte &lt;b&gt;erst&lt;/b&gt; fragen." in desk(second).get(address).text
    assert mine.post(f"{address}/notiz", data={"_token": token, "note": " "}).status_code == 422
    long = mine.post(f"{address}/notiz", data={"_token": token, "note": "y" * 2_001})
    assert long.status_code == 422
    assert "y" * 2_001 in long.text
    session.rollback()
    assert [(one.author_id, one.case_id) for one in session.scalars(select(CaseNote))] == [
        (moderator.id, case_id)
    ]
    assert mine.post(f"{DESK}/99999999/notiz", data={"_token": token, "note": "x"}).status_code == 404


def test_a_page_asks_no_more_with_more_to_show(desk, database, session, case_id, moderator, ref, statements):
    client = desk(moderator)
    client.get(f"{DESK}/{case_id}")
    with statements() as few:
        client.get(f"{DESK}/{case_id}")
    for number in range(4):
        session.add(CaseNote(case_id=case_id, author_id=moderator.id, body=f"Notiz {number}"))
        session.add(Report(case_id=case_id, reason="other", receipt=f"R-{number}", explanation="Noch eine"))
    session.commit()
    with statements() as many:
        client.get(f"{DESK}/{case_id}")
    assert len(many) == len(few)
    assert len(few) <= 32


@pytest.mark.parametrize("number", ["0", "-1", "1%00", "x", "999999999999999999"])
def test_numbers_that_are_none_lead_nowhere(desk, case_id, moderator, number):
    client = desk(moderator)
    token = client.token(f"{DESK}/{case_id}")
    for way in ("", "/notiz", "/weitergeben", "/schliessen", "/bestaetigen", "/ablehnen"):
        answer = client.post(f"{DESK}/{number}{way}", data={"_token": token, "note": "\0x", "colleague": "1"})
        assert answer.status_code == 404
    assert client.get(f"{DESK}/antworten/{number}").status_code == 404
