"""The page of a topic: tombstones, replies to replies, moved posts, the ways through it and onto paper."""

import gzip
import re

import pytest
from sqlalchemy import text, update

from baukasten.moderation import service as moderation
from baukasten.plugin.refs import ContentRef
from baukasten.projects import placing
from baukasten.sdk import render_markdown
from baukasten.web.platform import EXTENSION
from baukasten_forum import service
from baukasten_forum.models import Post, Topic
from tests.forum.conftest import open_forum

LIST = "/beteiligung/torfhafen/forum/"


def path(topic):
    return f"{LIST}{topic.topic_id}-{topic.slug}"


def page_of(client, address):
    answer = client.get(address)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 200, page
    return page


def numbers(page):
    return [int(one) for one in re.findall(r'id="post-(\d+)"', page)]


def post_id(session, topic, number):
    return session.scalar(
        text("SELECT id FROM forum_post WHERE topic_id = :topic AND number = :number"),
        {"topic": topic.topic_id, "number": number},
    )


def change(session, topic, at, **values):
    session.execute(update(Post).where(Post.id == post_id(session, topic, at)).values(**values))
    session.commit()


@pytest.fixture
def talk(session, forum, topic, anna, ben):
    """Six replies; 4 answers 3, 6 answers 4, 5 answers the topic."""
    for number, to in ((2, None), (3, None), (4, 3), (5, 1), (6, 4), (7, None)):
        parent = post_id(session, topic, to) if to else None
        service.reply(session, ben, forum, topic.topic_id, body=f"Antwort {number}.", reply_to=parent)
    session.commit()
    return topic


def fill(session, topic, count, words="Antwort"):
    values = {"topic": topic.topic_id, "count": count, "html": f"<p>{words}</p>"}
    session.execute(
        text(
            "INSERT INTO forum_post (tenant_id, topic_id, number, author_id, body, body_html, sanitiser_version, "
            "created_at) SELECT t.tenant_id, t.id, t.next_number + n - 1, t.author_id, 'Antwort', :html, 1, "
            "t.created_at + n * interval '1 hour' "
            "FROM forum_topic t, generate_series(1, :count) AS n WHERE t.id = :topic"
        ),
        values,
    )
    moved = update(Topic).where(Topic.id == topic.topic_id)
    session.execute(
        moved.values(
            next_number=Topic.next_number + count, last_number=count + 1, replies=Topic.replies + count
        )
    )
    session.commit()


def test_each_reply_has_a_heading_with_its_number(browse, talk):
    page = page_of(browse(), path(talk))
    found = re.findall(r'<h3 class="by"[^>]*>([^<]+)<span class="vh">, Antwort (\d)</span></h3>', page)
    assert found == [("Ben Hafen", str(number)) for number in range(2, 8)]
    assert re.findall(r"<(h[1-6])[ >]", page[page.index("<main") : page.index('<h3 class="by"')]) == [
        "h1",
        "h2",
        "h2",
    ]


def test_a_reply_says_what_it_replies_to_unless_that_is_the_topic(browse, talk):
    page = page_of(browse(), path(talk))
    links = re.findall(r'<p class="to small">.*?<a href="([^"]+)">Antwort auf.*?(#\d)', page)
    assert links == [("#post-3", "#3"), ("#post-4", "#4")]


def test_replies_stand_one_after_another_by_number(browse, talk):
    assert numbers(page_of(browse(), path(talk))) == [1, 2, 3, 4, 5, 6, 7]


def test_replies_stand_under_what_they_reply_to_where_the_town_wants_it(browse, session, talk):
    session.execute(text("""UPDATE module SET settings = '{"nested": true}'"""))
    session.commit()
    page = page_of(browse(), path(talk))
    assert numbers(page) == [1, 2, 3, 4, 6, 5, 7]
    assert re.findall(r'class="post post--in" id="post-(\d)"', page) == ["4", "6"]


def test_a_parent_elsewhere_is_led_to_by_its_id(browse, session, forum, talk, anna):
    other = service.open_topic(session, anna, forum, title="Woanders", body="Hier.")
    session.commit()
    third = post_id(session, talk, 3)
    change(session, talk, 3, topic_id=other.topic_id, number=2)
    page = page_of(browse(), path(talk))
    assert f'<a href="{LIST}beitrag/{third}">' in page
    assert "einen Beitrag, der jetzt woanders steht" in page
    answer = browse().get(f"{LIST}beitrag/{third}")
    assert (answer.status_code, answer.location) == (302, f"{path(other)}#post-2")


