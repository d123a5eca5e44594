"""The search page answers every question, page by page."""

import re

import pytest

from baukasten.plugin.declarations import SearchDocument
from baukasten.search import index

NEXT = re.compile(r'href="(/suche/\?[^"]*after=[^"]*)"')


@pytest.fixture
def harbours(database, town):
    with database.session(town.id) as session:
        for number in range(25):
            index.put(session, SearchDocument("forum.post", number, f"Hafen {number}", "", f"/x/{number}"))
        session.commit()


def test_the_second_page_follows_the_first(client, harbours):
    first = client.get("/suche/?q=Hafen").text
    following = NEXT.search(first)
    assert following is not None
    second = client.get(following[1].replace("&amp;", "&"))
    assert second.status_code == 200
    paths = [set(re.findall(r'href="(/x/\d+)"', page)) for page in (first, second.text)]
    assert [len(one) for one in paths] == [20, 5]
    assert paths[0].isdisjoint(paths[1])


@pytest.mark.parametrize(
    "query",
    [
        "",
        "q=",
        "q=%00",
        "q=<script>alert(1)</script>",
        "q=a&after=%00",
        "q=a&after=1~x~9",
        "q=%F0%28%8C%28",
        "q=" + "x" * 3_000,
    ],
)
def test_no_question_breaks_the_page(client, query):
    page = client.get(f"/suche/?{query}")
    assert page.status_code == 200
    assert "<script>alert" not in page.text
