"""The page of measures against a person: who may do what, and what the person's history shows."""

import datetime as dt
import html

import pytest
from sqlalchemy import select

from baukasten import clock
from baukasten.access import members
from baukasten.moderation.models import Decision, Measure
from baukasten.moderation.people.standing import judge
from baukasten.moderation.steps import Step
from baukasten.plugin.refs import Role, Standing
from baukasten.tenants import settings

DESK = "/verwaltung/mitglieder/"
NOON = dt.datetime(2026, 5, 3, 12, 0, tzinfo=dt.UTC)
FACTS = "Hat in Beitrag 12 einen Nachbarn beleidigt."


@pytest.fixture(autouse=True)
def noon():
    with clock.turned(NOON):
        yield


@pytest.fixture
def martha(new_member):
    return new_member(name="Martha")


@pytest.fixture
def signed(client_of, town, sign_in, new_member):
    """Give a browser of somebody with the roles."""

    def do(*roles):
        browser = client_of(town)
        sign_in(browser, new_member(*roles, name=f"Wer {len(roles)}"))
        return browser

    return do


def take(browser, member_id, measure, *, rule="respect", facts=FACTS, until=""):
    path = f"{DESK}{member_id}/stand"
    return browser.send(path, measure=measure, rule=rule, facts=facts, until=until)


def standing_of(database, town, member):
    with database.session(town.id) as session:
        return members.ref(session, member.id).standing


def test_a_measure_names_a_rule_of_the_town_and_stands_in_the_history(signed, database, town, martha):
    browser = signed(Role.MODERATOR)
    answer = take(browser, martha.id, "mute", until="2026-05-05T12:00")
    with database.session(town.id) as session:
        decision = session.scalars(select(Decision)).one()
    assert answer.headers["Location"] == f"{DESK}{martha.id}/stand?entschieden={decision.id}"
    assert (decision.measure, decision.rule_key, decision.rules_version, decision.facts) == (
        "mute",
        "respect",
        0,
        FACTS,
    )
    assert decision.rule == "Keine Beleidigungen, keine Drohungen, kein Hass gegen Gruppen."
    assert decision.until == dt.datetime(2026, 5, 5, 10, 0, tzinfo=dt.UTC)
    assert standing_of(database, town, martha) is Standing.MUTED
    page = browser.get(answer.headers["Location"]).text
    assert page.count(FACTS) == 2
    assert "Stummschalten" in page
    assert f"{DESK}{martha.id}/stand/zurueck" in page


def test_it_can_be_taken_back_for_ten_seconds(signed, database, town, martha):
    browser = signed(Role.ADMIN)
    address = take(browser, martha.id, "suspend").headers["Location"]
    number = address.rpartition("=")[2]
    path = f"{DESK}{martha.id}/stand"
    token = browser.token(path)
    undone = browser.post(f"{path}/zurueck", data={"_token": token, "decision": number})
    assert undone.headers["Location"] == f"{path}?done=saved"
    assert standing_of(database, town, martha) is Standing.ACTIVE
    assert "rückgängig gemacht" in browser.get(path).text
    assert f"{path}/zurueck" not in browser.get(address).text
    later = take(browser, martha.id, "mute").headers["Location"]
    with clock.turned(NOON + dt.timedelta(seconds=20)):
        assert f"{path}/zurueck" not in browser.get(later).text
        data = {"_token": browser.token(path), "decision": later.rpartition("=")[2]}
        assert browser.post(f"{path}/zurueck", data=data).status_code == 409
    for odd in ("", "x", "0", "-1", "9" * 30, "%00"):
        assert browser.post(f"{path}/zurueck", data={"_token": token, "decision": odd}).status_code == 404


