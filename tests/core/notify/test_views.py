"""The pages of notices: mine alone, read by posting, mails ended from a letter."""

import re

import pytest
from sqlalchemy import delete, text

from baukasten.access.models import Membership
from baukasten.notify import links, service
from tests.core.notify.herald.plugin import SILENCED

TOKEN = re.compile(r'name="_token" value="([^"]+)"')
TICKED = re.compile(r'name="types" value="([\w.]+)"[^>]* checked')


@pytest.fixture
def signed_in(browser, anna, sign_in):
    client = browser()
    sign_in(client, anna)
    return client


def ticked(client):
    """The types of notices that come by mail, as the page shows them."""
    return set(TICKED.findall(client.get(links.PREFERENCES).text))


def tell(session, member, **more):
    service.notify(
        session, "herald.reply", recipients=[member.id], data={"who": "<b>Ben</b>", "topic": "Bänke"}, **more
    )
    session.commit()
    return service.page(session, member.id)[0][0].id


def send(client, url, form_at=None, **values):
    token = TOKEN.search(client.get(form_at or url).text)
    return client.post(url, data={"_token": token[1] if token else "", **values})


@pytest.mark.parametrize("url", [links.LIST, links.PREFERENCES])
def test_a_guest_is_sent_to_sign_in(browser, url):
    answer = browser().get(url)

    assert (answer.status_code, "/konto/anmelden" in answer.headers["Location"]) == (303, True)


def test_the_list_shows_my_notices_and_nobody_elses(scope, signed_in, anna, new_member):
    tell(scope, new_member(), path="/other")
    assert "Ben" not in signed_in.get(links.LIST).text
    tell(scope, anna, path="/mine")

    page = signed_in.get(links.LIST)
    assert page.status_code == 200
    assert "&lt;b&gt;Ben&lt;/b&gt; answered in Bänke" in page.text
    assert page.text.count(f'action="{links.LIST}/') == 2


def test_every_page_says_how_many_are_new_and_the_account_leads_there(scope, signed_in, anna):
    assert "tag--live" not in signed_in.get("/konto/").text
    tell(scope, anna)
    tell(scope, anna)
    page = signed_in.get("/konto/").text

    assert '<span class="tag tag--live">2 neu</span>' in page
    assert f'href="{links.LIST}"' in page


def test_looking_marks_as_read_and_leads_there(scope, signed_in, anna):
    number = tell(scope, anna, path="/beteiligung/x/")
    answer = send(signed_in, f"{links.LIST}/{number}", links.LIST)

    assert (answer.status_code, answer.headers["Location"]) == (303, "/beteiligung/x/")
    assert service.unread_count(scope, anna.id) == 0


def test_somebody_elses_notice_looks_like_one_that_never_was(scope, signed_in, anna, new_member):
    tell(scope, anna)
    number = tell(scope, new_member())
    foreign = send(signed_in, f"{links.LIST}/{number}", links.LIST)
    missing = send(signed_in, f"{links.LIST}/{10**12}", links.LIST)

    assert (foreign.status_code, missing.status_code) == (404, 404)


@pytest.mark.parametrize(
    "path", ["", "//elsewhere.example/", "/\\elsewhere.example", "https://elsewhere.example/"]
)
def test_no_notice_leads_to_another_site(scope, signed_in, anna, path):
    answer = send(signed_in, f"{links.LIST}/{tell(scope, anna, path=path)}", links.LIST)

    assert answer.headers["Location"] == links.LIST


def test_all_can_be_marked_as_read(scope, signed_in, anna):
    tell(scope, anna)
    tell(scope, anna)
    answer = send(signed_in, f"{links.LIST}/gelesen", links.LIST)

    assert (answer.status_code, answer.headers["Location"]) == (303, links.LIST)
    assert service.unread_count(scope, anna.id) == 0


def test_reading_the_list_changes_nothing(scope, signed_in, anna):
    tell(scope, anna)
    signed_in.get(links.LIST)

    assert service.unread_count(scope, anna.id) == 1


def test_what_comes_by_mail_is_chosen_by_ticking(scope, signed_in, anna):
    every = {one.key for one in service.mailed_types(scope, frozenset({"herald"}))}
    assert {"herald.letter", "herald.reply"} < every
    assert ticked(signed_in) == every
    answer = send(signed_in, links.PREFERENCES, types="herald.letter")

    assert answer.status_code == 303
    assert service.unwanted(scope, anna.id) == every - {"herald.letter"}
    assert ticked(signed_in) == {"herald.letter"}


def leave_path(base_config, town, member):
    return links.leave_path(base_config.secret_key, town.id, member.id, "herald.reply")


def test_a_letters_link_ends_the_mails_without_signing_in_but_not_by_opening(
    scope, browser, base_config, home, anna
):
    path, client = leave_path(base_config, home, anna), browser()
    assert client.get(path).status_code == 200
    assert service.unwanted(scope, anna.id) == frozenset()

    assert send(client, path).status_code == 200
    assert service.unwanted(scope, anna.id) == {"herald.reply"}


def test_a_link_of_another_town_or_purpose_or_a_changed_one_does_not_exist(
    browser, base_config, home, other_town, anna
):
    good = leave_path(base_config, home, anna)
    client = browser()
    for path in (
        leave_path(base_config, other_town, anna),
        good[:-1],
        f"{links.LEAVE}/x",
        good.replace(".", ""),
    ):
        assert client.get(path).status_code == 404


def test_a_letters_link_outlives_its_reader(scope, browser, base_config, home, anna):
    path, client = leave_path(base_config, home, anna), browser()
    scope.execute(delete(Membership).where(Membership.id == anna.id))
    scope.commit()
    assert send(client, path).status_code == 200
    assert service.unwanted(scope, anna.id) == frozenset()


def test_a_program_ends_the_mails_with_one_press_and_no_form(scope, browser, base_config, home, anna):
    path = leave_path(base_config, home, anna)
    assert browser().post(path, data={"List-Unsubscribe": "One-Click"}).status_code == 200
    assert service.unwanted(scope, anna.id) == {"herald.reply"}
    strange = browser().post(path, headers={"Sec-Fetch-Site": "cross-site"})
    assert strange.status_code == 403


def test_a_letters_link_ends_one_group_by_its_owners_hand(scope, browser, base_config, home, anna):
    path = links.leave_path(base_config.secret_key, home.id, anna.id, "herald.reply", "topic:1")
    tell(scope, anna, group="topic:1")
    tell(scope, anna, group="topic:2")
    assert "Nothing more of this" in browser().get(path).text
    assert SILENCED == []
    assert send(browser(), path).status_code == 200
    assert [(anna.id, "topic:1")] == SILENCED
    assert service.unwanted(scope, anna.id) == frozenset()
    rows = scope.execute(text("SELECT group_key, mail_due FROM notice ORDER BY id"))
    assert [tuple(row) for row in rows] == [("topic:1", False), ("topic:2", True)]


def test_a_type_without_such_an_end_has_no_such_page(browser, base_config, home, anna):
    path = links.leave_path(base_config.secret_key, home.id, anna.id, "herald.letter", "topic:1")
    assert browser().get(path).status_code == 404


def test_a_letters_link_ends_all_mails(scope, browser, base_config, home, anna):
    path = links.leave_path(base_config.secret_key, home.id, anna.id, "herald.reply", "topic:1")
    assert "Nothing more of this" not in send(browser(), path, all="1").text
    every = {one.key for one in service.mailed_types(scope, frozenset({"herald"}))}
    assert {"herald.letter", "herald.reply"} < every
    assert service.unwanted(scope, anna.id) == every
    assert SILENCED == []
