"""What all tests share: the fixtures that authors of plugins get too."""

import gc

import pytest
from hypothesis import HealthCheck, settings

from baukasten import clock
from baukasten.app import CORE_FOLDER, package_folders
from baukasten.plugin.refs import Role
from baukasten.web import i18n
from tests.statements import Statements

pytest_plugins = ["baukasten.testing.fixtures"]

# How long an example takes says how busy the machine is.
settings.register_profile("baukasten", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("baukasten")

# Modules and tests stay until the end; looking through them for rubbish again and again takes time from each test.
gc.disable()


def pytest_collection_finish() -> None:
    """Leave what there is by now alone from here on."""
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)
    gc.enable()


@pytest.fixture(scope="session")
def spoken(contract):
    """The texts of the core and of all plugins."""
    return i18n.Catalogues({"core": CORE_FOLDER, **package_folders(contract)})


@pytest.fixture(scope="module", autouse=True)
def _all_speak(spoken):
    # A process has one set of texts; a module before this one may have made an application with fewer plugins.
    i18n._Loaded.catalogues = spoken


@pytest.fixture
def anna(new_member):
    return new_member(name="Anna Torf")


@pytest.fixture
def ben(new_member):
    return new_member(name="Ben Hafen")


@pytest.fixture
def moderator(new_member):
    return new_member(Role.MODERATOR, name="Mo Deich")


@pytest.fixture
def admin(new_member):
    return new_member(Role.ADMIN, name="Ada Amt")


@pytest.fixture
def browse(client_of, town, sign_in):
    """Gives a browser at the town, signed in as somebody or as a guest."""

    def do(member=None):
        client = client_of(town)
        if member is not None:
            sign_in(client, member)
        return client

    return do


@pytest.fixture
def turn():
    """Stops the clock at one moment after another."""
    with clock.turned(clock.now()):
        yield clock.set_to


@pytest.fixture
def statements(database):
    """Gives, for a block, the list of what the app's role asks the database."""
    return lambda: Statements(database.app)
