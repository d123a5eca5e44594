"""When figures are frozen, and of whom: each response once, of whole steps, never where answers may still change."""

import pytest
from sqlalchemy import event

from baukasten_survey.cells.shown import State
from baukasten_survey.models import Response
from baukasten_survey.results import standing
from baukasten_survey.results.models import Freeze, Publication
from baukasten_survey.surveys import lookup
from tests.survey.conftest import definition, open_survey, options, page, publish, question

ASKED = definition(page("p1", question("q1", "single", options=options("a1", "a2"))))
WIDER = definition(page("p1", question("q1", "single", options=options("a1", "a2", "a3"))))
A1, A2 = {"q1": "a1"}, {"q1": "a2"}


def frozen(session):
    session.rollback()
    return [(one.version, one.people) for one in session.query(Freeze).order_by(Freeze.number)]


def run(session, module):
    """Let figures be frozen while the survey runs."""
    session.add(Publication(survey_id=lookup.of_module(session, module.id).id, running=True))
    session.commit()


def test_while_it_runs_only_whole_steps_and_only_where_wanted(database, town, session, fill, freeze):
    module = open_survey(database, town, ASKED, anonymity="named")
    fill(module, [A1] * 50)
    assert freeze(module) == 0
    run(session, module)
    assert freeze(module) == 1
    fill(module, [A1] * 49)
    assert freeze(module) == 0
    fill(module, [A1])
    assert freeze(module) == 1
    assert freeze(module) == 0
    assert frozen(session) == [(1, 50), (1, 50)]


def test_after_the_close_everybody_but_a_handful_counts(database, town, session, fill, freeze):
    module = open_survey(database, town, ASKED, state="closed")
    fill(module, [A1] * 4)
    assert freeze(module) == 0
    fill(module, [A2] * 40)
    assert freeze(module) == 1
    assert frozen(session) == [(1, 44)]


def test_of_those_who_erase_their_answers_meanwhile_nobody_hears(database, town, session, fill, freeze):
    module = open_survey(database, town, ASKED, state="closed")
    fill(module, [A1] * 5)
    first = session.query(Response.id).order_by(Response.id).limit(1).scalar()
    session.commit()

    def erase(orm):
        if orm.is_select and "answers" in orm.statement.selected_columns:
            with database.session(town.id) as other:
                other.query(Response).filter_by(id=first).delete()
                other.commit()

    event.listen(session, "do_orm_execute", erase)
    assert freeze(module) == 0
    assert frozen(session) == []
    assert session.query(Response).count() == 4


def test_trials_do_not_count(database, town, session, fill, freeze):
    module = open_survey(database, town, ASKED, state="closed")
    fill(module, [A1] * 60, test=True)
    fill(module, [A2] * 60)
    freeze(module)
    assert frozen(session) == [(1, 60)]


def test_answers_that_may_change_wait_for_the_close(database, town, session, fill, freeze):
    module = open_survey(database, town, ASKED, anonymity="pseudonymous")
    run(session, module)
    fill(module, [A1] * 60)
    assert freeze(module, wanted=True) == 0
    lookup.of_module(session, module.id).state = "closed"
    session.commit()
    assert freeze(module) == 1


def test_versions_are_counted_apart_and_add_up(database, town, session, fill, freeze):
    module = open_survey(database, town, ASKED, state="closed")
    fill(module, [A1] * 30)
    publish(session, lookup.of_module(session, module.id), WIDER, state="closed")
    fill(module, [{"q1": "a3"}] * 40, version=2)
    assert freeze(module) == 2
    found = standing.of_survey(session, lookup.of_module(session, module.id).id)
    assert found.versions == {1: 30, 2: 40}
    cells = found.tables["q1"][""].cells
    assert {key: cell.count for key, cell in cells.items()} == {"a1": 30, "a2": 0, "_missing": 0, "a3": 40}
    assert {cell.state for cell in cells.values()} == {State.SHOWN}


@pytest.mark.parametrize("wanted", [True, False])
def test_nobody_counts_twice(database, town, session, fill, freeze, wanted):
    module = open_survey(database, town, ASKED, state="closed")
    fill(module, [A1] * 60)
    assert [freeze(module, wanted=wanted), freeze(module, wanted=wanted)] == [1, 0]
    assert session.query(Response).count() == sum(people for _version, people in frozen(session))
