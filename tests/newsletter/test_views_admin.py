"""The lists of a town in its administration."""

from baukasten_newsletter.people import topics, watching
from tests.newsletter.conftest import add_subscriber, add_topic, open_list
from tests.newsletter.letters.conftest import add_issue

PATH = "/verwaltung/newsletter/"


def test_each_list_says_whom_it_reaches_and_leads_to_its_desk(
    browse, admin, session, letters, database, town
):
    first = topics.listed(session, letters.id)[0].id
    harbour = add_topic(session, letters, "hafen", "Hafen")
    add_subscriber(session, first, harbour)
    add_subscriber(session, harbour)
    add_issue(session, letters)
    session.commit()
    open_list(database, town, slug="hafenpost", title="Hafenpost")
    page = browse(admin).get(PATH).text
    assert "2 Menschen · 1 Entwurf" in page
    assert "0 Menschen · 0 Entwürfe" in page
    assert page.index("Hafenpost</h2>") < page.index("Stadtbrief</h2>")
    assert 'href="/hafenpost/ausgaben/"' in page
    assert f'href="{PATH}" aria-current="page"' in page


def test_a_town_without_lists_is_told_how_to_begin(browse, admin):
    assert "Es gibt noch keinen Newsletter" in browse(admin).get(PATH).text


def test_only_staff_sees_it(browse, client, moderator, new_member, letters):
    assert browse(moderator).get(PATH).status_code == 200
    assert (browse(new_member()).get(PATH).status_code, client.get(PATH).status_code) == (403, 303)


def test_it_asks_the_same_however_many_lists_there_are(browse, admin, letters, database, town, statements):
    desk = browse(admin)
    for number in range(5):
        open_list(database, town, slug=f"liste-{number}", title=f"Liste {number}")
    with statements() as asked:
        page = desk.get(PATH).text
    assert page.count("</h2>") == 6
    assert sum("newsletter_" in one for one in asked) == 3


def test_held_digests_are_named_and_let_go_on_by_whoever_may_send(
    browse, admin, moderator, session, letters, morning
):
    assert "stehen still" not in browse(admin).get(PATH).text
    watching.note(session, digests_held_at=morning)
    session.commit()
    page = browse(moderator).get(PATH).text
    assert "Zusammenfassungen stehen still" in page
    assert 'zusammenfassungen"' not in page
    desk = browse(admin)
    shown = desk.get(PATH).text
    assert f'action="{PATH}zusammenfassungen"' in shown
    token = {"_token": desk.token(PATH)}
    done = desk.post(f"{PATH}zusammenfassungen", data=token)
    assert (done.status_code, done.headers["Location"]) == (303, PATH)
    assert "stehen still" not in desk.get(PATH).text
    assert (
        browse(moderator)
        .post(f"{PATH}zusammenfassungen", data={"_token": browse(moderator).token("/stadtbrief/ausgaben/")})
        .status_code
        == 403
    )


def test_another_secret_is_named(browse, admin, session, letters):
    watching.note(session, secret=b"that of before")
    session.commit()
    assert "Das Geheimnis dieser Installation hat sich geändert" in browse(admin).get(PATH).text