def test_a_hidden_post_tells_the_rule_and_a_withdrawn_one_who_took_it_back(browse, session, talk, moderator):
    reference = ContentRef("forum.post", post_id(session, talk, 3))
    moderation.hide(session, moderator, reference, rule="Regel 3: keine Angriffe", facts="Nennt Frau X.")
    change(session, talk, 4, visibility="withdrawn", body="", body_html="")
    page = page_of(browse(), path(talk))
    assert numbers(page) == [1, 2, 3, 4, 5, 6, 7]
    assert "<b>Vom Moderationsteam ausgeblendet:</b> Regel 3: keine Angriffe" in page
    assert "Antwort 3." not in page
    assert "Frau X" not in page
    assert page.count("Von der Verfasserin oder dem Verfasser zurückgezogen.") == 1


def test_what_came_in_otherwise_says_so(browse, session, talk):
    change(session, talk, 2, via="letter", author_id=None, byline="Käthe Moor")
    change(session, talk, 3, via="mail")
    change(session, talk, 4, author_id=None)
    change(session, talk, 5, edits=1)
    change(session, talk, 6, kind="notice", body_html="<p>2 Beiträge verschoben.</p>")
    change(session, talk, 7, kind="answer", department="Stadtplanung")
    page = page_of(browse(), path(talk))
    assert re.findall(r'<h3 class="by"[^>]*>([^<]+)<', page) == [
        "Käthe Moor", "Ben Hafen", "Ehemaliges Mitglied", "Ben Hafen", "Stadtplanung",
    ]  # fmt: skip
    assert page.count("per Brief eingereicht") == page.count("per E-Mail geschrieben") == 1
    assert f'bearbeitet, <a href="{LIST}{talk.topic_id}/5/fassungen"' in page
    assert re.search(r'<div class="notice small muted" id="post-6"[^>]*>.*2 Beiträge verschoben', page)
    assert re.search(r'class="post post--town" id="post-7"', page)


def test_pages_have_numbers_and_skip_what_moved_away(browse, session, topic, forum, anna):
    fill(session, topic, 260)
    client = browse()
    page = page_of(client, f"{path(topic)}?nach=100")
    nav = page[page.index('aria-label="Seiten der Antworten"') :]
    nav = nav[: nav.index("</nav>")]
    assert re.findall(r"</span>(\d)</a>", nav) == ["1", "2", "3", "4", "6"]
    assert f'href="{path(topic)}?nach=100" aria-current="page"' in nav
    assert f'href="{path(topic)}?nach=250#post-261"' in nav
    other = service.open_topic(session, anna, forum, title="Woanders", body="Hier.")
    session.execute(
        update(Post)
        .where(Post.topic_id == topic.topic_id, Post.number > 100, Post.number <= 200)
        .values(topic_id=other.topic_id)
    )
    session.commit()
    page = page_of(client, f"{path(topic)}?nach=50")
    assert f'rel="next" href="{path(topic)}?nach=200"' in page
    page = page_of(client, f"{path(topic)}?nach=200")
    assert f'rel="prev" href="{path(topic)}?nach=50"' in page
    answer = client.get(f"{path(topic)}?nach=150")
    assert (answer.status_code, answer.location) == (302, f"{path(topic)}?nach=50")
    assert client.get(f"{path(topic)}?nach=300").status_code == 404


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("?zu=70", "?nach=50#post-70"),
        ("?zu=%2370", "?nach=50#post-70"),
        ("?zu=1", "#post-1"),
        ("?zu=0", "#post-1"),
        ("?zu=999", "?nach=100#post-121"),
        (f"?zu={10**30}", "?nach=100#post-121"),
        ("?zu=-4", "#post-1"),
        ("?zu=x%00", "#post-1"),
        ("", "#post-1"),
        ("?tag=1999-01-01", "#post-1"),
        ("?tag=2026-11-24", "#post-39"),
        ("?tag=2027-11-24", "?nach=100#post-121"),
        ("?tag=0001-01-01", "#post-1"),
        ("?tag=9999-12-31", "?nach=100#post-121"),
        ("?tag=24.11.2026", "#post-1"),
    ],
)
def test_one_form_leads_to_a_number_or_a_day(noon, browse, session, topic, query, expected):
    session.execute(text("UPDATE forum_topic SET created_at = '2026-11-22 09:00+00'"))
    session.execute(text("UPDATE forum_post SET created_at = '2026-11-22 09:00+00'"))
    fill(session, topic, 120)
    answer = browse().get(f"{LIST}{topic.topic_id}/springen{query}")
    assert (answer.status_code, answer.location) == (302, f"{path(topic)}{expected}")


