"""Machines read the town's published projects, and are refused with problems instead of pages."""

import pytest

from baukasten.projects import publishing
from baukasten.projects.schedule import set_phases
from baukasten.projects.service import create_project
from baukasten.web.platform import EXTENSION
from tests.core.projects.rig import draft, open_project, phase

PROBLEM = "application/problem+json"


def test_published_projects_are_given_whole(client, session, town):
    first, _module = open_project(session, "Der Alte Torfhafen", place="Am Hafen")
    later = [phase("Ideen", 1, 3), phase("Ergebnis", 5, 40)]
    second, _module = open_project(session, "Große Straße", later, stall=False)
    answer = client.get("/api/v1/projects")
    assert (answer.status_code, answer.mimetype) == (200, "application/json")
    common = {"question": "Was soll hier entstehen?"}
    assert answer.json == {
        "projects": [
            {
                "slug": second.slug,
                "title": "Große Straße",
                "place": "",
                "url": f"https://{town.host}/beteiligung/{second.slug}/",
                "starts_at": "2026-11-23T09:00:00+00:00",
                "ends_at": "2027-01-01T09:00:00+00:00",
                **common,
            },
            {
                "slug": first.slug,
                "title": "Der Alte Torfhafen",
                "place": "Am Hafen",
                "url": f"https://{town.host}/beteiligung/{first.slug}/",
                "starts_at": "2026-11-19T09:00:00+00:00",
                "ends_at": "2026-12-04T09:00:00+00:00",
                **common,
            },
        ]
    }


def test_each_address_leads_to_its_page(client, session):
    open_project(session)
    (found,) = client.get("/api/v1/projects").json["projects"]
    assert client.get(found["url"]).status_code == 200


def test_drafts_archived_and_other_towns_projects_are_not_given(
    client, client_of, session, database, other_town
):
    hidden = create_project(session, None, draft("Noch geheim"))
    set_phases(session, None, hidden.id, [phase("Später", 1, 2)])
    old, _module = open_project(session, "Längst vorbei")
    publishing.archive(session, None, old.id)
    taken_back, _module = open_project(session, "Zurückgenommen")
    publishing.unpublish(session, None, taken_back.id)
    session.commit()
    with database.session(other_town.id) as there:
        open_project(there, "Nachbarort")
    assert client.get("/api/v1/projects").json == {"projects": []}
    (neighbour,) = client_of(other_town).get("/api/v1/projects").json["projects"]
    assert neighbour["title"] == "Nachbarort"


def test_the_answer_is_kept_until_something_changes(client, session, app):
    platform = app.extensions[EXTENSION]
    project, _module = open_project(session)
    platform.generations.refresh()
    first = client.get("/api/v1/projects")
    assert client.get("/api/v1/projects", headers={"If-None-Match": first.headers["ETag"]}).status_code == 304
    publishing.unpublish(session, None, project.id)
    session.commit()
    platform.generations.refresh()
    after = client.get("/api/v1/projects", headers={"If-None-Match": first.headers["ETag"]})
    assert (after.status_code, after.json) == (200, {"projects": []})


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/api/v1/nothing", 404),
        ("GET", "/api/v1/projects/7/secret", 404),
        ("GET", "/api/v2/projects", 404),
        ("GET", "/api/", 404),
        ("GET", "/en/api/v1/nothing", 404),
        ("POST", "/api/v1/projects", 405),
        ("DELETE", "/api/v1/projects", 405),
    ],
)
def test_refusals_are_problems(client, method, path, status):
    answer = client.open(path, method=method)
    assert (answer.status_code, answer.mimetype) == (status, PROBLEM)
    assert answer.json.keys() == {"type", "title", "status", "detail"}
    assert (answer.json["type"], answer.json["status"]) == ("about:blank", status)


def test_what_is_allowed_is_named(client):
    assert set(client.post("/api/v1/projects").headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS"}


@pytest.mark.parametrize("host", ["nirgends.test", "betrieb.test", "demo.test"])
def test_hosts_without_a_town_have_no_interface(client_of, host):
    answer = client_of(host).get("/api/v1/projects")
    assert (answer.status_code, answer.mimetype) == (404, PROBLEM)
