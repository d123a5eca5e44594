"""What forms carry against machines, and what a request then tells; over a made-up page and the forum's own."""

import datetime as dt
import re

import pytest
from flask import g

from baukasten import clock
from baukasten.plugin.refs import Signals
from baukasten.web import guard
from baukasten.web.here import Here, Place, here
from baukasten.web.marks import Mark
from baukasten.web.puzzle import Solver, hashed

NOW = dt.datetime(2026, 11, 22, 9, tzinfo=dt.UTC)
PUZZLE = "/pruefung/aufgabe"


@pytest.fixture(autouse=True)
def noon():
    with clock.turned(NOW):
        yield


@pytest.fixture
def shown(app, database, town):
    """Gives the fields of a form as a guest of the town gets them now."""

    def do(where=None):
        with app.test_request_context("/", base_url=f"https://{(where or town).host}"):
            app.preprocess_request()
            return str(guard.guard_fields())

    return do


@pytest.fixture
def signals(app, database, town):
    """Gives what a posted form tells; ``guarded`` for a view whose forms carry the fields."""

    def do(*, guarded=False, **fields):
        with app.test_request_context("/x", method="POST", data=fields, base_url=f"https://{town.host}"):
            view = guard.guarded(lambda: "") if guarded else (lambda: "")
            g.here = place = Here(database, Place.TOWN, site=town, mark=Mark("public"))
            place.route = type("Route", (), {"view": staticmethod(view)})()
            guard.read_signals(place)
            found = guard.signals_of(here())
            place.close()
            return found

    return do


def mark_of(html):
    (found,) = re.findall(rf'name="{guard.MARK}" value="([^"]+)"', html)
    return found


def test_the_trap_is_out_of_sight_and_reach_but_not_hidden(shown):
    html = shown()
    (trap,) = re.findall(r'<div class="guard".*?</div>', html)
    assert 'aria-hidden="true"' in trap
    assert 'tabindex="-1"' in trap
    assert 'type="hidden"' not in trap
    assert " hidden" not in trap


def test_what_was_filled_in_by_a_machine_is_told(signals, shown):
    assert signals(homepage="https://a.example", guard_mark=mark_of(shown())).trapped
    assert not signals(homepage=" ", guard_mark=mark_of(shown())).trapped


def test_the_time_between_showing_and_sending_is_told(signals, shown):
    mark = mark_of(shown())
    assert signals(guard_mark=mark).seconds == 0.0
    with clock.turned(NOW + dt.timedelta(seconds=4.5)):
        assert signals(guard_mark=mark).seconds == 4.5


@pytest.mark.parametrize("forged", ["", "1", "1-", "-", "1-abc", "9" * 90 + "-a", "²-x", "\0", "ä" * 200])
def test_a_made_up_moment_is_no_time_at_all(signals, forged):
    with clock.turned(NOW + dt.timedelta(hours=1)):
        assert signals(guard_mark=forged).seconds == 0.0


def test_another_towns_moment_is_none(signals, shown, other_town):
    mark = mark_of(shown(other_town))
    with clock.turned(NOW + dt.timedelta(hours=1)):
        assert signals(guard_mark=mark).seconds == 0.0


def test_a_form_without_the_fields_tells_nothing_unless_its_view_has_them(signals):
    assert signals() == Signals()
    assert signals(guarded=True) == Signals(seconds=0.0)


def test_a_form_that_comes_back_keeps_its_moment(app, database, town, shown):
    mark = mark_of(shown())
    with (
        clock.turned(NOW + dt.timedelta(seconds=9)),
        app.test_request_context(
            "/", method="POST", data={guard.MARK: mark}, base_url=f"https://{town.host}"
        ),
    ):
        g.here = Here(database, Place.TOWN, site=town)
        assert mark_of(str(guard.guard_fields())) == mark


def test_the_puzzle_of_the_page_is_proof_for_its_town_and_reader(app, client, town, other_town, signals):
    answer = client.get(PUZZLE)
    assert answer.headers["Cache-Control"] == "no-store"
    made = answer.get_json()
    number = next(n for n in range(made["most"]) if hashed(made["salt"], n) == made["challenge"])
    solution = f"{made['salt']}:{number}:{made['signature']}"
    assert signals(guard_proof=solution).proven
    assert not signals(guard_proof=solution + "0").proven
    secret = app.config["SECRET_KEY"]
    assert Solver(secret, town.id, 0).proof(solution) != ""
    assert Solver(secret, other_town.id, 0).proof(solution) == ""
