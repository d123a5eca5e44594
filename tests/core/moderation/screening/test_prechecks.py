"""Pre-checks: the nearest wish counts, and administrators say on one page what is wished where."""

import datetime as dt

import pytest
from sqlalchemy import delete, select

from baukasten import clock
from baukasten.audit import service as audit
from baukasten.moderation.screening.models import Precheck
from baukasten.plugin.refs import Role
from baukasten.projects import queries

PAGE = "/verwaltung/moderation/vorpruefung"
HELD, PASSES = ("hold", "precheck"), ("allow", "")


@pytest.fixture
def phase(session, forum):
    return queries.phases(session, forum.project.id)[0]


@pytest.fixture
def wished(session):
    def do(level, **where):
        session.add(Precheck(level=level, **where))
        session.flush()

    return do


def test_the_town_decides_where_nothing_nearer_does(wished, screened, anna, moderator):
    wished("everybody")
    assert screened(anna) == HELD
    assert screened(anna, is_edit=True) == HELD
    assert screened(moderator) == PASSES


def test_the_module_goes_before_the_town_and_the_phase_before_both(wished, screened, forum, phase, anna):
    wished("everybody")
    wished("nobody", module_id=forum.id)
    assert screened(anna) == PASSES
    wished("everybody", phase_id=phase.id)
    assert screened(anna) == HELD


def test_a_phase_counts_while_it_runs(wished, screened, phase, anna):
    wished("everybody", phase_id=phase.id)
    assert screened(anna) == HELD
    with clock.turned(phase.ends_at):
        assert screened(anna) == PASSES
    with clock.turned(phase.starts_at - dt.timedelta(seconds=1)):
        assert screened(anna) == PASSES
    with clock.turned(phase.starts_at):
        assert screened(anna) == HELD


def test_another_module_is_not_meant(wished, screened, place, anna):
    elsewhere = place("forum", slug="anderswo")
    wished("everybody", module_id=elsewhere.id)
    assert screened(anna) == PASSES


def test_newcomers_alone_are_looked_at(wished, session, screened, anna, write):
    with clock.turned(clock.now() - dt.timedelta(days=3)):
        for _ in range(2):
            write(anna)
        wished("newcomers")
        assert screened(anna) == ("hold", "first")
        session.execute(delete(Precheck))
        write(anna)
        wished("newcomers")
    assert screened(anna) == PASSES


def stored(database, town):
    with database.session(town.id) as session:
        rows = session.scalars(select(Precheck).order_by(Precheck.id)).all()
        return [(row.module_id, row.phase_id, row.level) for row in rows]


def test_administrators_say_what_is_wished_where(client, database, town, forum, phase, admin, sign_in):
    sign_in(client, admin)
    sent = {"town": "newcomers", f"module:{forum.id}": "", f"phase:{phase.id}": "everybody"}
    answer = client.send(PAGE, **sent)
    assert (answer.status_code, answer.headers["Location"]) == (303, f"{PAGE}?gespeichert=1")
    assert set(stored(database, town)) == {
        (None, None, "newcomers"),
        (None, phase.id, "everybody"),
    }
    assert client.get(PAGE).text.count(" selected") == 2
    client.send(PAGE, **{**sent, f"phase:{phase.id}": "", "town": "nobody", f"module:{forum.id}": "nobody"})
    assert set(stored(database, town)) == {(None, None, "nobody"), (forum.id, None, "nobody")}
    with database.session(town.id) as session:
        written = [one for one in audit.entries(session) if one.action == "moderation.precheck.change"]
    assert len(written) == 5


def test_phases_that_are_over_are_not_asked_about(client, forum, phase, admin, sign_in):
    sign_in(client, admin)
    key = f'name="phase:{phase.id}"'
    assert key in client.get(PAGE).text
    with clock.turned(phase.ends_at):
        assert key not in client.get(PAGE).text


def test_saving_the_same_again_changes_nothing(client, database, town, admin, sign_in):
    sign_in(client, admin)
    client.send(PAGE, town="nobody")
    assert stored(database, town) == []


@pytest.mark.parametrize("values", [{"town": "alle"}, {"town": "\0"}])
def test_a_wish_that_is_none_is_refused(client, database, town, admin, sign_in, values):
    sign_in(client, admin)
    assert client.send(PAGE, **values).status_code == 404
    assert stored(database, town) == []


def test_places_of_another_town_are_not_there(
    client, database, other_town, forum, new_member, sign_in, client_of
):
    there = client_of(other_town)
    sign_in(there, new_member(Role.ADMIN, where=other_town), other_town)
    there.send(PAGE, town="nobody", **{f"module:{forum.id}": "everybody"})
    assert stored(database, other_town) == []


@pytest.mark.parametrize("roles", [(), (Role.MODERATOR,)])
def test_the_page_is_for_administrators(client, new_member, sign_in, roles):
    sign_in(client, new_member(*roles))
    assert client.get(PAGE).status_code == 403
