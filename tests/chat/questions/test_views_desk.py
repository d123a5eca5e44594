"""The desk by plain forms: what waits is let in, refused, merged, staged, answered; and nobody else sees it."""

import re

import pytest
from sqlalchemy import select

from baukasten.audit.models import AuditEntry
from baukasten.moderation.models import Case, Decision
from baukasten_chat.messages import service as talking
from baukasten_chat.models import Message, Question, Wording
from baukasten_chat.questions import service
from tests.chat.conftest import open_chat

ROOM = "/beteiligung/torfhafen/live/"
DESK = ROOM + "regie"
TEXT = "Bleibt der Nordkai während der Bauzeit offen?"


@pytest.fixture
def ask(session, hour, let_in):
    """Let somebody ask; gives the row's id."""

    def do(member, body, *, shown=False, **more):
        asked = service.ask(session, member, hour, body=body, **more)
        session.commit()
        if shown and asked.number is None:
            let_in(session, asked.id)
        return asked.id

    return do


@pytest.fixture
def step(browse, moderator):
    """Takes a step at the desk as a form does; gives the answer."""
    client = browse(moderator)

    def do(what, **values):
        token = client.token(DESK)
        return client.post(f"{DESK}/{what}", data={"_token": token, **values})

    return do


def page_of(answer, status=200):
    page = answer.get_data(as_text=True)
    assert answer.status_code == status, page
    return page


def panes(page):
    parts = re.findall(r'data-pane="(\w+)">(.*?)</ol>', page, re.DOTALL)
    return {name: re.findall(r'data-row="(\w+)"', rows) for name, rows in parts}


def row_of(session, question_id):
    session.expire_all()
    return session.execute(select(Question.__table__).where(Question.id == question_id)).one()


@pytest.mark.parametrize("who", [None, "anna"])
@pytest.mark.parametrize("path", ["regie", "regie/1/ablehnen", "regie/nachricht/1/ablehnen"])
def test_only_who_steers_sees_the_desk(browse, evening, hour, request, who, path):
    member = request.getfixturevalue(who) if who else None
    assert browse(member).get(ROOM + path).status_code in (302, 303, 403)


def test_what_waits_stands_beside_what_is_let_in(
    browse, evening, ask, step, moderator, anna, ben, new_member
):
    first, second = ask(anna, TEXT, anonymous=True), ask(ben, "Wie hoch wird der Deich?", shown=True)
    on_stage = ask(new_member(), "Wer rechnet das nach?", shown=True)
    step(f"{on_stage}/buehne")
    page = page_of(browse(moderator).get(DESK))
    assert panes(page) == {
        "waiting": [f"q{first}"],
        "messages": [],
        "live": [f"q{on_stage}"],
        "asks": [f"q{second}"],
        "answered": [],
    }
    assert ("Anna Torf" in page, "öffentlich ohne Namen" in page) == (True, True)


def test_letting_in_ends_the_case_and_stands_in_the_log(evening, ask, step, session, anna, moderator):
    row_id = ask(anna, TEXT)
    done = step(f"{row_id}/zulassen")
    assert (done.status_code, done.headers["Location"]) == (303, f"{DESK}#q{row_id}")
    row = row_of(session, row_id)
    assert (row.visibility, row.number) == ("published", 1)
    assert session.scalar(select(Case.closed_at)) is not None
    decision = session.execute(select(Decision.measure, Decision.actor_id)).one()
    assert tuple(decision) == ("publish", moderator.id)
    assert "moderation.content.publish" in session.scalars(select(AuditEntry.action)).all()
    assert step(f"{row_id}/zulassen").status_code == 404


def test_a_refusal_needs_rule_and_reason_and_reaches_who_asked(evening, ask, step, session, anna):
    row_id = ask(anna, "Wo bleibt das Schwimmbad?")
    page = page_of(step(f"{row_id}/ablehnen", rule="topic", facts=""), 422)
    assert 'value="topic" selected' in page
    assert step(f"{row_id}/ablehnen", rule="nichts", facts="Anderes Verfahren.").status_code == 422
    assert step(f"{row_id}/ablehnen", rule="topic", facts="Anderes Verfahren.").status_code == 303
    decision = session.execute(select(Decision.measure, Decision.rule_key, Decision.subject_id)).one()
    assert tuple(decision) == ("reject", "topic", anna.id)


def test_the_stage_holds_one_and_the_former_goes_back_or_counts_as_answered(
    evening, ask, step, session, new_member
):
    ids = [ask(new_member(), f"Frage nach Steg {n} am Kanal?", shown=True) for n in range(3)]
    for row_id, more in ((ids[0], {}), (ids[1], {}), (ids[2], {"fertig": "1"})):
        assert step(f"{row_id}/buehne", **more).status_code == 303
    states = [row_of(session, row_id).state for row_id in ids]
    assert states == ["open", "answered", "live"]
    assert step(f"{ids[1]}/buehne").status_code == 409
    assert step(f"{ids[1]}/zurueck").status_code == 303
    assert row_of(session, ids[1]).state == "open"


def test_an_answer_says_who_where_and_what(evening, ask, step, session, anna):
    row_id = ask(anna, TEXT, shown=True)
    values = {"by": "Fachdienst Stadtplanung", "minute": "37", "answer": "Ein Weg bleibt **immer** offen."}
    assert step(f"{row_id}/beantwortet", **{**values, "minute": "99999"}).status_code == 422
    assert step(f"{row_id}/beantwortet", **values).status_code == 303
    row = row_of(session, row_id)
    assert (row.state, row.answered_by, row.minute) == ("answered", "Fachdienst Stadtplanung", 37)
    assert row.answer_html == "<p>Ein Weg bleibt <strong>immer</strong> offen.</p>\n"
    assert step(f"{row_id}/archiv").status_code == 303
    assert row_of(session, row_id).state == "archived"


