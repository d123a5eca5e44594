"""Handing a case to a colleague, who hears of it and keeps it."""

import datetime as dt

import pytest
from sqlalchemy import select

from baukasten import clock
from baukasten.access import members
from baukasten.errors import Invalid, NotFound
from baukasten.moderation import deciding
from baukasten.moderation.casework import handing, personal
from baukasten.moderation.models import Case, CaseNote, Measure
from baukasten.moderation.steps import AlreadyDecided, Claimed, Step
from baukasten.notify.models import Notice
from baukasten.plugin.refs import Role, Standing
from tests.core.moderation.casework.conftest import DESK


def test_those_who_decide_are_offered(session, moderator, second, anna, new_member):
    _boss, lent, muted = (
        new_member(Role.ADMIN, name="Chefin"),
        new_member(name="Leih"),
        new_member(Role.MODERATOR),
    )
    members.lend(session, lent.id, clock.now() + dt.timedelta(days=1))
    row = members.get(session, muted.id)
    row.standing, row.standing_reason = Standing.MUTED, "Streit"
    session.flush()
    assert [one.display_name for one in handing.colleagues(session, moderator)] == ["Chefin", "Leih", "Tjark"]
    with clock.turned(clock.now() + dt.timedelta(days=2)):
        assert [one.display_name for one in handing.colleagues(session, moderator)] == ["Chefin", "Tjark"]


def test_a_colleague_keeps_the_case_and_hears_of_it(session, case_id, moderator, second):
    case = handing.hand_over(session, moderator, case_id, second.id, "Kennst du den?")
    assert (case.holder_id, case.held_until) == (second.id, None)
    assert [note.body for note in session.scalars(select(CaseNote))] == ["Kennst du den?"]
    (notice,) = session.scalars(select(Notice).where(Notice.type == handing.HANDED)).all()
    assert (notice.member_id, notice.path) == (second.id, f"{DESK}/{case_id}")
    with clock.turned(clock.now() + dt.timedelta(days=9)), pytest.raises(Claimed, match="Tjark"):
        deciding.decide(session, moderator, case_id, Step(Measure.KEEP))
    assert deciding.decide(session, second, case_id, Step(Measure.KEEP)).actor_id == second.id
    with pytest.raises(AlreadyDecided):
        handing.hand_over(session, second, case_id, moderator.id)


def test_nobody_else_can_be_given_a_case(session, case_id, moderator, anna):
    for stranger in (anna.id, moderator.id, 0, 10**15):
        with pytest.raises(Invalid):
            handing.hand_over(session, moderator, case_id, stranger)
    with pytest.raises(NotFound):
        handing.hand_over(session, moderator, 10**15, anna.id)


def test_the_page_hands_over_and_keeps_words_that_did_not_go(desk, session, case_id, moderator, second, anna):
    client, address = desk(moderator), f"{DESK}/{case_id}"
    token = client.token(address)
    for wrong in (str(anna.id), "", "x", "9" * 40):
        answer = client.post(
            f"{address}/weitergeben", data={"_token": token, "colleague": wrong, "note": "Bitte du"}
        )
        assert answer.status_code == 422
        assert "Bitte du" in answer.text
    sent = {"_token": token, "colleague": str(second.id), "note": "", "stand": "bei-mir"}
    answer = client.post(f"{address}/weitergeben", data=sent)
    assert (answer.status_code, answer.headers["Location"]) == (303, f"{DESK}/?stand=bei-mir")
    assert "bei Tjark" in client.get(address).text
    assert "bei Ihnen" in desk(second).get(address).text


def test_who_leaves_lets_go_of_everything(session, case_id, moderator, second):
    handing.hand_over(session, moderator, case_id, second.id, "Für dich")
    assert personal.export(session, moderator.id)[0]["note"] == "Für dich"
    assert personal.erase(session, second.id) == 1
    assert personal.erase(session, moderator.id) == 1
    session.expire_all()
    assert session.scalars(select(Case.holder_id)).all() == [None]
    assert [(one.author_id, one.body) for one in session.scalars(select(CaseNote))] == [(None, "Für dich")]
