"""What readers see of following, reading and reactions, and what their forms do; all of it without script."""

import re

import pytest
from sqlalchemy import text

from baukasten import clock
from baukasten.projects import placing
from baukasten.web.platform import EXTENSION
from baukasten_forum import service
from baukasten_forum.following import positions
from tests.forum.conftest import DAY, first

LIST = "/beteiligung/torfhafen/forum/"


def path(topic):
    return f"{LIST}{topic.topic_id}-{topic.slug}"


def shown(answer, status=200):
    page = answer.get_data(as_text=True)
    assert answer.status_code == status, page
    return page


def press(client, page_url, action, **values):
    """Press a button of a page, with the token that the page carries."""
    token = first(r'name="_token" value="([^"]+)"', shown(client.get(page_url)))
    return client.post(action, data={"_token": token, **values})


def fill(session, forum, topic, writer, count):
    for number in range(count):
        service.reply(session, writer, forum, topic.topic_id, body=f"Antwort {number + 2}")
    session.commit()


def place_of(session, member, topic):
    session.rollback()
    query = "SELECT number FROM forum_position WHERE member_id = :member AND topic_id = :topic"
    return session.scalar(text(query), {"member": member.id, "topic": topic.topic_id})


@pytest.fixture
def supported(session, forum, topic):
    """Everything can be supported here."""
    session.execute(
        text('UPDATE module SET settings = settings || \'{"support": "all"}\' WHERE id = :id'),
        {"id": forum.id},
    )
    session.commit()
    return topic


@pytest.fixture(autouse=True)
def fresh(app):
    """Kept pages of an earlier test say nothing."""
    app.extensions[EXTENSION].generations.refresh()


def test_a_press_counts_and_leads_back_to_the_post(browse, session, forum, supported, ben):
    client, url = browse(ben), f"{LIST}{supported.topic_id}/1/reaktion"
    page = shown(client.get(path(supported)))
    assert f'formaction="{url}" name="support" value="1" aria-pressed="false"' in page
    answer = press(client, path(supported), url, support="1")
    assert (answer.status_code, answer.location) == (303, f"{path(supported)}#post-1")
    page = shown(client.get(path(supported)))
    assert f'formaction="{url}" name="support" value="0" aria-pressed="true"' in page
    assert press(client, path(supported), url, support="0").status_code == 303
    assert session.scalar(text("SELECT supports FROM forum_topic")) == 0


def test_a_script_gets_the_count_and_words_to_say(browse, forum, supported, ben):
    client = browse(ben)
    token = first(r'name="_token" value="([^"]+)"', shown(client.get(path(supported))))
    answer = client.post(
        f"{LIST}{supported.topic_id}/1/reaktion",
        data={"_token": token, "thanks": "1"},
        headers={"Accept": "application/json"},
    )
    assert answer.get_json() == {"pressed": True, "count": 1, "said": "Sie haben Danke gesagt."}


def test_guests_see_counts_and_are_invited(browse, session, forum, supported, ben):
    press(browse(ben), path(supported), f"{LIST}{supported.topic_id}/1/reaktion", support="1")
    page = shown(browse().get(path(supported)))
    assert re.search(r"Unterstützt: 1\s*<", page)
    assert "Anmelden, um zu unterstützen" in page
    assert "aria-pressed" not in page
    assert browse().post(f"{LIST}{supported.topic_id}/1/reaktion", data={"support": "1"}).status_code in (
        303,
        403,
    )


def test_authors_see_how_often_and_press_nothing(browse, forum, supported, anna):
    client = browse(anna)
    assert f"{supported.topic_id}/1/reaktion" not in shown(client.get(path(supported)))
    assert (
        press(client, path(supported), f"{LIST}{supported.topic_id}/1/reaktion", support="1").status_code
        == 403
    )


def test_after_the_end_there_is_nothing_to_press(browse, noon, supported, ben):
    client, url = browse(ben), f"{LIST}{supported.topic_id}/1/reaktion"
    page = shown(client.get(path(supported)))
    assert url in page
    token = first(r'name="_token" value="([^"]+)"', page)
    with clock.turned(noon + 12 * DAY):
        assert url not in shown(client.get(path(supported)))
        late = client.post(url, data={"_token": token, "support": "1"})
    assert late.status_code == 403


