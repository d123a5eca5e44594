"""Addresses below a module lead to the kind's own views, and everything else looks as if it never was."""

import re

import pytest

from baukasten.plugin.refs import Role
from baukasten.projects import placing, publishing, service
from baukasten.tenants import plugins
from tests.core.projects.rig import draft, open_project

HOME = "/beteiligung/der-alte-torfhafen/ideen-stand"


def same(answer):
    """The answer without what differs between any two requests: the address asked and the request's number."""
    body = re.sub(rb"/(nichts-da|beteiligung)[^\"'<]*", b"", answer.data)
    headers = {name: value for name, value in answer.headers.items() if name != "X-Request-Id"}
    headers.pop("Content-Length", None)
    return answer.status_code, body, headers


def test_a_module_answers_at_its_address(session, client):
    open_project(session)
    assert client.get(f"{HOME}/").text == "stall ideen-stand of der-alte-torfhafen"
    assert client.get(f"{HOME}/notiz/7/").text == "note 7 in ideen-stand"
    assert client.post(f"{HOME}/notiz/7/").status_code == 405


def test_a_module_on_the_site_answers_below_the_root(session, client):
    placing.place_module(session, None, "stall", title="Tafel")
    session.commit()
    assert client.get("/tafel/").text == "stall tafel of the site"
    assert client.get("/tafel/notiz/1/").text == "note 1 in tafel"


def test_the_languages_are_in_front_of_the_module(session, client):
    open_project(session)
    assert client.get(f"/en{HOME}/").status_code == 200
    missing_slash = client.get(f"/en{HOME}/notiz/7?a=b")
    assert (missing_slash.status_code, missing_slash.location) == (308, f"/en{HOME}/notiz/7/?a=b")


@pytest.mark.parametrize("path", ["/wp-login.php", "/unbekannt/", "/unbekannt/tief/", "/konto/unbekannt"])
def test_what_nobody_placed_is_not_there(session, client, path):
    assert client.get(path).status_code == 404


def test_a_draft_looks_to_guests_as_if_it_never_was(session, client):
    project = service.create_project(session, None, draft("Geheim"))
    placing.place_module(session, None, "stall", project_id=project.id)
    session.commit()
    never = same(client.get("/beteiligung/nichts-da/"))
    assert same(client.get("/beteiligung/geheim/")) == never
    assert same(client.get("/beteiligung/geheim/stall/")) == never
    assert never[0] == 404


@pytest.mark.parametrize(("roles", "status"), [((), 404), ((Role.MODERATOR,), 200), ((Role.ADMIN,), 200)])
def test_staff_sees_a_draft_before_the_others(session, client, new_member, sign_in, roles, status):
    project = service.create_project(session, None, draft("Geheim"))
    placing.place_module(session, None, "stall", project_id=project.id)
    session.commit()
    sign_in(client, new_member(*roles))
    page = client.get("/beteiligung/geheim/")
    assert page.status_code == status
    assert client.get("/beteiligung/geheim/stall/").status_code == status
    assert ("Vorschau" in page.text or "preview" in page.text) is (status == 200)


def test_another_towns_module_looks_as_if_it_never_was(session, client_of, other_town):
    open_project(session)
    foreign = client_of(other_town)
    never = same(foreign.get("/beteiligung/nichts-da/nichts/"))
    for path in (f"{HOME}/", f"{HOME}/notiz/7/", "/beteiligung/der-alte-torfhafen/"):
        assert same(foreign.get(path)) == never


def test_a_hidden_module_and_one_of_a_plugin_switched_off_are_gone(session, client, town):
    _project, module = open_project(session)
    assert client.get(f"{HOME}/").status_code == 200
    placing.change_module(session, None, module.id, visible=False)
    session.commit()
    assert client.get(f"{HOME}/").status_code == 404
    placing.change_module(session, None, module.id, visible=True)
    plugins.switch_off(session, town, "stall")
    session.commit()
    assert client.get(f"{HOME}/").status_code == 404


def test_an_archived_project_stays_readable(session, client):
    project, _module = open_project(session)
    publishing.archive(session, None, project.id)
    session.commit()
    assert client.get(f"{HOME}/").status_code == 200
    assert client.get(f"{HOME}/schreiben").status_code == 403
