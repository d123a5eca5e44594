"""The frame around every page: what is linked, for whom, and what plugins put there."""

import re

import pytest

from baukasten.plugin import Role
from baukasten.projects import placing
from tests.core.projects.made import Notes
from tests.core.projects.rig import open_project


def links(page, name):
    """The addresses in the navigation of a name."""
    found = re.search(rf'<nav[^>]*aria-label="{name}".*?</nav>', page, re.DOTALL)
    return re.findall(r'<a href="([^"]+)"', found[0]) if found else []


def test_the_menu_lists_what_is_placed_on_the_site_and_marks_where_one_is(session, client):
    placing.place_module(session, None, "stall", title="Tafel")
    open_project(session)
    front, inside = client.get("/").text, client.get("/beteiligung/der-alte-torfhafen/").text
    assert links(front, "Hauptnavigation")[:3] == ["/", "/beteiligung/", "/tafel/"]
    assert re.findall(r'href="([^"]+)" aria-current="page"', front) == ["/"]
    assert re.findall(r'href="([^"]+)" aria-current="page"', inside) == ["/beteiligung/"]


def test_the_menu_keeps_the_language(session, client):
    placing.place_module(session, None, "stall", title="Tafel")
    session.commit()
    assert links(client.get("/en/").text, "Main navigation")[:3] == ["/en/", "/en/beteiligung/", "/en/tafel/"]


def test_every_language_of_the_very_page_is_linked(client):
    page = client.get("/en/regeln").text
    assert links(page, "Languages") == ["/regeln", "/en/regeln"]


@pytest.mark.parametrize(("word", "shown"), [("saved", True), ("<script>", False), ("deleted", False)])
def test_a_message_is_one_of_ours(client, word, shown):
    page = client.get("/en/regeln", query_string={"done": word}).text
    assert ('role="status"' in page, word in page and not shown) == (shown, False)


@pytest.mark.parametrize(
    ("roles", "expected"),
    [
        ((Role.MODERATOR,), {"/verwaltung/", "/verwaltung/moderation/", "/verwaltung/mitglieder/"}),
        ((Role.ADMIN,), {"/verwaltung/projekte/", "/verwaltung/module/", "/verwaltung/protokoll/"}),
    ],
)
def test_staff_sees_the_pages_it_may_open(client, new_member, sign_in, roles, expected):
    sign_in(client, new_member(*roles))
    shown = links(client.get("/verwaltung/").text, "Verwaltung")
    assert expected <= set(shown)
    assert [client.get(path).status_code for path in shown] == [200] * len(shown)


def test_plugins_fill_the_places_of_the_pages(session, client, new_member, sign_in):
    Notes.outlets = True
    open_project(session)
    sign_in(client, new_member(Role.ADMIN))
    seen = [
        text
        for path in ("/", "/beteiligung/der-alte-torfhafen/", "/verwaltung/")
        for text in re.findall(r"<p>([A-Z_]+ of [a-z -]+)</p>", client.get(path).text)
    ]
    hafen = "der-alte-torfhafen"
    assert seen == [
        "FRONT_TOP of no project",
        "FRONT_BOTTOM of no project",
        "SITE_FOOTER of no project",
        f"PROJECT_HEADER of {hafen}",
        f"PROJECT_ASIDE of {hafen}",
        f"PROJECT_BOTTOM of {hafen}",
        "SITE_FOOTER of no project",
        "ADMIN_DASHBOARD of no project",
    ]


def test_a_refusal_wears_the_same_frame(client):
    page = client.get("/unbekannt/")
    assert page.status_code == 404
    assert links(page.text, "Hauptnavigation")[:2] == ["/", "/beteiligung/"]