@pytest.mark.parametrize("values", [{}, {"support": "2"}, {"support": ""}, {"hate": "1"}])
@pytest.mark.parametrize("number", ["1", "999999999", "9223372036854775807"])
def test_odd_presses_find_nothing(browse, forum, supported, ben, values, number):
    action = f"{LIST}{supported.topic_id}/{number}/reaktion"
    assert press(browse(ben), path(supported), action, **values).status_code == 404


def test_reading_moves_the_place_page_by_page(browse, session, forum, topic, anna, ben):
    client = browse(ben)
    fill(session, forum, topic, anna, 60)
    shown(client.get(path(topic)))
    assert place_of(session, ben, topic) == 50
    shown(client.get(f"{path(topic)}?nach=50"))
    assert place_of(session, ben, topic) == 61
    shown(client.get(path(topic)))
    client.head(path(topic))
    assert place_of(session, ben, topic) == 61


def test_a_page_far_ahead_leaves_the_place_where_it_was(browse, session, forum, topic, anna, ben):
    fill(session, forum, topic, anna, 120)
    positions.seen(session, ben, topic.topic_id, 30)
    session.commit()
    client = browse(ben)
    page = shown(client.get(f"{path(topic)}?nach=100"))
    assert place_of(session, ben, topic) == 30
    assert f'href="{path(topic)}#weiter"' in page
    assert "Weiterlesen ab #31" in page
    assert 'id="weiter"' not in page


def test_new_replies_begin_with_a_line_of_their_own(browse, session, forum, topic, anna, ben):
    client = browse(ben)
    fill(session, forum, topic, anna, 1)
    assert 'id="weiter"' not in shown(client.get(path(topic)))
    fill(session, forum, topic, anna, 3)
    page = shown(client.get(path(topic)))
    assert re.search(
        r'id="weiter"><span>Weiter ab hier: 3 neue Antworten</span></p>\s*<article[^>]*id="post-3"', page
    )
    assert 'id="weiter"' not in shown(client.get(path(topic)))
    service.reply(session, ben, forum, topic.topic_id, body="Von mir.")
    session.commit()
    assert 'id="weiter"' not in shown(client.get(path(topic)))


def test_the_list_marks_and_finds_what_is_new_and_forgets_it_on_request(
    browse, session, forum, topic, anna, ben
):
    other = service.open_topic(session, anna, forum, title="Kran drehen", body="Ja.")
    session.commit()
    client = browse(ben)
    shown(client.get(path(topic)))
    page = shown(client.get(f"{LIST}?neu=1"))
    assert (path(other) in page, path(topic) in page) == (True, False)
    assert shown(client.get(LIST)).count('class="topic new"') == 1
    answer = press(client, LIST, f"{LIST}gelesen")
    assert (answer.status_code, answer.location) == (303, LIST)
    assert 'class="topic new"' not in shown(client.get(LIST))
    assert path(other) not in shown(client.get(f"{LIST}?neu=1"))
    assert browse().get(f"{LIST}?neu=1").status_code == 303


def test_levels_are_chosen_beside_a_topic_and_under_a_list(browse, session, forum, topic, ben):
    client = browse(ben)
    answer = press(client, path(topic), f"{LIST}{topic.topic_id}/folgen", stufe="follow")
    assert answer.status_code == 303
    page = shown(client.get(path(topic)))
    assert 'value="follow" checked' in page
    assert 'name="sonst"' in page
    press(client, LIST, f"{LIST}folgen", stufe="mute")
    assert 'value="mute" checked' in shown(client.get(LIST))
    page = shown(client.get(f"{LIST}folgen"))
    assert page.count("/loeschen") == 2
    for _press in range(2):
        page = shown(client.get(f"{LIST}folgen"))
        press(client, f"{LIST}folgen", first(r'action="([^"]+/loeschen)"', page))
    assert "Sie folgen hier noch nichts" in shown(client.get(f"{LIST}folgen"))


