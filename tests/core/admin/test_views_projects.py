"""Staff writes, dates, assembles and publishes a project, with nothing but forms."""

import datetime as dt
import re

import pytest

from baukasten.audit import service as audit
from baukasten.plugin import Role
from baukasten.projects import placing, queries, schedule, service
from baukasten.tenants import settings
from tests.core.projects.rig import draft, open_project, phase

LIST, NEW = "/verwaltung/projekte/", "/verwaltung/projekte/neu"


def test_a_project_is_written_and_read_back(admin, post, session):
    answer = post(
        NEW,
        title="Der Alte Torfhafen",
        question="Was soll hier entstehen?",
        can_influence="- Wege\n\n• Bäume\n",
        fixed="Der Deich",
        picture="harbour",
        description="**Torf**",
    )
    made = queries.find_project(session, "der-alte-torfhafen")
    assert made is not None
    assert (answer.status_code, answer.location) == (303, f"{LIST}{made.id}/?done=created")
    assert (made.can_influence, made.fixed, made.description_html) == (
        ("Wege", "Bäume"),
        ("Der Deich",),
        "<p><strong>Torf</strong></p>\n",
    )
    form = admin.get(f"{LIST}{made.id}/bearbeiten").text
    assert "Wege\nBäume</textarea>" in form
    assert 'value="Was soll hier entstehen?"' in form
    page = admin.get(answer.location).text
    assert "Angelegt." in page or "Created." in page


def test_what_was_typed_stays_when_something_is_wrong(admin, post, session):
    answer = post(NEW, title="", question="Was soll <hier> entstehen?", picture="harbour")
    assert answer.status_code == 422
    assert "Was soll &lt;hier&gt; entstehen?" in answer.text
    assert 'href="#f-title"' in answer.text
    assert 'aria-invalid="true"' in answer.text
    assert queries.list_projects(session, drafts=True) == []


def test_a_taken_address_is_said_at_its_field(admin, post, session):
    service.create_project(session, None, draft("Markt"))
    session.commit()
    answer = post(NEW, title="Anderer", slug="markt", picture="harbour")
    assert answer.status_code == 422
    assert 'href="#f-slug"' in answer.text
    assert 'value="Anderer"' in answer.text


def test_times_are_entered_and_shown_in_the_towns_zone(admin, post, session):
    project = service.create_project(session, None, draft())
    session.commit()
    path = f"{LIST}{project.id}/phasen"
    rows = {
        "rows": "2",
        "title-0": "Ideen",
        "starts-0": "2026-10-25T00:00",
        "ends-0": "2026-10-26T00:00",
        "features-0": "stall.write",
        "note-0": "Schreiben",
        "title-1": "Bewerten",
        "starts-1": "2027-03-28T00:00",
        "ends-1": "2027-03-29T00:00",
    }
    assert post(path, **rows).status_code == 303
    found = queries.phases(session, project.id)
    assert [(one.title, one.starts_at, one.ends_at - one.starts_at) for one in found] == [
        ("Ideen", dt.datetime(2026, 10, 24, 22, tzinfo=dt.UTC), dt.timedelta(hours=25)),
        ("Bewerten", dt.datetime(2027, 3, 27, 23, tzinfo=dt.UTC), dt.timedelta(hours=23)),
    ]
    form = admin.get(path).text
    for value in ("2026-10-25T00:00", "2026-10-26T00:00", "2027-03-28T00:00", "2027-03-29T00:00"):
        assert f'value="{value}"' in form
    assert re.search(r'value="stall.write"[^>]* checked', form)


def test_objections_come_back_to_the_row_they_belong_to(admin, post, session):
    project = service.create_project(session, None, draft())
    session.commit()
    answer = post(
        f"{LIST}{project.id}/phasen",
        **{
            "rows": "4",
            "title-1": "Ideen",
            "starts-1": "2026-11-01T00:00",
            "ends-1": "2026-12-01T00:00",
            "title-3": "Bewerten",
            "starts-3": "2026-11-15T00:00",
            "ends-3": "2026-12-24T00:00",
        },
    )
    assert answer.status_code == 422
    assert 'href="#f-starts-3"' in answer.text
    assert 'value="2026-11-15T00:00"' in answer.text
    half = post(f"{LIST}{project.id}/phasen", **{"rows": "2", "title-0": "Ideen"})
    assert half.status_code == 422
    assert ['href="#f-starts-0"' in half.text, 'href="#f-ends-0"' in half.text] == [True, True]
    assert queries.phases(session, project.id) == ()


