"""Modules are placed, moved, set and taken away by buttons that need no script."""

import pytest

from baukasten.projects import placing, queries, service
from tests.core.projects.made import Notes
from tests.core.projects.rig import draft, open_project


@pytest.fixture
def project(session):
    made = service.create_project(session, None, draft())
    session.commit()
    return made


def test_a_plus_places_a_module_and_leads_to_its_settings(admin, post, session, project):
    page = admin.get(f"/verwaltung/projekte/{project.id}/").text
    assert 'name="kind" value="stall"' in page
    answer = post(f"/verwaltung/projekte/{project.id}/platzieren", kind="stall")
    placed = queries.modules(session, project.id)
    assert answer.location == f"/verwaltung/bausteine/{placed[0].id}/?done=placed"
    assert [one.title for one in placed] == ["Stall"]
    assert post(f"/verwaltung/projekte/{project.id}/platzieren", kind="unknown").status_code == 404


def test_a_module_of_the_site_is_placed_on_its_own_page(admin, post, session):
    assert admin.get("/verwaltung/seite/").status_code == 200
    post("/verwaltung/platzieren", kind="stall")
    assert [one.path for one in queries.modules(session, None)] == ["/stall/"]
    assert "/stall/" in admin.get("/verwaltung/seite/").text


def test_buttons_move_a_module(admin, post, session, project):
    for title in ("A", "B"):
        placing.place_module(session, None, "stall", title=title, project_id=project.id)
    session.commit()
    last = queries.modules(session, project.id)[1]
    answer = post("/verwaltung/bewegen", module=str(last.id), direction="up")
    assert answer.location == f"/verwaltung/projekte/{project.id}/#module-{last.id}"
    assert [one.title for one in queries.modules(session, project.id)] == ["B", "A"]
    page = admin.get(f"/verwaltung/projekte/{project.id}/").text
    assert page.count("disabled>") == 2


def test_settings_follow_the_kinds_fields(admin, post, session, project):
    placed = placing.place_module(session, None, "stall", project_id=project.id)
    session.commit()
    path = f"/verwaltung/bausteine/{placed.id}/"
    assert 'name="setting-limit"' in admin.get(path).text
    wrong = post(
        path, title="Neu", slug="stall", visible="1", **{"setting-limit": "99", "setting-intro": "Hallo"}
    )
    assert wrong.status_code == 422
    assert 'href="#f-setting-limit"' in wrong.text
    assert 'value="Hallo"' in wrong.text
    right = post(path, title="Neu", slug="tisch", **{"setting-limit": "9", "setting-intro": "Hallo"})
    assert right.location == f"/verwaltung/projekte/{project.id}/?done=saved#module-{placed.id}"
    changed = queries.module_by_id(session, placed.id)
    assert changed is not None
    assert (changed.title, changed.slug, changed.visible, dict(changed.settings)) == (
        "Neu",
        "tisch",
        False,
        {"limit": 9, "intro": "Hallo"},
    )


def test_a_public_module_has_no_field_for_its_address(admin, session):
    _project, module = open_project(session)
    assert 'name="slug"' not in admin.get(f"/verwaltung/bausteine/{module.id}/").text


def test_a_module_with_contributions_stays_and_can_be_hidden(post, session, project):
    placed = placing.place_module(session, None, "stall", project_id=project.id)
    session.commit()
    path = f"/verwaltung/bausteine/{placed.id}/entfernen"
    Notes.used = True
    kept = post(path)
    assert kept.status_code == 409
    assert "There are notes at this stall." in kept.text
    assert f"/verwaltung/bausteine/{placed.id}/#f-visible" in kept.text
    Notes.used = False
    assert post(path).location == f"/verwaltung/projekte/{project.id}/?done=removed"
    assert queries.modules(session, project.id) == []
