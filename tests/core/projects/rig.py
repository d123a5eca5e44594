"""The fixtures of the shared kit once more, with the made plugin beside the installed ones."""

import datetime as dt
import itertools
import os

import pytest

from baukasten import clock, house
from baukasten.app import create_app, end
from baukasten.plugin import registry
from baukasten.plugin.contract import Contract
from baukasten.plugin.discovery import Plugin
from baukasten.plugin.manager import PluginManager
from baukasten.projects import publishing, service
from baukasten.projects.placing import place_module
from baukasten.projects.schedule import PhaseDraft, set_phases
from baukasten.rooms import HOOKS
from baukasten.tenants import settings
from baukasten.testing import database as databases
from baukasten.testing.fixtures import WORKER
from baukasten.web import i18n
from tests.core.projects import made
from tests.core.projects.made import Notes

_numbers = itertools.count(1)
# Each folder that takes these fixtures in gets a platform of its own.
NOW = dt.datetime(2026, 11, 22, 9, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)


@pytest.fixture(scope="session")
def contract():
    manager = PluginManager([Plugin.of(made)], HOOKS)
    return Contract(manager, registry.build(manager))


@pytest.fixture(scope="session")
def database_urls(server, contract):
    """A database of its own, since the shared one may hold tables of plugins that are unknown here."""
    with databases.fresh(
        server, f"made_{WORKER}_{os.getpid()}_{next(_numbers)}", house.lineages(contract)
    ) as urls:
        yield urls


@pytest.fixture(scope="session")
def database(database_urls, contract):
    opened = house.open_database(database_urls, contract)
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def app(base_config, database):
    built = create_app(base_config, database)
    yield built
    end(built)


@pytest.fixture(autouse=True)
def noon():
    """The clock stands still, the made plugin knows nothing, and outside requests English is spoken."""
    Notes.forget()
    with clock.turned(NOW) as moment, i18n.speaking(i18n.translator("en")):
        yield moment


def phase(title, begins, ends, *features, note=""):
    """A phase from and to days counted from now."""
    return PhaseDraft(title, NOW + begins * DAY, NOW + ends * DAY, note, features)


def draft(title="Der Alte Torfhafen", **more):
    """A project that lacks nothing but phases."""
    given = {"question": "Was soll hier entstehen?", "contact": "Bauamt, Zimmer 4", **more}
    return service.ProjectDraft(title=title, **given)


def open_project(session, title="Der Alte Torfhafen", phases=None, *, stall=True, **more):
    """A public project with a stall in its first running phase."""
    settings.write(session, "site.legal", {"imprint": "Stadt, Am Markt 1"})
    project = service.create_project(session, None, draft(title, **more))
    wanted = phases if phases is not None else [phase("Ideen sammeln", -3, 12, "stall.write")]
    set_phases(session, None, project.id, wanted)
    module = (
        place_module(session, None, "stall", title="Ideen-Stand", project_id=project.id) if stall else None
    )
    publishing.publish(session, None, project.id)
    session.commit()
    return project, module