def test_the_form_to_jump_is_there_when_it_is_of_use(browse, session, topic):
    assert f'action="{LIST}{topic.topic_id}/springen"' not in page_of(browse(), path(topic))
    fill(session, topic, 60)
    assert f'action="{LIST}{topic.topic_id}/springen"' in page_of(browse(), path(topic))


def test_old_numbers_and_merged_topics_lead_to_where_everything_is(browse, session, forum, talk, anna):
    other = service.open_topic(session, anna, forum, title="Woanders", body="Hier.")
    session.commit()
    third = post_id(session, talk, 3)
    change(session, talk, 3, topic_id=other.topic_id, number=2)
    session.execute(
        text(
            "INSERT INTO forum_address (tenant_id, topic_id, number, post_id) "
            "SELECT tenant_id, :topic, 3, :post FROM forum_topic WHERE id = :topic"
        ),
        {"topic": talk.topic_id, "post": third},
    )
    session.commit()
    client = browse()
    answer = client.get(f"{LIST}{talk.topic_id}/3")
    assert (answer.status_code, answer.location) == (301, f"{path(other)}#post-2")
    session.execute(
        update(Topic).where(Topic.id == talk.topic_id).values(merged_into=other.topic_id, outcome="merged")
    )
    session.commit()
    for address in (path(talk), f"{LIST}{talk.topic_id}", f"{LIST}{talk.topic_id}/druck"):
        answer = client.get(address)
        assert (answer.status_code, answer.location) == (301, f"{LIST}{other.topic_id}")
    session.execute(update(Topic).where(Topic.id == other.topic_id).values(visibility="hidden"))
    session.commit()
    for address in (path(talk), f"{LIST}{talk.topic_id}/3", f"{LIST}beitrag/{third}"):
        assert client.get(address).status_code == 404


def test_old_addresses_of_an_import_lead_to_the_post(browse, session, talk):
    session.execute(
        text(
            "INSERT INTO forum_permalink (tenant_id, module_id, path, post_id) "
            "SELECT t.tenant_id, t.module_id, v.path, :post FROM forum_topic t, "
            "(VALUES ('/t/treppe/17/3'), ('/viewtopic.php?f=2&t=9#p3')) AS v (path)"
        ),
        {"post": post_id(session, talk, 3)},
    )
    session.execute(
        text("UPDATE forum_permalink SET path = '/viewtopic.php?f=2&t=9' WHERE path LIKE '/view%'")
    )
    session.commit()
    client = browse()
    for old in ("t/treppe/17/3", "viewtopic.php?f=2&t=9"):
        answer = client.get(f"{LIST}von/{old}")
        assert (answer.status_code, answer.location) == (301, f"{path(talk)}#post-3")
    for wrong in ("t/treppe/17/4", "viewtopic.php", "viewtopic.php?f=%FF"):
        assert client.get(f"{LIST}von/{wrong}").status_code == 404


def test_what_not_everybody_sees_has_no_address(browse, session, database, town, client_of, other_town, talk):
    third = post_id(session, talk, 3)
    change(session, talk, 3, visibility="held", number=None)
    missing = browse().get(f"{LIST}beitrag/999999")
    held = browse().get(f"{LIST}beitrag/{third}")
    assert (missing.status_code, held.status_code) == (404, 404)
    second = post_id(session, talk, 2)
    open_forum(database, other_town)
    assert client_of(other_town).get(f"{LIST}beitrag/{second}").status_code == 404
    open_forum(database, town, "zweites")
    answer = browse().get(f"/beteiligung/zweites/forum/beitrag/{second}")
    assert (answer.status_code, answer.location) == (302, f"{LIST}beitrag/{second}")
    assert browse().get(f"/beteiligung/zweites/forum/{talk.topic_id}/2").status_code == 404
    for wrong in (2**63, 2**63 - 1, "x"):
        assert browse().get(f"{LIST}beitrag/{wrong}").status_code == 404


