"""The lists of a town in its administration."""

from baukasten_newsletter.people import topics
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
    assert sum("newsletter_" in one for one in asked) == 2
