"""Sheets: counted once, compared where they are typed twice, and never tied to a code while they wait."""

import datetime as dt

import pytest
from sqlalchemy import text

from baukasten import clock
from baukasten.sdk import Conflict, Denied, Invalid, strongroom
from baukasten_survey.access import codes
from baukasten_survey.entry import locking, service
from baukasten_survey.entry.models import Entry
from baukasten_survey.entry.service import Sheet
from baukasten_survey.keys import Source
from baukasten_survey.models import Response
from baukasten_survey.surveys import lookup
from tests.survey.conftest import open_survey


@pytest.fixture
def module(database, town):
    return open_survey(database, town, anonymity="named")


@pytest.fixture
def survey(session, module):
    return lookup.of_module(session, module.id)


@pytest.fixture
def enter(session, moderator, module, survey):
    """Type in a sheet, once or for the second time."""

    def made(number=1, answer="a1", *, twice=False, actor=moderator, insisting=False, code=""):
        sheet = Sheet("Rathaus", number, Source.PAPER, code, {"q1": answer})
        asked = lookup.asked(session, survey.id, 1)
        if twice:
            return service.enter_twice(session, actor, module, survey, asked, sheet, insisting=insisting)
        return service.enter(session, actor, module, survey, asked, sheet)

    return made


def counted(session):
    return [(row.answers, row.source, row.member_id) for row in session.query(Response).order_by(Response.id)]


def test_a_sheet_counts_once(session, enter):
    assert enter().taken is not None
    with pytest.raises(Conflict, match="Nothing was counted twice"):
        enter(answer="a2")
    enter(2, "a3")
    assert counted(session) == [({"q1": "a1"}, "paper", None), ({"q1": "a3"}, "paper", None)]


def test_twice_the_same_is_taken(session, survey, enter, admin):
    assert enter(twice=True) == service.Outcome()
    assert service.waiting(session, survey.id) == [("Rathaus", [1])]
    assert counted(session) == []
    assert enter(twice=True, actor=admin).taken is not None
    assert counted(session) == [({"q1": "a1"}, "paper", None)]
    assert session.query(Entry).count() == 0
    with pytest.raises(Conflict):
        enter(twice=True)


def test_what_differs_is_shown_and_taken_only_on_purpose(session, enter):
    enter(twice=True)
    outcome = enter(answer="a2", twice=True)
    assert (outcome.taken, outcome.different) == (None, {"q1": "a1"})
    assert counted(session) == []
    assert enter(answer="a2", twice=True, insisting=True).taken is not None
    assert counted(session) == [({"q1": "a2"}, "paper", None)]


def test_what_waits_is_locked_and_knows_no_code(session, module, survey, enter, admin):
    survey.access = "code"
    (code,) = codes.hand_out(session, admin, module, survey, 1, "Brief")
    enter(twice=True, code=code)
    row = session.execute(text("SELECT * FROM survey_entry")).mappings().one()
    assert set(row) == {"tenant_id", "id", "survey_id", "version", "stack", "number", "answers"}
    assert b"a1" not in row["answers"]
    assert codes.all_series(session, survey.id) == [("Brief", 1, 0)]
    enter(twice=True, code=codes.grouped(code).lower())
    assert codes.all_series(session, survey.id) == [("Brief", 1, 1)]


def test_the_key_of_a_sheet_lies_outside_the_database_and_goes_with_it(session, enter, admin):
    room = strongroom(session)
    enter(twice=True)
    enter(2, twice=True)
    blobs = dict(session.query(Entry.number, Entry.answers))
    assert locking.unlock(session, blobs[1]) == b'{"q1": "a1"}'
    # Whoever kept the database, its log and the application's secret reads nothing of it any more.
    assert enter(twice=True, actor=admin).taken is not None
    assert locking.unlock(session, blobs[1]) is None
    enter(2)
    assert [name for name, _since in room.names() if name.startswith(locking.PREFIX)] == []
    # Without its key a sheet is typed in anew.
    enter(3, twice=True)
    locking.forget(session, session.query(Entry.answers).scalar())
    assert enter(3, "a2", twice=True) == service.Outcome()
    assert enter(3, "a2", twice=True).taken is not None


def test_what_never_came_a_second_time_goes_after_the_close(session, survey, enter, turn):
    enter(twice=True)
    session.commit()
    locking.tidy(session)
    assert session.query(Entry).count() == 1
    survey.state, survey.closed_at = "closed", clock.now()
    session.commit()
    turn(clock.now() + dt.timedelta(days=4))
    locking.tidy(session)
    assert session.query(Entry).count() == 0
    kept = [name for name, _since in strongroom(session).names() if name.startswith(locking.PREFIX)]
    assert kept == []


def test_paper_and_online_spend_the_same_code(session, module, survey, enter, admin):
    survey.access = "code"
    (code,) = codes.hand_out(session, admin, module, survey, 1, "Brief")
    enter(code=code)
    with pytest.raises(Conflict):
        enter(2, code=code)
    with pytest.raises(Conflict):
        enter(3, twice=True, code=code)
    with pytest.raises(Invalid, match="twelve"):
        enter(4, code="")
    assert len(counted(session)) == 1


def test_only_staff_enters(enter, new_member):
    with pytest.raises(Denied):
        enter(actor=new_member())
    with pytest.raises(Denied):
        enter(actor=new_member(), twice=True)


@pytest.mark.parametrize("access", ["registered", "resident"])
def test_paper_has_no_account(session, survey, enter, access):
    survey.access = access
    with pytest.raises(Invalid, match="each member answers once"):
        enter()
    with pytest.raises(Invalid, match="each member answers once"):
        enter(twice=True)
    assert counted(session) == []
