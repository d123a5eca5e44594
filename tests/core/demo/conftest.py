"""The demo's towns, opened once in the tests' own database."""

import json

import pytest

from baukasten.app import create_app, end
from baukasten.demo import build, folder, plans, views
from baukasten.demo.folder import Keys
from baukasten.mail.transport import FileTransport
from baukasten.tenants import service
from baukasten.testing.fixtures import Browser
from baukasten.web.here import Place

OPERATOR_HOST = "betrieb.test"


@pytest.fixture(scope="session")
def towns():
    return plans.read()


@pytest.fixture(scope="session")
def keys(towns):
    return Keys("riba-kolu-fade-mesi", tuple(build.accounts(towns, OPERATOR_HOST)))


@pytest.fixture(scope="session")
def built(database, towns, keys):
    """Give what the building said, after it is done."""
    said: list[str] = []
    build.build(database, towns, keys, said.append)
    return said


@pytest.fixture
def town_of(database, built):
    """Give the town of a short name."""

    def find(slug):
        with database.operator_session() as session:
            return service.by_slug(session, slug)

    return find


@pytest.fixture(scope="session")
def mailbox_folder(tmp_path_factory):
    return FileTransport(tmp_path_factory.mktemp("mailbox"))


@pytest.fixture(scope="session")
def demo_app(base_config, database, built, towns, keys, mailbox_folder):
    made = create_app(base_config, database, extra=[(views.blueprint, (Place.DEMO,))])
    made.extensions[views.EXTENSION] = views.Exhibit(towns, keys, mailbox_folder, 8123, OPERATOR_HOST)
    yield made
    end(made)


@pytest.fixture
def visit(demo_app):
    """Give a guest's browser at a host."""

    def at(host):
        browser = Browser(demo_app, demo_app.response_class)
        browser.host = host
        return browser

    return at


@pytest.fixture
def kept(tmp_path):
    """Give a reader of the accounts' file in a folder."""

    def read():
        return json.loads((tmp_path / folder.ACCOUNTS).read_text(encoding="utf-8"))

    return read
