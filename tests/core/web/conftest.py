"""A platform with pages made for these tests, and two plugins that fill places on pages."""

import dataclasses
import datetime as dt
from collections.abc import Callable, Iterator

import pytest
from flask import Blueprint, Flask, request
from flask.testing import FlaskClient
from markupsafe import Markup
from sqlalchemy import text, update

from baukasten import clock, sdk
from baukasten.app import create_app, end
from baukasten.db.session import Database
from baukasten.plugin import registry
from baukasten.plugin.contract import Contract
from baukasten.plugin.declarations import Tally
from baukasten.plugin.discovery import discover
from baukasten.plugin.manager import PluginManager
from baukasten.plugin.refs import TenantRef
from baukasten.projects.models import Project
from baukasten.rooms import HOOKS
from baukasten.tenants import plugins
from baukasten.testing.fixtures import Browser
from baukasten.web import forgery
from baukasten.web.here import Place, here
from baukasten.web.marks import public, signed_in
from baukasten.web.outlets import outlet
from baukasten.web.pagecache import valid_until
from baukasten.web.platform import EXTENSION, Platform
from tests.core.plugin.made import plugin

pages = Blueprint("probe", __name__, url_prefix="/probe")


class Probe:
    """What the pages were asked, and what they shall raise."""

    calls = 0
    error: Exception | None = None
    until: dt.datetime | None = None
    size = 0
    status = 200
    cookie = ""
    seen: tuple[int, ...] = ()
    added: tuple[tuple[int, dict[int, int]], ...] = ()
    adding: Exception | None = None


@pages.get("/kept")
@public(cached=True)
def kept():
    Probe.calls += 1
    for thing in Probe.seen:
        sdk.tally("zebra.things", thing)
    if Probe.until is not None:
        valid_until(Probe.until)
    answer = pages_answer(
        f"call {Probe.calls} at {here().tenant.slug} in {here().language} " + "x" * Probe.size
    )
    if Probe.cookie:
        answer.set_cookie("taste", Probe.cookie)
    return answer, Probe.status


def pages_answer(body: str):
    return Flask.response_class(body, mimetype="text/html")


@pages.get("/not-kept")
@public
def not_kept():
    Probe.calls += 1
    return f"call {Probe.calls}"


@pages.route("/form", methods=["GET", "POST"])
@public
def form():
    return f"<form>{forgery.token_field()}</form>" if request.method == "GET" else "done"


@pages.route("/error", methods=["GET", "POST"])
@public
def error():
    if Probe.error is not None:
        raise Probe.error
    return "fine"


@pages.get("/own")
@signed_in
def own():
    return "yours"


@pages.get("/sql/<path:asked>")
@public
def sql(asked):
    here().session.execute(text(asked))
    return "asked"


@pages.get("/outlet")
@public
def places():
    return outlet("FRONT_TOP")


@pytest.fixture(autouse=True)
def _fresh_probe() -> Iterator[None]:
    before = {key: value for key, value in vars(Probe).items() if not key.startswith("_")}
    yield
    for key, value in before.items():
        setattr(Probe, key, value)


@pytest.fixture(scope="session")
def house(database: Database) -> Database:
    """Give the run's database as a process with two more plugins sees it."""
    tallies = [Tally("zebra.things", add_views)]
    made = [
        plugin("zebra", fill_outlet=_filler("zebra"), register_tallies=lambda: tallies),
        plugin("ameise", fill_outlet=_filler("ameise")),
    ]
    manager = PluginManager([*discover(), *made], HOOKS)
    return dataclasses.replace(database, contract=Contract(manager, registry.build(manager)), on_written=[])


def add_views(session, views):
    """Write into a table that public pages show, as a plugin's own would be."""
    if Probe.adding is not None:
        raise Probe.adding
    Probe.added = (*Probe.added, (session.tenant_id, dict(views)))
    session.execute(update(Project).values(summary=Project.summary + "x"))


def _filler(name: str) -> Callable[[], Markup]:
    return lambda: Markup("<i>{}</i>").format(name)


@pytest.fixture(scope="session")
def probe_app(house, base_config) -> Iterator[Flask]:
    built = create_app(base_config, house, extra=[(pages, (Place.TOWN, Place.OPERATOR))])
    yield built
    end(built)


@pytest.fixture
def platform(probe_app) -> Platform:
    found: Platform = probe_app.extensions[EXTENSION]
    return found


@pytest.fixture
def at(probe_app: Flask) -> Callable[..., FlaskClient]:
    """Give a guest's browser at a town or host of the platform with the made pages."""

    def make(where: TenantRef | str) -> FlaskClient:
        browser = Browser(probe_app, probe_app.response_class)
        browser.host = where if isinstance(where, str) else where.host
        return browser

    return make


@pytest.fixture
def guest(at: Callable[..., FlaskClient], town, platform) -> FlaskClient:
    """Give a guest's browser at the town, whose pages may be kept from now on."""
    platform.generations.refresh()
    return at(town)


@pytest.fixture
def switch_on(house):
    """Switch made plugins on in a town."""

    def do(town, *names):
        with house.operator_session() as session:
            for name in names:
                plugins.grant(session, town.id, name)
            session.commit()
        with house.session(town.id) as session:
            for name in names:
                plugins.switch_on(session, town, name)
            session.commit()

    return do


@pytest.fixture
def noon():
    with clock.turned(clock.now().replace(minute=0, second=0, microsecond=0)) as moment:
        yield moment