def test_a_choice_is_taken_back_so_that_the_wider_one_counts(browse, session, forum, topic, ben):
    client = browse(ben)
    press(client, LIST, f"{LIST}folgen", stufe="follow")
    press(client, path(topic), f"{LIST}{topic.topic_id}/folgen", stufe="mute")
    assert 'value="mute" checked' in shown(client.get(path(topic)))
    press(client, path(topic), f"{LIST}{topic.topic_id}/folgen", sonst="1", stufe="mute")
    page = shown(client.get(path(topic)))
    assert 'value="follow" checked' in page
    assert 'name="sonst"' not in page


def test_a_category_is_followed_and_read_on_its_own_page(browse, session, forum, topic, anna, ben):
    category = session.scalar(
        text(
            "INSERT INTO forum_category (tenant_id, module_id, slug, title) "
            "VALUES (:tenant, :module, 'ufer', 'Ufer') RETURNING id"
        ),
        {"tenant": session.tenant_id, "module": forum.id},
    )
    service.open_topic(session, anna, forum, title="Am Ufer", body="Dort.", category_id=category)
    session.commit()
    client, url = browse(ben), f"{LIST}kategorie/ufer"
    answer = press(client, url, f"{url}/folgen", stufe="follow")
    assert (answer.status_code, answer.location) == (303, url)
    page = shown(client.get(url))
    assert 'value="follow" checked' in page
    assert f'href="{url}/feed"' in page
    assert 'value="normal" checked' in shown(client.get(LIST))
    assert press(client, url, f"{url}/gelesen").location == url
    assert shown(client.get(LIST)).count('class="topic new"') == 1
    assert f'<a href="{url}">Ufer</a>' in shown(client.get(f"{LIST}folgen"))


@pytest.mark.parametrize("values", [{}, {"stufe": "loud"}, {"stufe": "\x00"}])
@pytest.mark.parametrize("where", ["folgen", "{topic}/folgen", "99999999/folgen", "kategorie/fehlt/folgen"])
def test_odd_choices_change_nothing(browse, session, forum, topic, ben, where, values):
    action = LIST + where.format(topic=topic.topic_id)
    assert press(browse(ben), path(topic), action, **values).status_code == 404
    assert session.scalar(text("SELECT count(*) FROM forum_follow")) == 0


def test_guests_choose_nothing_and_are_asked_to_sign_in(browse, forum, topic):
    client = browse()
    assert client.get(f"{LIST}folgen").status_code == 303
    for action in ("folgen", "gelesen", f"{topic.topic_id}/folgen"):
        assert client.post(LIST + action).status_code in (303, 403)
    assert 'name="stufe"' not in shown(client.get(path(topic))) + shown(client.get(LIST))


def test_pages_name_their_feeds(browse, forum, topic):
    for page, feed in ((LIST, f"{LIST}feed"), (path(topic), f"{LIST}{topic.topic_id}/feed")):
        text_of_page = shown(browse().get(page))
        assert re.search(
            rf'<link rel="alternate" type="application/atom\+xml" title="[^"]+" href="{feed}">', text_of_page
        )
        assert f'<a href="{feed}"' in text_of_page


def test_another_forums_choice_cannot_be_dropped(browse, session, database, town, forum, topic, ben):
    with database.session(town.id) as own:
        second = placing.place_module(
            own, None, "forum", title="Zweites", slug="zweites", project_id=forum.project.id
        )
        own.commit()
    client = browse(ben)
    press(client, LIST, f"{LIST}folgen", stufe="follow")
    follow = session.scalar(text("SELECT id FROM forum_follow"))
    there = second.path
    assert press(client, there, f"{there}folgen/{follow}/loeschen").status_code == 404
    assert session.scalar(text("SELECT count(*) FROM forum_follow")) == 1


def test_reading_on_costs_a_member_few_statements(
    app, browse, session, forum, supported, anna, ben, statements
):
    fill(session, forum, supported, anna, 3)
    app.extensions[EXTENSION].generations.refresh()
    client = browse(ben)
    counts = []
    for address in (path(supported), path(supported), LIST):
        client.get(address, query_string={"warm": "1"})
        with statements() as asked:
            shown(client.get(address, query_string={"asked": "1"}))
        counts.append(len(asked))
    assert max(counts) <= 6, counts
