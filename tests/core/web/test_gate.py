"""Every request passes the checks in their order, and a page lives on its own kind of host only."""

from types import SimpleNamespace
from typing import Any

import pytest
from flask import Blueprint, Flask
from werkzeug.exceptions import HTTPException

from baukasten.errors import NotFound
from baukasten.plugin.refs import TenantRef
from baukasten.plugin.routes import ModuleRoutes
from baukasten.web.gate import Gate, serve_module
from baukasten.web.here import Place, here
from baukasten.web.marks import UnmarkedRouteError, public, requires, signed_in

TOWN = TenantRef(7, "musterstadt", "Musterstadt", "musterstadt.test")


class Rig:
    """A small application with one gate."""

    def __init__(self, *checks, database: Any = None, view=None, mark=public, owner="", places=()):
        self.seen = list[str]()
        self.app = Flask("rig", static_folder=None)
        # Errors reach the test as they are.
        self.app.testing = True
        self.gate = Gate(database, [self._fill, *checks])
        self.gate.guard(self.app)
        blueprint = Blueprint("thing", __name__)
        blueprint.add_url_rule("/thing", "page", mark(view or (lambda: "page")))
        if places:
            self.gate.allow("thing", places)
        if owner:
            self.gate.own("thing", owner)
        self.app.register_blueprint(blueprint)
        self.place, self.plugins = Place.TOWN, frozenset[str]()

    def _fill(self, place):
        self.seen.append("first")
        place.place, place.plugins = self.place, self.plugins
        place.site = TOWN if self.place is Place.TOWN else None

    def close(self, declared=()):
        return self.gate.close(self.app, (), declared)

    def get(self):
        return self.app.test_client().get("/thing")


def noting(seen, name, answer=None):
    def check(_place):
        seen.append(name)
        return answer

    return check


def test_checks_run_in_order_and_the_first_answer_ends_it():
    seen = list[str]()
    rig = Rig(noting(seen, "a"), noting(seen, "b", "no further"), noting(seen, "c"))
    rig.close()
    assert (rig.get().text, rig.seen, seen) == ("no further", ["first"], ["a", "b"])


def test_a_check_finds_the_views_mark():
    marks = []
    rig = Rig(lambda place: marks.append(str(place.mark)), mark=requires("thing.page.see"))
    rig.close({"thing.page.see"})
    rig.get()
    rig.app.test_client().get("/nothing")
    assert marks == ["thing.page.see", "None"]


@pytest.mark.parametrize(
    ("places", "at", "found"),
    [
        ((), Place.TOWN, True),
        ((), Place.OPERATOR, False),
        ((Place.OPERATOR,), Place.OPERATOR, True),
        ((Place.OPERATOR,), Place.TOWN, False),
        ((Place.TOWN, Place.DEMO), Place.DEMO, True),
    ],
)
def test_a_page_lives_on_its_kind_of_host(places, at, found):
    seen = list[str]()
    rig = Rig(noting(seen, "next"), places=places)
    rig.close()
    rig.place = at
    if found:
        assert rig.get().text == "page"
        return
    with pytest.raises(NotFound):
        rig.get()
    # A page that is not there asks nobody who they are.
    assert seen == []


def test_a_plugins_page_is_there_only_where_the_plugin_is_active():
    rig = Rig(owner="strange")
    rig.close()
    with pytest.raises(NotFound):
        rig.get()
    rig.plugins = frozenset({"strange"})
    assert rig.get().text == "page"


def test_a_plugins_page_for_operators_is_there_whatever_towns_use():
    rig = Rig(owner="strange", places=(Place.OPERATOR,))
    rig.close()
    rig.place = Place.OPERATOR
    assert rig.get().text == "page"


@pytest.mark.parametrize("fails", [False, True])
def test_the_session_is_given_back_whatever_happens(database, fails):
    opened = []

    def view():
        opened.append(here().session)
        opened[0].connection()
        if fails:
            raise ZeroDivisionError
        return "page"

    rig = Rig(view=view, database=database)
    rig.close()
    if fails:
        with pytest.raises(ZeroDivisionError):
            rig.get()
    else:
        rig.get()
    assert not opened[0].in_transaction()


def test_the_matrix_names_every_route():
    rig = Rig(mark=signed_in)
    routes = ModuleRoutes()
    routes.get("/")(requires("thing.page.see")(lambda _module: "x"))
    matrix = rig.gate.close(rig.app, [("stall", routes)], {"thing.page.see"})
    assert sorted(map(str, matrix.values())) == ["signed_in", "thing.page.see"]


def test_unmarked_and_undeclared_routes_are_refused_by_name():
    rig = Rig(mark=lambda view: view)
    with pytest.raises(UnmarkedRouteError, match=r"the route thing\.page has no access mark"):
        rig.close()
    rig = Rig(mark=requires("thing.page.see"))
    with pytest.raises(
        UnmarkedRouteError, match=r"thing\.page asks for thing\.page\.see, which nobody declares"
    ):
        rig.close({"thing.page.other"})


def test_a_module_without_a_route_is_not_found():
    rig = Rig(view=serve_module)
    rig.close()
    with pytest.raises(NotFound):
        rig.get()


def test_a_module_is_served_by_the_view_that_the_gate_found():
    def find(place):
        place.module = SimpleNamespace(slug="stall")
        place.route = SimpleNamespace(view=lambda module, number: f"{module.slug} {number}")
        place.route_values = {"number": 7}

    rig = Rig(find, view=serve_module)
    rig.close()
    assert rig.get().text == "stall 7"


def test_what_no_route_answers_is_flasks_own_refusal():
    rig = Rig()
    rig.close()
    rig.app.testing = False
    caught = []

    @rig.app.errorhandler(HTTPException)
    def _note(error):
        caught.append(error.code)
        return ""

    rig.app.test_client().get("/nothing")
    assert caught == [404]
