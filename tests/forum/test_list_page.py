"""The list of a forum: narrowed, ordered, searched; what stands on top, what is told of each topic."""

import datetime as dt
import re

import pytest
from sqlalchemy import bindparam, text, update

from baukasten import clock
from baukasten.search import index
from baukasten.web.platform import EXTENSION
from baukasten_forum import filters, listing, service
from baukasten_forum.models import Topic
from tests.forum.conftest import DAY

LIST = "/beteiligung/torfhafen/forum/"


def titles(page):
    return re.findall(r'<h3><a href="[^"]+">([^<]+)</a>', page)


def shown(client, query=""):
    answer = client.get(LIST + query)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 200, page
    return titles(page)


def change(session, title, **values):
    session.execute(update(Topic).where(Topic.title == title).values(**values))
    session.commit()


@pytest.fixture
def three(session, noon, forum, anna):
    """Three topics, a day apart; the first one is on a subject, answered and adopted, the last one read by many."""
    session.execute(
        text(
            "INSERT INTO forum_category (tenant_id, module_id, slug, title) "
            "SELECT tenant_id, id, 'ufer', 'Ufer' FROM module"
        )
    )
    number = session.scalar(text("SELECT id FROM forum_category"))
    for day, title in enumerate(("Erster", "Zweiter", "Dritter")):
        service.open_topic(session, anna, forum, title=title, body=f"Text über {title}.")
        when = noon + (day - 9) * DAY
        change(session, title, created_at=when, last_post_at=when)
    change(session, "Erster", category_id=number, outcome="adopted", answers=1, answered_at=noon, supports=3)
    change(session, "Zweiter", replies=2, views=5, kind="idea", supports=7)
    change(session, "Dritter", views=9)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["Dritter", "Zweiter", "Erster"]),
        ("?sort=neu", ["Dritter", "Zweiter", "Erster"]),
        ("?sort=unterstuetzt", ["Zweiter", "Erster", "Dritter"]),
        ("?sort=antworten", ["Zweiter", "Dritter", "Erster"]),
        ("?sort=unbeantwortet", ["Zweiter", "Dritter"]),
        ("?sort=wenig", ["Erster", "Zweiter", "Dritter"]),
        ("?stand=aufgegriffen", ["Erster"]),
        ("?stand=offen", ["Dritter", "Zweiter"]),
        ("?antwort=ja", ["Erster"]),
        ("?antwort=nein", ["Dritter", "Zweiter"]),
        ("?zeitraum=woche", ["Dritter"]),
        ("?zeitraum=monat&antwort=nein&sort=wenig", ["Zweiter", "Dritter"]),
        ("kategorie/ufer", ["Erster"]),
        ("kategorie/ufer?stand=offen", []),
        ("?stand=&antwort=&zeitraum=&q=&sort=aktiv", ["Dritter", "Zweiter", "Erster"]),
    ],
)
def test_the_list_shows_what_was_asked_for_in_its_order(browse, three, query, expected):
    assert shown(browse(), query) == expected


@pytest.mark.parametrize(
    "query",
    [
        "?stand=falsch",
        "?antwort=1",
        "?zeitraum=tag",
        "kategorie/gibt-es-nicht",
        "kategorie/%00",
        "?sort=0",
    ],
)
def test_what_no_list_offers_is_unknown(browse, three, query):
    assert browse().get(LIST + query).status_code == 404


def test_what_only_members_have_leads_guests_to_the_way_in(monkeypatch, browse, three, anna, ben):
    monkeypatch.setitem(listing.CLAUSES, "own", listing.TOPIC.c.author_id == bindparam("reader"))
    monkeypatch.setitem(filters.PERSONAL, "meine", "own")
    answer = browse().get(f"{LIST}?meine=1")
    assert (answer.status_code, "next=" in answer.location) == (303, True)
    assert shown(browse(anna), "?meine=1") == ["Dritter", "Zweiter", "Erster"]
    assert shown(browse(ben), "?meine=1") == []
    assert browse(ben).get(f"{LIST}?meine=2").status_code == 404


def test_the_form_leads_to_the_page_of_a_category(browse, three):
    client = browse()
    answer = client.get(f"{LIST}?kategorie=ufer&stand=aufgegriffen&antwort=&slug=x&module=1")
    assert (answer.status_code, answer.location) == (302, f"{LIST}kategorie/ufer?stand=aufgegriffen")
    assert client.get(f"{LIST}?kategorie=nichts").location == f"{LIST}kategorie/nichts"
    page = client.get(f"{LIST}kategorie/ufer").get_data(as_text=True)
    assert "<h1>Ufer</h1>" in page
    assert '<option value="ufer" selected>Ufer</option>' in page


def test_a_period_begins_with_a_day_of_the_town(app, browse, three, noon):
    with clock.turned(noon + dt.timedelta(hours=13, minutes=59)):
        assert shown(browse(), "?zeitraum=woche") == ["Dritter"]
    with clock.turned(noon + dt.timedelta(hours=14)):
        assert shown(browse(), "?zeitraum=woche") == []


