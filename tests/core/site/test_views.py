"""The public pages of a town: what it asks, what it owes by law, and what search engines are told."""

import datetime as dt
from xml.etree import ElementTree as ET

import pytest
from markupsafe import Markup

from baukasten.plugin import Role, Stat
from baukasten.projects import placing, publishing, service
from baukasten.projects.service import change_project
from baukasten.tenants import plugins, settings
from baukasten.web.platform import EXTENSION
from tests.core.projects.made import Notes
from tests.core.projects.rig import draft, open_project, phase

SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


def headings(page, level=3):
    """The texts of the headings of a level, without markup."""
    parts = page.split(f"<h{level}")[1:]
    inner = (part.partition(">")[2].partition(f"</h{level}>")[0] for part in parts)
    return [Markup(text).striptags() for text in inner]  # noqa: S704 - our own page, to be read


def test_a_town_without_projects_invites(client):
    page = client.get("/")
    assert page.status_code == 200
    assert "Stadt" in headings(page.text, 1)[0]
    assert "/verwaltung/" not in page.text
    assert client.get("/beteiligung/").status_code == 200


def test_the_front_page_asks_the_most_urgent_question_first(session, client):
    Notes.stats = [Stat("stall.contributions", "Beiträge", 186)]
    open_project(session, "Park", [phase("Ideen", -2, 20, "stall.write")], question="Was soll in den Park?")
    open_project(session, "Hafen", [phase("Ideen", -2, 5, "stall.write")], question="Was soll in den Hafen?")
    open_project(session, "Brücke", [phase("Ideen", 9, 12)])
    open_project(session, "Markt", [phase("Ideen", -9, -2)], result="Vierzehn Linden.")
    page = client.get("/").text
    assert headings(page, 1) == ["Was soll in den Hafen?"]
    assert headings(page) == ["Park", "Markt"]
    assert "Vierzehn Linden." in page
    assert "186" in page
    assert 'href="/beteiligung/hafen/ideen-stand/"' in page
    assert page.index("Brücke") > page.index("Markt")


def test_the_overview_lists_what_was_put_away_too(session, client):
    project, _module = open_project(session, "Park", [phase("Ideen", -2, 20)])
    publishing.archive(session, None, project.id)
    session.commit()
    assert "Park" not in headings(client.get("/").text)
    assert headings(client.get("/beteiligung/").text) == ["Park"]


def test_a_draft_stands_nowhere(session, client):
    service.create_project(session, None, draft("Geheimer Plan"))
    session.commit()
    for path in ("/", "/beteiligung/", "/sitemap.xml"):
        assert "eheim" not in client.get(path).text


def test_another_towns_projects_stand_nowhere(session, client_of, other_town):
    open_project(session, "Park")
    foreign = client_of(other_town)
    for path in ("/", "/beteiligung/", "/sitemap.xml"):
        assert "park" not in foreign.get(path).text.lower()


def test_the_pages_speak_english_below_its_prefix(session, client):
    open_project(session, "Park")
    page = client.get("/en/").text
    assert '<html lang="en"' in page
    assert 'href="/en/beteiligung/park/' in page
    assert "Running now" in client.get("/en/beteiligung/").text


def test_a_changed_project_changes_the_kept_front_page(session, client, app):
    project, _module = open_project(session, "Park", question="Was soll in den Park?")
    generations = app.extensions[EXTENSION].generations
    generations.refresh()
    client.get("/")
    change_project(session, None, project.id, draft("Park", question="Und was nicht?"))
    session.commit()
    generations.refresh()
    assert headings(client.get("/").text, 1) == ["Und was nicht?"]


@pytest.mark.parametrize(
    ("path", "group", "key"),
    [
        ("/impressum", "site.legal", "imprint"),
        ("/datenschutz", "site.legal", "privacy"),
        ("/regeln", "site.rules", "rules"),
    ],
)
def test_the_towns_own_words_are_cleaned_markdown(session, client, path, group, key):
    settings.write(session, group, {key: "## Wir\n\n**Rathaus** <script>x</script>"})
    session.commit()
    page = client.get(path).text
    assert "<strong>Rathaus</strong> &lt;script&gt;" in page


def test_a_missing_imprint_is_said_and_staff_gets_the_way_to_it(client, new_member, sign_in):
    page = client.get("/impressum").text
    assert "einstellungen" not in page
    sign_in(client, new_member(Role.ADMIN))
    assert 'href="/verwaltung/einstellungen/site.legal"' in client.get("/impressum").text


def test_privacy_is_made_from_what_the_parts_declare(client, contract):
    declared = [str.__str__(answer.value.title) for answer in contract.registry.personal_data.values()]
    assert declared
    page = client.get("/en/datenschutz").text
    assert headings(page) == declared


def test_the_accessibility_statement_says_what_the_town_entered(session, client):
    values = {
        "status": "not",
        "method": "external",
        "checked_on": dt.date(2026, 5, 3),
        "contact": "Zimmer 4\n<b>",
    }
    settings.write(session, "site.accessibility", values)
    session.commit()
    page = client.get("/en/barrierefreiheit").text
    assert "does not meet" in page
    assert "An independent test" in page
    assert "Zimmer 4\n&lt;b&gt;" in page
    assert "3. Mai 2026" in client.get("/barrierefreiheit").text


def test_robots_may_read_and_are_shown_the_map(client, town):
    lines = client.get("/robots.txt").text.splitlines()
    assert lines[0] == "User-agent: *"
    assert f"Sitemap: https://{town.host}/sitemap.xml" in lines
    assert "Disallow: /" not in lines


def test_the_map_lists_what_is_public_and_nothing_else(session, client, town):
    project, module = open_project(session, "Park")
    placing.place_module(session, None, "stall", title="Tafel")
    hidden = placing.place_module(session, None, "stall", title="Versteckt", project_id=project.id)
    placing.change_module(session, None, hidden.id, visible=False)
    service.create_project(session, None, draft("Entwurf"))
    session.commit()
    tree = ET.fromstring(client.get("/sitemap.xml").data)  # noqa: S314 - our own answer
    base = f"https://{town.host}"
    found = {str(element.text).removeprefix(base) for element in tree.iter(f"{SITEMAP}loc")}
    legal = {"/", "/beteiligung/", "/regeln", "/impressum", "/datenschutz", "/barrierefreiheit"}
    assert found - legal == {"/beteiligung/park/", module.path, "/tafel/"}
    assert legal <= found


def test_a_module_of_a_plugin_switched_off_leaves_the_map_and_the_menu(session, client, town):
    placing.place_module(session, None, "stall", title="Tafel")
    session.commit()
    assert 'href="/tafel/"' in client.get("/").text
    assert "/tafel/" in client.get("/sitemap.xml").text
    plugins.switch_off(session, town, "stall")
    session.commit()
    assert 'href="/tafel/"' not in client.get("/").text
    assert "/tafel/" not in client.get("/sitemap.xml").text
