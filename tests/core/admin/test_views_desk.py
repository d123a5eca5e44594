"""The administration's first page says what is to be done; plugins, settings and log are at hand."""

import datetime as dt
import re

import pytest

from baukasten.audit import service as audit
from baukasten.plugin import Role
from baukasten.projects import service
from baukasten.tenants import plugins, settings
from tests.core.projects.made import Notes
from tests.core.projects.rig import draft, open_project

HOME = "/verwaltung/"


def test_a_new_town_is_told_what_to_do_first(admin):
    page = admin.get(HOME).text
    assert 'href="/verwaltung/einstellungen/site.legal"' in page
    assert 'href="/verwaltung/projekte/neu"' in page


def test_drafts_stand_on_the_first_page(admin, session):
    service.create_project(session, None, draft("Geheimer Plan"))
    open_project(session, "Park")
    page = admin.get(HOME).text
    assert "Geheimer Plan" in page
    assert "Park" in page
    assert 'href="/verwaltung/einstellungen/site.legal"' not in page


def test_moderators_see_their_own_part(client, new_member, sign_in, session):
    service.create_project(session, None, draft("Geheimer Plan"))
    session.commit()
    sign_in(client, new_member(Role.MODERATOR))
    page = client.get(HOME)
    assert page.status_code == 200
    assert 'href="/beteiligung/geheimer-plan/"' in page.text
    for path in ("projekte/", "module/", "einstellungen/", "protokoll/"):
        assert f'href="{HOME}{path}"' not in page.text
        assert client.get(HOME + path).status_code == 403


def test_citizens_have_no_business_there(client, new_member, sign_in):
    sign_in(client, new_member())
    assert client.get(HOME).status_code == 403


def test_a_plugin_is_switched_off_and_on(admin, post, session, town):
    assert "stall/aus" in admin.get("/verwaltung/module/").text
    assert post("/verwaltung/module/stall/aus").location == "/verwaltung/module/?done=off"
    assert plugins.active(session) == frozenset()
    assert "stall/an" in admin.get("/verwaltung/module/").text
    post("/verwaltung/module/stall/an")
    # What works is asked once a transaction.
    session.rollback()
    assert plugins.active(session) == {"stall"}
    assert [entry.action for entry in audit.entries(session)][:2] == ["admin.plugin.on", "admin.plugin.off"]


def test_a_plugin_that_was_not_granted_is_not_there(admin, post, database, town):
    with database.operator_session() as operator:
        plugins.revoke(operator, town.id, "stall")
        operator.commit()
    assert "stall" not in admin.get("/verwaltung/module/").text
    assert post("/verwaltung/module/stall/an").status_code == 404


def test_settings_are_kept_and_the_log_says_so(admin, post, session):
    groups = admin.get("/verwaltung/einstellungen/").text
    assert 'href="/verwaltung/einstellungen/site.accessibility"' in groups
    path = "/verwaltung/einstellungen/site.accessibility"
    wrong = post(path, status="perfekt", method="self", barriers="Karten")
    assert wrong.status_code == 422
    assert "Karten</textarea>" in wrong.text
    right = post(path, status="full", method="self", checked_on="2026-05-03", contact="Zimmer 4")
    assert right.location == "/verwaltung/einstellungen/?done=saved"
    stored = settings.read(session, "site.accessibility")
    assert (stored["status"], stored["checked_on"], stored["contact"]) == (
        "full",
        dt.date(2026, 5, 3),
        "Zimmer 4",
    )
    assert (audit.entries(session)[0].action, audit.entries(session)[0].target) == (
        "admin.settings.change",
        "settings:site.accessibility",
    )
    assert 'value="2026-05-03"' in admin.get(path).text


@pytest.mark.parametrize("key", ["unknown", "site", "stall.limit"])
def test_unknown_settings_are_not_there(admin, key):
    assert admin.get(f"/verwaltung/einstellungen/{key}").status_code == 404


def test_the_log_goes_on_by_keys(admin, session):
    for number in range(audit.PAGE + 1):
        audit.record(session, None, "test.thing.did", f"thing:{number}")
    session.commit()
    first = admin.get("/verwaltung/protokoll/").text
    assert first.count("test.thing.did") == audit.PAGE
    older = re.search(r'rel="next" href="([^"]+)"', first)
    assert older is not None
    assert admin.get(older[1]).text.count("test.thing.did") == 1


def test_widgets_draw_themselves_and_one_that_fails_is_left_out(admin, town):
    page = admin.get(HOME).text
    assert f"<p>3 notes in {town.name}</p>" in page
    Notes.door_fails = True
    page = admin.get(HOME)
    assert page.status_code == 200
    assert "Notes at the stalls" not in page.text


def test_a_text_that_cannot_be_rendered_is_not_stored(admin, post, session):
    deep = ">" * 50 + " Amtsblatt"
    answer = post("/verwaltung/einstellungen/site.legal", imprint=deep)
    assert answer.status_code == 422
    assert "nested too deeply" in answer.text or "verschachtelt" in answer.text
    assert settings.read(session, "site.legal")["imprint"] != deep
    assert admin.get("/impressum").status_code == 200