def test_pinned_topics_stand_on_top_of_the_first_page_only(browse, session, three, noon):
    change(session, "Erster", pinned_at=noon)
    client = browse()
    assert shown(client) == ["Erster", "Dritter", "Zweiter"]
    assert shown(client, "?sort=wenig") == ["Erster", "Zweiter", "Dritter"]
    assert shown(client, "?antwort=ja") == ["Erster"]
    page = client.get(LIST).get_data(as_text=True)
    assert page.count('class="topic pin"') == 1


def test_a_merged_topic_says_where_it_went_unless_that_is_hidden(browse, session, three):
    target = session.scalar(text("SELECT id FROM forum_topic WHERE title = 'Zweiter'"))
    change(session, "Dritter", merged_into=target, outcome="merged")
    page = browse().get(LIST).get_data(as_text=True)
    assert "jetzt bei „Zweiter“" in page
    assert "zusammengeführt" in page
    assert shown(browse(), "?sort=unbeantwortet") == ["Zweiter"]
    change(session, "Zweiter", visibility="hidden")
    assert "jetzt bei" not in browse().get(f"{LIST}?x=1").get_data(as_text=True)


def test_archived_topics_are_found_but_not_listed(browse, session, three):
    change(session, "Dritter", state="archived")
    assert shown(browse()) == ["Zweiter", "Erster"]
    assert shown(browse(), "?stand=archiv") == ["Dritter"]


def test_pages_lead_on_and_back_in_every_order(browse, session, three):
    session.execute(
        text(
            "INSERT INTO forum_topic (tenant_id, module_id, title, slug, last_post_at, created_at, replies, views, "
            "supports) SELECT tenant_id, module_id, 'T' || n, 't', created_at - n % 7 * interval '1 hour', "
            "created_at - n % 5 * interval '1 hour', n % 4, n % 3, n % 6 "
            "FROM forum_topic, generate_series(1, 70) AS n WHERE title = 'Erster'"
        )
    )
    session.commit()
    client = browse()
    for sort in listing.SORTS:
        pages, address = [], f"{LIST}?sort={sort}"
        while address:
            page = client.get(address).get_data(as_text=True)
            pages.append((address, titles(page)))
            address = first(r'rel="next" href="([^"]+)"', page)
        seen = [title for _address, found in pages for title in found]
        count = 72 if sort == "unbeantwortet" else 73
        assert (len(seen), len(set(seen)), len(pages)) == (count, count, 3), sort
        back = first(r'rel="prev" href="([^"]+)"', client.get(pages[2][0]).get_data(as_text=True))
        assert titles(client.get(back).get_data(as_text=True)) == pages[1][1]


def first(pattern, page):
    found = re.search(pattern, page)
    return found[1].replace("&amp;", "&") if found else ""


def test_a_search_finds_topics_by_what_is_written_in_them(browse, session, database, town, three, forum, ben):
    topic_id = session.scalar(text("SELECT id FROM forum_topic WHERE title = 'Erster'"))
    for words in ("Das Geländer fehlt.", "Das Geländer ist aus Stahl."):
        service.reply(session, ben, forum, topic_id, body=words)
    session.commit()
    with database.session(town.id) as own:
        index.rebuild(own)
        own.commit()
    client = browse()
    assert shown(client, "?q=Geländer") == ["Erster"]
    page = client.get(f"{LIST}?q=Geländer").get_data(as_text=True)
    assert 'value="Geländer"' in page
    assert "Geländer" in page[page.index('class="why"') :]
    assert shown(client, "?q=Text") == shown(client, "?q=Text&stand=")
    assert sorted(shown(client, "?q=Text")) == ["Dritter", "Erster", "Zweiter"]
    assert shown(client, "?q=Text&sort=neu") == ["Dritter", "Zweiter", "Erster"]
    assert shown(client, "?q=Text&antwort=ja") == ["Erster"]
    assert shown(client, "?q=Quarkstrudel") == []
    assert shown(client, "?q=%00") == ["Erster", "Dritter", "Zweiter"]


def test_statements_stay_few_whatever_is_asked(app, browse, session, three, statements, ben):
    client = browse(ben)
    for query in ("", "?stand=offen", "kategorie/ufer", "?q=Text"):
        app.extensions[EXTENSION].generations.refresh()
        client.get(LIST + query)
        with statements() as asked:
            assert client.get(LIST + query).status_code == 200
        assert len(asked) <= 6, asked


def test_every_order_says_what_it_is_good_for(browse, three):
    page = browse().get(LIST).get_data(as_text=True)
    told = page[page.index("Warum diese Reihenfolge?") : page.index('<ul class="topics">')]
    assert told.count("<dt>") == told.count("<dd>") == len(listing.SORTS)
    assert "Neueste Aktivität (gewählt)" in told