@pytest.mark.parametrize(
    ("values", "wrong"),
    [
        ({"rule": ""}, "f-rule"),
        ({"facts": " "}, "f-facts"),
        ({"rule": "nie-gesehen"}, "f-rule"),
        ({"until": ""}, "f-until"),
        ({"until": "2026-05-11T12:00"}, "f-until"),
        ({"until": "2026-05-03T12:00"}, "f-until"),
        ({"measure": "free"}, "f-measure"),
        ({"measure": "hide"}, "f-measure"),
        ({"measure": ""}, "f-measure"),
    ],
)
def test_what_is_not_right_is_shown_beside_what_was_typed(signed, database, town, martha, values, wrong):
    given = {"measure": "mute", "rule": "respect", "facts": FACTS, "until": "2026-05-05T12:00", **values}
    refused = take(signed(Role.MODERATOR), martha.id, given.pop("measure"), **given)
    assert refused.status_code == 422
    assert f'href="#{wrong}"' in refused.text
    assert html.escape(given["facts"]) in refused.text
    assert standing_of(database, town, martha) is Standing.ACTIVE


def test_an_admin_limits_without_end_and_ends_it(signed, database, town, martha):
    browser = signed(Role.ADMIN)
    assert take(browser, martha.id, "suspend").status_code == 303
    assert standing_of(database, town, martha) is Standing.SUSPENDED
    assert take(browser, martha.id, "free", rule="", facts="").status_code == 303
    assert standing_of(database, town, martha) is Standing.ACTIVE


def test_nobody_decides_about_those_above_or_themselves(client, sign_in, new_member, database, town):
    moderator, boss = new_member(Role.MODERATOR), new_member(Role.ADMIN, name="Chefin")
    sign_in(client, moderator)
    for target in (boss, moderator):
        page = client.get(f"{DESK}{target.id}/stand")
        assert page.status_code == 200
        assert 'name="facts"' not in page.text
        values = {"measure": "warn", "rule": "respect", "facts": FACTS, "until": ""}
        token = client.token("/konto/adresse")
        sent = client.post(f"{DESK}{target.id}/stand", data={"_token": token, **values})
        assert sent.status_code == 403
    assert standing_of(database, town, boss) is Standing.ACTIVE


@pytest.mark.parametrize("role", [Role.CITIZEN, Role.RESIDENT])
def test_citizens_judge_nobody(signed, martha, role):
    browser = signed(role)
    assert browser.get(f"{DESK}{martha.id}/stand").status_code == 403
    for act in ("stand", "stand/zurueck"):
        token = browser.token("/konto/adresse")
        assert browser.post(f"{DESK}{martha.id}/{act}", data={"_token": token}).status_code == 403


def test_a_member_of_another_town_answers_like_one_that_never_was(signed, other_town, new_member):
    browser, theirs = signed(Role.ADMIN), new_member(where=other_town, name="Geheim")
    foreign = browser.get(f"{DESK}{theirs.id}/stand")
    never = browser.get(f"{DESK}999999999/stand")
    assert (foreign.status_code, never.status_code) == (404, 404)
    # The bare number may stand anywhere in a page, such as in a drawing.
    shown = foreign.text.replace(f"mitglieder/{theirs.id}", "mitglieder/999999999")
    assert shown.replace(f"mitglieder%2F{theirs.id}", "mitglieder%2F999999999") == never.text


def test_where_two_decide_the_page_says_so(signed, database, town, martha):
    with database.session(town.id) as session:
        settings.write(session, "moderation.desk", {"second_pair": ["mute"]})
        session.commit()
    refused = take(signed(Role.ADMIN), martha.id, "mute")
    assert refused.status_code == 422
    assert standing_of(database, town, martha) is Standing.ACTIVE


def test_the_history_shows_names_of_the_town_and_goes_on(signed, session, martha, new_member):
    moderator = new_member(Role.MODERATOR, name="Mo <b>")
    for number in range(31):
        judge(
            session,
            moderator,
            martha.id,
            Step(Measure.WARN, "Regel", f"Nummer {number:02} am Ufer", rule_key="topic"),
        )
    session.commit()
    browser = signed(Role.MODERATOR)
    page = browser.get(f"{DESK}{martha.id}/stand").text
    assert "Mo &lt;b&gt;" in page
    assert ["Nummer 00 am Ufer" in page, "Nummer 01 am Ufer" in page] == [False, True]
    older = page[page.index("?vor=") :].partition('"')[0]
    assert "Nummer 00 am Ufer" in browser.get(f"{DESK}{martha.id}/stand{older}").text
    for odd in ("x", "-5", "9" * 30):
        assert browser.get(f"{DESK}{martha.id}/stand?vor={odd}").status_code == 200