def test_a_topic_prints_in_sheets_of_five_hundred(browse, session, talk, moderator):
    moderation.hide(
        session, moderator, ContentRef("forum.post", post_id(session, talk, 3)), rule="Regel 3", facts="X"
    )
    fill(session, talk, 600)
    client = browse()
    page = page_of(client, f"{LIST}{talk.topic_id}/druck")
    assert numbers(page) == list(range(1, 501))
    assert f"{path(talk)}</dd>" in page
    assert "Vom Moderationsteam ausgeblendet: Regel 3" in page
    assert "<!--" not in page
    assert f'href="{LIST}{talk.topic_id}/druck?ab=500"' in page
    assert numbers(page_of(client, f"{LIST}{talk.topic_id}/druck?ab=500")) == list(range(501, 608))
    for wrong in ("?ab=0", "?ab=7", "?ab=1000", "?ab=x", f"?ab={10**20}"):
        assert client.get(f"{LIST}{talk.topic_id}/druck{wrong}").status_code == 404


def test_a_page_of_fifty_posts_stays_light(browse, session, topic):
    words = str(render_markdown("Sehr gern, und bitte mit einer Rampe am Westende. " * 6))
    fill(session, topic, 60, words.removeprefix("<p>").removesuffix("</p>\n"))
    body = browse().get(path(topic)).get_data()
    assert len(gzip.compress(body, 6)) <= 25 * 1024


def test_statements_are_few_and_the_same_with_everything_on_the_page(
    app, browse, session, talk, moderator, statements, ben
):
    for number in (3, 4):
        moderation.hide(
            session,
            moderator,
            ContentRef("forum.post", post_id(session, talk, number)),
            rule="Regel",
            facts="X",
        )
    fill(session, talk, 100)
    for client in (browse(), browse(ben)):
        app.extensions[EXTENSION].generations.refresh()
        page_of(client, path(talk))
        with statements() as asked:
            page_of(client, f"{path(talk)}?x=1")
        assert len(asked) <= 6, asked


def test_the_category_stands_above_the_title(browse, session, talk):
    session.execute(
        text(
            "INSERT INTO forum_category (tenant_id, module_id, slug, title) "
            "SELECT tenant_id, module_id, 'ufer', 'Ufer' FROM forum_topic"
        )
    )
    session.execute(text("UPDATE forum_topic SET category_id = (SELECT id FROM forum_category)"))
    session.commit()
    assert f'<a class="tag" href="{LIST}kategorie/ufer">Ufer</a>' in page_of(browse(), path(talk))


def test_posts_of_the_sites_own_forum_are_reached_from_another(
    browse, database, town, anna, session, forum, topic
):
    with database.session(town.id) as own:
        placing.place_module(own, None, "forum", title="Allgemein", slug="allgemein")
        own.commit()
    answer = browse().get(f"/allgemein/beitrag/{post_id(session, topic, 1)}")
    assert answer.location == f"{LIST}beitrag/{post_id(session, topic, 1)}"


def test_a_forum_that_is_not_public_yet_keeps_its_address(browse, session, database, town, forum, talk, anna):
    other = open_forum(database, town, "zweites")
    there = service.open_topic(session, anna, other, title="Woanders", body="Hier.")
    session.commit()
    third = post_id(session, talk, 3)
    change(session, talk, 3, topic_id=there.topic_id, number=2)
    session.execute(update(Topic).where(Topic.id == talk.topic_id).values(merged_into=there.topic_id))
    session.commit()
    client = browse()
    assert client.get(f"{LIST}beitrag/{third}").location == f"/beteiligung/zweites/forum/beitrag/{third}"
    assert client.get(path(talk)).location == f"/beteiligung/zweites/forum/{there.topic_id}"
    session.execute(text("UPDATE module SET visible = false WHERE id = :id"), {"id": other.id})
    session.commit()
    for address in (f"{LIST}beitrag/{third}", path(talk)):
        assert client.get(address).status_code == 404


def test_writing_begins_on_the_subject_one_reads_about(browse, session, forum, talk, ben):
    session.execute(
        text(
            "INSERT INTO forum_category (tenant_id, module_id, slug, title) "
            "SELECT tenant_id, module_id, 'ufer', 'Ufer' FROM forum_topic"
        )
    )
    session.commit()
    number = session.scalar(text("SELECT id FROM forum_category"))
    client = browse(ben)
    address = f"{LIST}neu?kategorie=ufer"
    assert f'href="{address}"' in page_of(client, f"{LIST}kategorie/ufer")
    assert f'<option value="{number}" selected>Ufer</option>' in page_of(client, address)
    assert f'<option value="{number}">Ufer</option>' in page_of(client, f"{LIST}neu?kategorie=anders")
