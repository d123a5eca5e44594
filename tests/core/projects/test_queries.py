"""Reading takes as many statements for one row as for many, and stays in its town."""

import pytest

from baukasten.projects import placing, publishing, queries, schedule, service
from tests.core.projects.rig import draft, open_project, phase
from tests.statements import Statements


@pytest.fixture
def statements(database):
    """The statements of the app's role."""
    with Statements(database.app) as seen:
        yield seen


def fill(session, count):
    for number in range(count):
        project = service.create_project(session, None, draft(f"Projekt {number}"))
        schedule.set_phases(session, None, project.id, [phase("A", 0, 1), phase("B", 1, 2)])
        placing.place_module(session, None, "stall", project_id=project.id)
    session.flush()


@pytest.mark.parametrize("count", [1, 12])
def test_lists_cost_the_same_for_one_and_for_many(session, statements, count):
    fill(session, count)
    statements.clear()
    projects = queries.list_projects(session, drafts=True)
    ids = [project.id for project in projects]
    phases, placed = queries.phases_of(session, ids), queries.modules_of(session, ids)
    assert (len(projects), sum(map(len, phases.values())), len(placed)) == (count, 2 * count, count)
    assert len(statements) == 3


def test_an_address_tells_everything_the_gate_must_know(session, statements):
    project, module = open_project(session)
    session.connection()  # tells the database whose rows it asks for
    statements.clear()
    found = queries.module_at(session, project.slug, module.slug)
    assert found is not None
    assert (found.module, found.public, found.archived) == (module.__class__(**_public(module)), True, False)
    assert [phase.title for phase in found.phases] == ["Ideen sammeln"]
    assert len(statements) == 2


def _public(module):
    values = {name: getattr(module, name) for name in module.__dataclass_fields__}
    project = module.project
    return {**values, "project": project.__class__(project.id, project.slug, project.title, published=True)}


def test_drafts_and_hidden_modules_are_told_apart(session):
    project = service.create_project(session, None, draft())
    module = placing.place_module(session, None, "stall", project_id=project.id)
    alone = placing.place_module(session, None, "stall", title="Tafel")

    def public(project_slug, slug):
        found = queries.module_at(session, project_slug, slug)
        return None if found is None else found.public

    assert (public(project.slug, module.slug), public(None, "tafel")) == (False, True)
    placing.change_module(session, None, alone.id, visible=False)
    assert public(None, "tafel") is False
    assert (public(None, module.slug), public("nichts", module.slug)) == (None, None)


def test_lists_begin_with_what_ends_last_and_leave_out_what_is_not_asked_for(session):
    open_project(session, "Früher", [phase("A", 0, 1)], stall=False)
    open_project(session, "Später", [phase("A", 0, 9)], stall=False)
    gone, _none = open_project(session, "Fort", stall=False)
    publishing.archive(session, None, gone.id)
    service.create_project(session, None, draft("Entwurf"))

    def titles(**options):
        return [project.title for project in queries.list_projects(session, **options)]

    assert titles() == ["Später", "Früher"]
    assert titles(archived=True) == ["Fort", "Später", "Früher"]
    assert titles(drafts=True) == ["Entwurf", "Später", "Früher"]


def test_nothing_is_asked_for_nothing(session, statements):
    assert queries.phases_of(session, []) == {}
    assert queries.modules_by_id(session, []) == {}
    assert queries.modules_of(session, []) == []
    assert statements == []