def test_a_phase_goes_when_its_row_is_emptied(post, session):
    project = service.create_project(session, None, draft())
    schedule.set_phases(session, None, project.id, [phase("A", 0, 1), phase("B", 2, 3)])
    session.commit()
    post(f"{LIST}{project.id}/phasen", **{
        "rows": "4", "title-1": "B", "starts-1": "2026-11-24T10:00", "ends-1": "2026-11-25T10:00",
    })  # fmt: skip
    assert [one.title for one in queries.phases(session, project.id)] == ["B"]


def test_publishing_stays_shut_and_says_why_until_nothing_is_missing(admin, post, session):
    project = service.create_project(session, None, draft(contact=""))
    session.commit()
    path = f"{LIST}{project.id}/"
    page = admin.get(path).text
    assert 'aria-disabled="true"' in page
    for mend in ("bearbeiten#f-contact", "phasen", "einstellungen/site.legal#f-imprint"):
        assert mend in page
    assert post(f"{path}veroeffentlichen").location == f"{path}#todo"
    assert queries.list_projects(session) == []
    settings.write(session, "site.legal", {"imprint": "Stadt"})
    service.change_project(session, None, project.id, draft())
    schedule.set_phases(session, None, project.id, [phase("Ideen", 0, 1)])
    session.commit()
    assert 'aria-disabled="true"' not in admin.get(path).text
    assert post(f"{path}veroeffentlichen").location == f"{path}?done=published"
    assert [one.title for one in queries.list_projects(session)] == ["Der Alte Torfhafen"]


def test_taking_back_and_archiving(post, session):
    project, _module = open_project(session)
    path = f"{LIST}{project.id}/"
    post(f"{path}archivieren")
    assert [one.state for one in queries.list_projects(session, archived=True)] == ["archived"]
    post(f"{path}zurueckziehen")
    assert [one.state for one in queries.list_projects(session, drafts=True)] == ["draft"]
    assert post(f"{path}archivieren").status_code == 409
    actions = [entry.action for entry in audit.entries(session)][:2]
    assert actions == ["projects.project.unpublish", "projects.project.archive"]


def test_the_log_names_who_did_it(admin, post, session):
    post(NEW, title="Markt", picture="square")
    entry = audit.entries(session)[0]
    assert (entry.action, entry.actor_id is not None) == ("projects.project.create", True)
    page = admin.get("/verwaltung/protokoll/").text
    assert "projects.project.create" in page
    assert "slug: markt" in page


@pytest.mark.parametrize(("roles", "status"), [((), 403), ((Role.MODERATOR,), 403)])
def test_only_admins_assemble(client, new_member, sign_in, session, roles, status):
    project = service.create_project(session, None, draft())
    session.commit()
    sign_in(client, new_member(*roles))
    for path in (LIST, NEW, f"{LIST}{project.id}/", f"{LIST}{project.id}/phasen"):
        assert client.get(path).status_code == status
    assert client.post(f"{LIST}{project.id}/veroeffentlichen").status_code == status


def test_a_guest_is_sent_to_the_door(client):
    answer = client.get(LIST)
    assert answer.status_code == 303
    assert "next=" in answer.location


def test_a_forged_form_changes_nothing(admin, session):
    assert admin.post(NEW, data={"title": "Markt", "picture": "square"}).status_code == 403
    assert queries.list_projects(session, drafts=True) == []


def test_another_towns_ids_are_not_there(admin, post, database, other_town, session):
    with database.session(other_town.id) as foreign:
        project = service.create_project(foreign, None, draft())
        module = placing.place_module(foreign, None, "stall", project_id=project.id)
        foreign.commit()
    base = f"{LIST}{project.id}/"
    read = [base, f"{base}bearbeiten", f"{base}phasen", f"/verwaltung/bausteine/{module.id}/"]
    assert [admin.get(path).status_code for path in read] == [404] * 4
    write = [
        f"{base}{step}"
        for step in ("bearbeiten", "phasen", "veroeffentlichen", "zurueckziehen", "archivieren")
    ]
    write += [f"/verwaltung/bausteine/{module.id}/", f"/verwaltung/bausteine/{module.id}/entfernen"]
    assert [post(path, title="Unser").status_code for path in write] == [404] * 7
    assert post(f"{base}platzieren", kind="stall").status_code == 404
    assert post("/verwaltung/bewegen", module=str(module.id), direction="up").status_code == 404
    with database.session(other_town.id) as foreign:
        kept = queries.project_by_id(foreign, project.id)
        assert kept is not None
        assert (kept.title, kept.state) == ("Der Alte Torfhafen", "draft")
        assert queries.module_by_id(foreign, module.id) == module
