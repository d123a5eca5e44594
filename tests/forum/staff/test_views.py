"""Staff's pages, as moderators use them and others cannot."""

import re

import pytest
from sqlalchemy import text

from baukasten_forum import service
from tests.forum.conftest import first, open_forum

BASE = "/beteiligung/torfhafen/forum"
TOOLS = ("zusammenfuehren", "abtrennen", "verschieben", "notizen")


@pytest.fixture
def busy(session, forum, topic, anna, ben):
    """The topic with three replies, and another topic."""
    for body in ("Gern.", "Mit Rampe.", "Und Licht."):
        service.reply(session, ben, forum, topic.topic_id, body=body)
    other = service.open_topic(session, ben, forum, title="Stufen am Kai", body="Aus Stein.")
    session.commit()
    return topic.topic_id, other.topic_id


def numbers(session, topic_id):
    session.rollback()
    return session.scalars(
        text("SELECT number FROM forum_post WHERE topic_id = :topic ORDER BY number"), {"topic": topic_id}
    ).all()


def test_two_topics_are_joined_and_parted_again(browse, session, busy, moderator):
    one, second = busy
    staff = browse(moderator)
    answer = staff.send(f"{BASE}/{second}/zusammenfuehren", target=f"Nr. {one}")
    assert (answer.status_code, answer.location) == (303, f"{BASE}/ordnen")
    assert numbers(session, one) == [1, 2, 3, 4, 5]
    desk = staff.get(answer.location).get_data(as_text=True)
    assert "„Stufen am Kai“ ist mit „Treppe ins Wasser“ zusammengeführt" in desk
    back = first(rf'action="({BASE}/ordnen/\d+/rueckgaengig)"', desk)
    token = staff.token(answer.location)
    assert staff.post(back, data={"_token": token}).status_code == 303
    assert (numbers(session, one), numbers(session, second)) == ([1, 2, 3, 4], [1])
    assert staff.post(back, data={"_token": token}).status_code == 409


def test_ticked_and_written_numbers_count_together(browse, session, busy, moderator):
    one, second = busy
    staff = browse(moderator)
    page = staff.get(f"{BASE}/{one}/abtrennen?ab=3").get_data(as_text=True)
    assert re.findall(r'name="number" value="(\d)"( checked)?', page) == [("3", " checked"), ("4", "")]
    answer = staff.send(f"{BASE}/{one}/abtrennen", title="Licht", number="4", numbers="2")
    assert answer.status_code == 303
    assert numbers(session, one) == [1, 3]
    assert staff.send(f"{BASE}/{one}/verschieben", number="3", target=str(second)).status_code == 303
    assert numbers(session, second) == [1, 2]


def test_a_split_that_was_undone_leads_to_where_its_posts_are(browse, session, busy, moderator):
    one, _second = busy
    staff, guest = browse(moderator), browse()
    answer = staff.send(f"{BASE}/{one}/abtrennen", title="Licht", number="4")
    made = session.scalar(text("SELECT id FROM forum_topic WHERE title = 'Licht'"))
    page = f"{BASE}/{made}-licht"
    assert guest.get(page).status_code == 200
    back = first(rf'action="({BASE}/ordnen/\d+/rueckgaengig)"', staff.get(f"{BASE}/ordnen").text)
    answer = staff.post(back, data={"_token": staff.token(f"{BASE}/ordnen")})
    assert answer.status_code == 303
    for address in (page, f"{BASE}/{made}", f"{BASE}/{made}/druck"):
        for client in (guest, staff):
            answer = client.get(address)
            assert (answer.status_code, answer.location) == (301, f"{BASE}/{one}"), address
    answer = guest.get(f"{BASE}/{made}/feed")
    assert (answer.status_code, answer.location) == (301, f"{BASE}/{one}/feed")
    session.execute(text("UPDATE forum_topic SET visibility = 'hidden' WHERE id = :one"), {"one": one})
    session.commit()
    assert [guest.get(address).status_code for address in (page, f"{BASE}/{made}")] == [404, 404]


@pytest.mark.parametrize(
    ("tool", "values", "words"),
    [
        ("zusammenfuehren", {"target": "Treppe"}, "Schreiben Sie die Nummer eines Beitrags"),
        ("zusammenfuehren", {"target": "999999"}, "Diesen Beitrag gibt es hier nicht"),
        ("abtrennen", {"title": "Neu"}, "Schreiben Sie Nummern mit Kommas"),
        ("abtrennen", {"title": "Neu", "number": "1"}, "Der erste Beitrag bleibt bei seinem Thema"),
        ("verschieben", {"target": "x\x00", "number": "2"}, "Schreiben Sie die Nummer eines Beitrags"),
        ("notizen", {"body": " "}, "Schreiben Sie"),
    ],
)
def test_mistakes_are_said_and_nothing_is_lost(browse, session, busy, moderator, tool, values, words):
    one, _second = busy
    answer = browse(moderator).send(f"{BASE}/{one}/{tool}", **values)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    if tool != "notizen":
        assert words in page
    assert numbers(session, one) == [1, 2, 3, 4]


def test_many_at_once(browse, session, busy, moderator):
    one, second = busy
    answer = browse(moderator).send(f"{BASE}/ordnen", topic=[str(one), str(second)], do="pin")
    assert answer.status_code == 303
    session.rollback()
    assert session.scalar(text("SELECT count(pinned_at) FROM forum_topic")) == 2
    for values in ({"do": "pin"}, {"do": "eat", "topic": str(one)}, {"do": "merge", "topic": str(one)}):
        assert browse(moderator).send(f"{BASE}/ordnen", **values).status_code == 422


def test_a_letter_is_entered_on_the_page(browse, session, forum, moderator):
    answer = browse(moderator).send(
        f"{BASE}/brief", title="Rampe", body="Bitte **bald**.", name="H. K.", nonce="n"
    )
    assert answer.status_code == 303
    page = browse().get(answer.location.partition("#")[0]).get_data(as_text=True)
    assert "H. K." in page
    assert "<strong>bald</strong>" in page


@pytest.mark.parametrize("tool", [*(f"{{}}/{tool}" for tool in TOOLS), "ordnen", "brief"])
def test_the_tools_are_for_staff(browse, session, busy, anna, moderator, tool):
    path = f"{BASE}/{tool.format(busy[0])}"
    assert browse(moderator).get(path).status_code == 200
    assert browse(anna).get(path).status_code == 403
    assert browse().get(path).status_code in (302, 303, 401)


def test_the_box_is_staffs_alone(browse, busy, anna, moderator, session):
    page = f"{BASE}/{busy[0]}-treppe-ins-wasser"
    assert "Für das Team" in browse(moderator).get(page).get_data(as_text=True)
    assert "Für das Team" not in browse(anna).get(page).get_data(as_text=True)


def test_another_towns_topics_are_not_there(database, browse, session, busy, moderator, other_town):
    open_forum(database, other_town)
    with database.session(other_town.id) as there:
        there.execute(text(
            "INSERT INTO forum_topic (tenant_id, module_id, title, slug, last_post_at) "
            "SELECT tenant_id, id, 'Fremd', 'fremd', now() FROM module"
        ))  # fmt: skip
        foreign = there.scalar(text("SELECT id FROM forum_topic"))
        there.commit()
    answer = browse(moderator).send(f"{BASE}/{busy[0]}/zusammenfuehren", target=str(foreign))
    assert answer.status_code == 422
    assert "Diesen Beitrag gibt es hier nicht" in answer.get_data(as_text=True)
    assert browse(moderator).get(f"{BASE}/{foreign}/notizen").status_code == 404
