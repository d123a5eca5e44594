"""The desk of a list: one navigation for all its pages, with what each may see."""

import re

import pytest

LABELS = {
    "admin": ["Ausgaben", "Themen", "Menschen", "Rückweg", "Zahlen"],
    "moderator": ["Ausgaben", "Zahlen"],
}


def tabs(page):
    """What the navigation of the list offers, the way out left off, and what it marks as current."""
    (found,) = re.findall(r'<nav class="side" aria-label="Stadtbrief">(.*?)</nav>', page, re.DOTALL)
    links = re.findall(r'<a href="([^"]+)"( aria-current="true")?>([^<]+)</a>', found)
    return [label for _url, _now, label in links], [label for _url, now, label in links if now]


@pytest.mark.parametrize("who", LABELS)
def test_each_sees_what_they_may(browse, request, letters, who):
    page = browse(request.getfixturevalue(who)).get("/stadtbrief/ausgaben/").text
    assert tabs(page) == (LABELS[who], ["Ausgaben"])
    assert 'href="/stadtbrief/"' in page


@pytest.mark.parametrize(
    ("path", "label"),
    [
        ("themen", "Themen"),
        ("menschen", "Menschen"),
        ("menschen/einlesen", "Menschen"),
        ("rueckweg", "Rückweg"),
    ],
)
def test_each_page_says_where_it_stands(browse, admin, letters, path, label):
    assert tabs(browse(admin).get(f"/stadtbrief/{path}/").text) == (LABELS["admin"], [label])


def test_staff_finds_the_desk_from_the_list_and_nobody_else_does(browse, admin, client, letters):
    assert 'href="/stadtbrief/ausgaben/"' in browse(admin).get("/stadtbrief/").text
    assert 'href="/stadtbrief/ausgaben/"' not in client.get("/stadtbrief/").text