def test_what_waits_may_go_straight_into_another_question(evening, ask, step, session, anna, ben):
    target, source = ask(anna, TEXT, shown=True), ask(ben, "Bleibt der Nordkai in der Bauzeit offen?")
    assert step(f"{source}/zusammenfuehren", into="99").status_code == 422
    assert row_of(session, source).visibility == "held"
    assert step(f"{source}/zusammenfuehren", into="1").status_code == 303
    row = row_of(session, source)
    assert (row.visibility, row.number, row.state, row.merged_into) == ("published", 2, "merged", target)


def test_the_likeliest_target_is_offered_first(browse, evening, ask, moderator, anna, ben, new_member):
    ask(anna, "Wie hoch wird der Deich?", shown=True)
    ask(ben, TEXT, shown=True)
    source = ask(new_member(), "Bleibt der Nordkai in der Bauzeit offen?")
    page = page_of(browse(moderator).get(f"{DESK}/{source}/zusammenfuehren"))
    assert re.findall(r'<option value="(\d+)"', page) == ["2", "1"]
    assert '<option value="2" selected' in page


def test_another_wording_is_marked_and_the_old_one_kept(browse, evening, ask, step, session, anna, ben):
    row_id = ask(anna, TEXT, shown=True)
    changed = "Bleibt der Nordkai offen?"
    assert step(f"{row_id}/bearbeiten", body=changed, seen="etwas anderes").status_code == 409
    assert step(f"{row_id}/bearbeiten", body=changed, seen=TEXT).status_code == 303
    row = row_of(session, row_id)
    assert (row.body, row.edits, row.staff_edited) == (changed, 1, True)
    assert session.scalars(select(Wording.body)).all() == [TEXT]
    assert (
        TEXT in page_of(browse(anna).get(ROOM + "frage/1")),
        TEXT in page_of(browse(ben).get(ROOM + "frage/1")),
    ) == (
        True,
        False,
    )


def test_messages_that_wait_are_let_in_there_too(
    database, town, evening, browse, session, moderator, anna, ben
):
    room = open_chat(database, town, slug="deich", form="questions", approve=True)
    desk = "/beteiligung/deich/live/regie"
    said = [talking.say(session, who, room, body="Ton ist gut.").id for who in (anna, ben)]
    session.commit()
    client = browse(moderator)
    page = page_of(client.get(desk))
    assert panes(page)["messages"] == [f"m{one}" for one in said]
    token = client.token(desk)
    assert client.post(f"{desk}/nachricht/{said[0]}/zulassen", data={"_token": token}).status_code == 303
    values = {"_token": token, "rule": "topic", "facts": "Bitte zum Thema."}
    assert client.post(f"{desk}/nachricht/{said[1]}/ablehnen", data=values).status_code == 303
    session.expire_all()
    found = dict(session.execute(select(Message.id, Message.visibility)).all())
    assert found == {said[0]: "published", said[1]: "removed"}


def test_scripts_get_the_same_steps_as_json(browse, evening, ask, moderator, anna):
    row_id, client = ask(anna, TEXT), browse(moderator)
    data, wants = {"_token": client.token(DESK)}, {"Accept": "application/json"}
    done = client.post(f"{DESK}/{row_id}/zulassen", data=data, headers=wants)
    assert done.get_json() == {"ok": True, "data": {"said": "Frage zugelassen."}}
    refused = client.post(f"{DESK}/{row_id}/zurueck", data=data, headers=wants)
    assert (refused.status_code, refused.get_json()["code"]) == (409, "conflict")
    empty = client.post(f"{DESK}/{row_id}/zusammenfuehren", data=data, headers=wants)
    assert (empty.status_code, empty.get_json()["ok"]) == (422, False)


def test_foreign_rows_answer_like_missing_ones(
    database, town, evening, browse, session, hour, moderator, anna
):
    other = open_chat(database, town, slug="deich", form="questions")
    foreign = service.ask(session, anna, other, body=TEXT).id
    session.commit()
    client = browse(moderator)
    token = client.token(ROOM)
    for what in ("zulassen", "buehne", "ablehnen", "zusammenfuehren", "beantwortet", "bearbeiten"):
        answers = [
            client.post(f"{DESK}/{row_id}/{what}", data={"_token": token}) for row_id in (foreign, 10**12)
        ]
        assert [one.status_code for one in answers] == [404, 404]
    assert row_of(session, foreign).visibility == "held"


@pytest.mark.parametrize("what", ["0/zulassen", "x/zulassen", "1/tanzen", "9223372036854775808/zulassen"])
def test_odd_addresses_are_not_found(evening, hour, browse, moderator, what):
    client = browse(moderator)
    assert client.post(f"{DESK}/{what}", data={"_token": client.token(ROOM)}).status_code == 404


def test_the_desk_asks_the_same_number_of_things_however_much_waits(
    browse, evening, ask, moderator, statements, new_member
):
    client = browse(moderator)
    ask(new_member(), "Wie hoch wird der Steg am Kanal?")

    def asked():
        with statements() as seen:
            client.get(DESK)
        # What every page remembers is asked anew now and then.
        return sum("chat_" in one for one in seen)

    few = asked()
    assert few == 4
    for number in range(4):
        ask(new_member(), f"Frage Nummer {number} zum Kanal?", shown=number % 2 == 0)
    assert asked() == few
