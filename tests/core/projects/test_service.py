"""Projects are created and changed, and every wrong field is named."""

import datetime as dt

import pytest
from sqlalchemy import select

from baukasten import clock
from baukasten.audit import service as audit
from baukasten.errors import Invalid, NotFound
from baukasten.projects import publishing, queries, service
from baukasten.projects.models import Project
from tests.core.projects.rig import NOW, draft, open_project


def test_a_project_begins_as_a_draft_with_an_address_from_its_title(session):
    made = service.create_project(
        session, None, draft("Straße für Räder & Füße", description="## Ziel\n\n*Ruhe*")
    )
    found = queries.find_project(session, "strasse-fuer-raeder-und-fuesse")
    assert found is not None
    assert (found.id, found.state, found.public, found.changed_at) == (made.id, "draft", False, NOW)
    assert found.description_html == "<h3>Ziel</h3>\n<p><em>Ruhe</em></p>\n"


def test_two_projects_of_one_title_get_two_addresses(session):
    slugs = [service.create_project(session, None, draft("Markt")).slug for _ in range(3)]
    assert slugs == ["markt", "markt-2", "markt-3"]


def test_a_taken_address_is_refused_and_the_session_goes_on(session):
    service.create_project(session, None, draft("Markt"))
    with pytest.raises(Invalid) as refused:
        service.create_project(session, None, draft("Anderer Markt", slug="markt"))
    assert refused.value.errors == {"slug": "Another project has this address already."}
    assert service.create_project(session, None, draft("Dritter")).slug == "dritter"


@pytest.mark.parametrize(
    ("wrong", "fields"),
    [
        ({"title": " "}, {"title"}),
        ({"title": "x" * 121}, {"title"}),
        ({"slug": "Große Straße"}, {"slug"}),
        ({"can_influence": ["x"] * 13, "picture": "photo"}, {"can_influence", "picture"}),
        ({"fixed": ["x" * 201]}, {"fixed"}),
        ({"description": "x" * 60_001}, {"description"}),
    ],
)
def test_each_wrong_field_is_named(session, wrong, fields):
    with pytest.raises(Invalid) as refused:
        service.create_project(session, None, draft(**{"title": "Markt", **wrong}))
    assert refused.value.errors.keys() == fields
    assert session.scalars(select(Project)).all() == []


def test_script_in_a_description_does_not_survive(session):
    made = service.create_project(session, None, draft(description="<script>alert(1)</script>ruhig"))
    found = queries.project_by_id(session, made.id)
    assert found is not None
    assert found.description_html == "<p>&lt;script&gt;alert(1)&lt;/script&gt;ruhig</p>\n"


def test_a_public_address_stays(session):
    project, _module = open_project(session, "Markt")
    with pytest.raises(Invalid) as refused:
        service.change_project(session, None, project.id, draft("Markt", slug="neuer-markt"))
    assert refused.value.errors.keys() == {"slug"}
    changed = service.change_project(session, None, project.id, draft("Neuer Markt"))
    assert (changed.slug, changed.title) == ("markt", "Neuer Markt")


def test_the_log_says_which_fields_changed_and_never_what_they_said(session):
    made = service.create_project(session, None, draft("Markt"))
    service.change_project(session, None, made.id, draft("Platz", place="Am Markt"))
    service.change_project(session, None, made.id, draft("Platz", place="Am Markt"))
    entries = [(entry.action, entry.target, entry.facts) for entry in audit.entries(session)]
    assert entries == [
        ("projects.project.change", f"project:{made.id}", {"fields": ["place", "title"]}),
        ("projects.project.create", f"project:{made.id}", {"slug": "markt"}),
    ]


def test_another_towns_project_is_not_there(session, database, other_town):
    project, _module = open_project(session)
    with database.session(other_town.id) as foreign:
        assert queries.project_by_id(foreign, project.id) is None
        assert queries.find_project(foreign, project.slug) is None
        for verb in (service.change_project, publishing.publish):
            arguments = (draft(),) if verb is service.change_project else ()
            with pytest.raises(NotFound):
                verb(foreign, None, project.id, *arguments)


def test_nobody_overwrites_what_a_colleague_saved_meanwhile(session):
    with clock.turned(NOW):
        project = service.create_project(session, None, draft())
        seen = service.state_of(NOW)
    with clock.turned(NOW + dt.timedelta(minutes=1)):
        service.change_project(session, None, project.id, draft(question="Erste?"), seen=seen)
        with pytest.raises(Invalid, match="Somebody else has changed"):
            service.change_project(session, None, project.id, draft(question="Zweite?"), seen=seen)
    found = queries.project_by_id(session, project.id)
    assert found is not None
    assert found.question == "Erste?"
