"""The stranger's tests run on an installation of their own, with both plugins beside the delivered ones."""

import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
from baukasten_twin.plugin import Knobs, Mood

from baukasten import clock, house
from baukasten.access.models import Membership
from baukasten.app import CORE_FOLDER, package_folders
from baukasten.config import DatabaseUrls
from baukasten.db import embedded
from baukasten.db.session import Database, Scope
from baukasten.plugin.contract import Contract
from baukasten.plugin.refs import MemberRef, ModuleRef, ProjectRef, Role, TenantRef
from baukasten.projects import placing
from baukasten.projects.service import ProjectDraft, create_project
from baukasten.testing import database as databases
from baukasten.testing.fixtures import WORKER, app, base_config, contract, database
from baukasten.web import i18n

__all__ = ["app", "base_config", "contract", "database"]
# Named here again, the shared fixtures are made anew for this folder, from the plugins below.

MAY = datetime(2026, 5, 4, 9, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def extra_plugins() -> tuple[str, ...]:
    return ("baukasten_stranger.plugin", "baukasten_twin.plugin")


@pytest.fixture(scope="session")
def spoken(contract: Contract) -> i18n.Catalogues:
    return i18n.Catalogues({"core": CORE_FOLDER, **package_folders(contract)})


@pytest.fixture(scope="session")
def database_urls(server: embedded.Server, contract: Contract) -> Iterator[DatabaseUrls]:
    with databases.fresh(server, f"stranger_{WORKER}_{os.getpid()}", house.lineages(contract)) as urls:
        yield urls


@pytest.fixture(autouse=True)
def _calm_twin() -> Iterator[None]:
    """Let the twin behave, unless a test turns its knobs."""
    before = {name: value for name, value in vars(Knobs).items() if not name.startswith("_")}
    for name in ("fill_outlet", "list_activity", "count_stats", "screen_content"):
        setattr(Knobs, name, Mood.FINE)
    Knobs.calls, Knobs.hang_seconds = 0, 0.02
    yield
    for name, value in before.items():
        setattr(Knobs, name, value)


@pytest.fixture
def may() -> Iterator[datetime]:
    with clock.turned(MAY) as moment:
        yield moment


@pytest.fixture
def person(session: Scope) -> Callable[..., MemberRef]:
    """Make a member of the town, without an account behind it."""

    def make(name: str, *roles: Role) -> MemberRef:
        held = roles or (Role.CITIZEN,)
        row = Membership(display_name=name, roles=[role.value for role in held])
        session.add(row)
        session.flush()
        return MemberRef(row.id, name, frozenset(held))

    return make


@pytest.fixture
def project(session: Scope) -> ProjectRef:
    return create_project(session, None, ProjectDraft("Neuer Platz", question="Was soll auf den Platz?"))


@pytest.fixture
def module(session: Scope, project: ProjectRef) -> ModuleRef:
    """Place the consultation hours in a project."""
    return placing.place_module(session, None, "stranger", project_id=project.id)


@pytest.fixture
def other_session(database: Database, other_town: TenantRef) -> Iterator[Scope]:
    """Give a session in another town."""
    with database.session(other_town.id) as opened:
        yield opened
