"""Staff see what came back, and letters that nobody could read, as harmless text."""

import pytest

from baukasten_newsletter.returns.quarantine import PAGE
from tests.newsletter.conftest import open_list
from tests.newsletter.returns.conftest import complaint, note, report, riddle

BASE = "/stadtbrief/rueckweg/"


@pytest.fixture
def page(morning, world, browse, admin):
    return browse(admin)


def first(world):
    return next(one for one in world.rows() if one.kind == "unreadable")


def test_figures_stand_per_issue(world, page, arrive):
    one = world.deliver()
    other = world.deliver(issue_id=one.issue_id)
    arrive(
        (report(), one), (note(2), one), (complaint(3), other), (report("4.4.1", "delayed", number=4), other)
    )
    text = page.get(BASE).text
    row = text[text.index("<tbody>") : text.index("</tbody>")]
    assert [cell.partition("<")[0] for cell in row.split("<td>")[2:]] == ["1", "0", "1", "1", "1"]
    assert "Adressen" not in text


def test_a_sender_who_is_refused_is_warned(world, page, arrive):
    one = world.deliver()
    letters = [
        (report("5.7.1", said="554 rejected as spam", number=n), world.deliver(issue_id=one.issue_id))
        for n in range(5)
    ]
    arrive(*letters[:4])
    assert "note--warn" not in page.get(BASE).text
    arrive(letters[4])
    assert "note--warn" in page.get(BASE).text
    assert {world.subscriber(delivery).state for _raw, delivery in letters} == {"active"}


def test_a_letter_is_shown_as_text_alone(world, page, arrive):
    arrive((riddle(text="<script>alert(1)</script>\u202e"), world.deliver()))
    text = page.get(BASE).text
    assert "Frage &lt;b&gt;an die Stadt&lt;/b&gt;" in text
    shown = page.get(f"{BASE}{first(world).id}").text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;\ufffd" in shown
    assert "Message-ID: &lt;riddle-1@post.example&gt;" in shown
    assert "<script>alert" not in shown


def test_a_settled_letter_stays_and_is_listed_apart(world, page, arrive):
    arrive((riddle(), world.deliver()))
    found = first(world)
    answer = page.post(f"{BASE}{found.id}/erledigt", data={"_token": page.token(f"{BASE}{found.id}")})
    assert (answer.status_code, answer.location) == (303, BASE)
    assert f"{BASE}{found.id}" not in page.get(BASE).text
    assert f"{BASE}{found.id}" in page.get(f"{BASE}?erledigt=1").text
    assert "riddle-1" in page.get(f"{BASE}{found.id}").text
    assert first(world).settled_by is not None


def test_a_letter_put_into_a_class_has_its_consequences(world, page, arrive):
    delivery = world.deliver()
    arrive((riddle(), delivery))
    found = first(world)
    form = f"{BASE}{found.id}"
    wrong = page.post(f"{form}/einordnen", data={"_token": page.token(form), "kind": "unreadable"})
    assert wrong.status_code == 422
    answer = page.post(f"{form}/einordnen", data={"_token": page.token(form), "kind": "complaint"})
    assert answer.status_code == 303
    assert world.delivery(delivery).state == "complained"
    assert world.subscriber(delivery).state == "left"
    assert [(one.kind, one.settled_at is None) for one in world.rows()] == [("complaint", False)]


def test_a_second_decision_changes_nothing(world, page, arrive):
    delivery = world.deliver()
    arrive((riddle(), delivery))
    form = f"{BASE}{first(world).id}"
    token = page.token(form)
    page.post(f"{form}/einordnen", data={"_token": token, "kind": "vacation"})
    page.post(f"{form}/einordnen", data={"_token": token, "kind": "complaint"})
    assert world.subscriber(delivery).state == "active"


def test_pages_follow_each_other(world, page, arrive):
    delivery = world.deliver()
    arrive(*((riddle(number), delivery) for number in range(PAGE + 2)))
    text = page.get(BASE).text
    assert text.count("Frage &lt;b&gt;") == PAGE
    place = world.rows()[PAGE - 1].id
    assert f'href="{BASE}?nach={place}"' in text
    assert page.get(f"{BASE}?nach={place}").text.count("Frage &lt;b&gt;") == 2
    for rubbish in ("x", "-1", "9" * 30, "%00", "²"):
        assert page.get(f"{BASE}?nach={rubbish}").text.count("Frage &lt;b&gt;") == PAGE


def test_other_lists_and_towns_have_no_such_letter(world, database, page, arrive, client_of, other_town):
    arrive((riddle(), world.deliver()))
    open_list(database, world.town, slug="kulturbrief", title="Kulturbrief")
    number = first(world).id
    assert page.get(f"/kulturbrief/rueckweg/{number}").status_code == 404
    assert page.get(f"{BASE}{number + 1}").status_code == 404
    assert client_of(other_town).get(f"{BASE}{number}").status_code == 404
    answer = page.post(
        f"/kulturbrief/rueckweg/{number}/erledigt", data={"_token": page.token(BASE + str(number))}
    )
    assert answer.status_code == 404


def test_only_administrators_see_addresses(morning, world, browse, moderator, new_member, arrive):
    arrive((riddle(), world.deliver()))
    number = first(world).id
    for who in (moderator, new_member(name="Jana Moor")):
        client = browse(who)
        assert {client.get(BASE).status_code, client.get(f"{BASE}{number}").status_code} <= {403, 404}
    assert browse().get(BASE).status_code in (302, 303, 403, 404)


def test_the_page_asks_three_questions_however_much_came_back(world, page, arrive, statements):
    asked = []
    for _ in range(2):
        for _ in range(3):
            delivery = world.deliver()
            arrive((riddle(delivery.id), delivery), (report(number=delivery.id), delivery))
        with statements() as seen:
            page.get(BASE)
        asked.append(len([one for one in seen if "newsletter_" in one]))
    assert asked == [3, 3]
