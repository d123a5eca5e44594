"""A project goes public when nothing is missing, and the list says what and where."""

import pytest

from baukasten.errors import Conflict, Invalid
from baukasten.projects import placing, publishing, queries, schedule, service
from baukasten.projects.publishing import PointState
from baukasten.tenants import plugins, settings
from tests.core.projects.made import Notes
from tests.core.projects.rig import NOW, draft, open_project, phase


@pytest.fixture
def project(session):
    settings.write(session, "site.legal", {"imprint": "Stadt, Am Markt 1"})
    made = service.create_project(session, None, draft())
    schedule.set_phases(session, None, made.id, [phase("Ideen", 0, 1, "stall.write")])
    return made


def missing(session, project):
    return {
        point.key for point in publishing.checklist(session, project.id) if point.state is PointState.MISSING
    }


def test_an_empty_draft_lacks_everything_that_counts(session):
    bare = service.create_project(session, None, service.ProjectDraft("Markt"))
    assert missing(session, bare) == {"question", "contact", "phases", "imprint"}
    with pytest.raises(Invalid) as refused:
        publishing.publish(session, None, bare.id)
    assert refused.value.errors.keys() == {"question", "contact", "phases", "imprint"}
    found = queries.project_by_id(session, bare.id)
    assert found is not None
    assert found.state == "draft"


def test_a_whole_project_goes_public(session, project):
    assert missing(session, project) == set()
    assert publishing.publish(session, None, project.id).published
    listed = [(one.slug, one.state) for one in queries.list_projects(session)]
    assert listed == [("der-alte-torfhafen", "published")]
    with pytest.raises(Conflict):
        publishing.publish(session, None, project.id)


def test_advice_does_not_keep_a_project_back(session, project):
    points = publishing.checklist(session, project.id)
    advised = [point.key for point in points if point.state is PointState.ADVISED]
    assert advised == ["modules", "decides", "can_influence"]


def test_kinds_and_plugins_may_object(session, project):
    module = placing.place_module(session, None, "stall", project_id=project.id)
    Notes.blockers, Notes.blocked = ["The board is missing.", "So are pins."], True
    points = {point.key: point for point in publishing.checklist(session, project.id)}
    assert points[f"module:{module.id}"].text == "The board is missing. So are pins."
    assert (points["plugin:stall"].title, points["plugin:stall"].path) == (
        "The stall is not swept.",
        "/verwaltung/stall/",
    )
    assert missing(session, project) == {f"module:{module.id}", "plugin:stall"}


def test_a_module_of_a_plugin_switched_off_stands_in_the_way(session, project, town):
    module = placing.place_module(session, None, "stall", project_id=project.id)
    plugins.switch_off(session, town, "stall")
    assert missing(session, project) == {f"module:{module.id}"}


def test_there_and_back_and_away(session):
    project, _module = open_project(session)
    facts = queries.find_project(session, project.slug)
    assert facts is not None
    assert facts.changed_at == NOW
    publishing.unpublish(session, None, project.id)
    assert queries.list_projects(session) == []
    with pytest.raises(Conflict):
        publishing.archive(session, None, project.id)
    publishing.publish(session, None, project.id)
    publishing.archive(session, None, project.id)
    assert queries.list_projects(session) == []
    assert [one.slug for one in queries.list_projects(session, archived=True)] == [project.slug]


def test_a_kind_that_cannot_be_asked_stands_in_the_way_and_takes_no_page_away(session, project, monkeypatch):
    module = placing.place_module(session, None, "stall", project_id=project.id)
    monkeypatch.setattr(Notes, "blockers", None)
    points = {point.key: point for point in publishing.checklist(session, project.id)}
    assert points[f"module:{module.id}"].state is PointState.MISSING
    assert "could not be asked" in points[f"module:{module.id}"].text
    assert missing(session, project) == {f"module:{module.id}"}
