"""Pages behind signed links: settings, another address, leaving with one click; opening them changes nothing."""

import datetime as dt

import pytest
from sqlalchemy import select

from baukasten_newsletter.keys import Purpose, SubscriberState
from baukasten_newsletter.models import Subscriber, Subscription
from baukasten_newsletter.people import addresses, forms_asking, log, reader, suppression, topics
from tests.newsletter.conftest import add_subscriber, add_topic, link_in, open_list

ANNA, NEW = "anna@post.example", "anna@neu.example"
ONE_CLICK = {"List-Unsubscribe": "One-Click"}


@pytest.fixture
def first(session, letters):
    return topics.listed(session, letters.id)[0].id


@pytest.fixture
def harbour(session, letters):
    return add_topic(session, letters, "hafen", "Hafen")


@pytest.fixture
def anna(session, first, harbour):
    """Gets both topics, and has confirmed them."""
    row = add_subscriber(session, first, harbour, address=ANNA, name="Anna")
    session.commit()
    return row


@pytest.fixture
def link(session, anna):
    """Gives the path of one of her pages."""

    def give(purpose, epoch=1):
        return reader.path(session, purpose, anna.id, epoch)

    return give


def facts(session, address=ANNA):
    session.rollback()
    row = session.execute(select(*Subscriber.__table__.c).where(Subscriber.address == address)).one()
    chosen = select(Subscription.topic_id).where(
        Subscription.subscriber_id == row.id, Subscription.state == "active"
    )
    return row, sorted(session.scalars(chosen))


def told(session, address=ANNA):
    session.rollback()
    entries = log.entries(session, addresses.fingerprint(session, address))
    return [(entry.kind, entry.how) for entry in entries]


def choice(letters, *chosen, **more):
    values = {"frequency": "at_once", "language": "de", "name": "Anna", "paused_until": ""}
    return {f"topics-{letters.id}": [str(one) for one in chosen], **values, **more}


@pytest.mark.parametrize("purpose", list(Purpose))
def test_opening_a_page_changes_nothing_and_tells_nobody(client, session, link, purpose):
    before = (facts(session), told(session))
    for ask in (client.get, client.head):
        answer = ask(link(purpose))
        assert answer.status_code == 200
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Referrer-Policy"] == "same-origin"
        assert "noindex" in answer.headers["X-Robots-Tag"]
        assert "Set-Cookie" not in answer.headers
    assert (facts(session), told(session)) == before


def test_settings_are_saved_at_once_and_logged(client, session, link, letters, first, harbour):
    page = link(Purpose.PREFERENCES)
    done = client.post(page, data=choice(letters, first, frequency="weekly", language="en", name="A\nS"))
    assert done.status_code == 200
    row, chosen = facts(session)
    assert (row.frequency, row.language, row.name, chosen) == ("weekly", "en", "A S", [first])
    changed, withdrawn = told(session)
    assert changed == ("changed", "settings; frequency weekly; language en; name")
    assert withdrawn == ("withdrawn", "settings")
    # The name stands nowhere in the log, nor does the link.
    for entry in log.entries(session, row.fingerprint):
        assert page.rpartition("/")[2] not in str(entry)
        assert "A S" not in str(entry)
    client.post(page, data=choice(letters, first, harbour, frequency="weekly", language="en", name="A S"))
    added = log.entries(session, row.fingerprint)[-1]
    assert (added.kind, added.topics) == ("changed", "Stadtbrief: Hafen")
    assert added.declaration
    client.post(page, data=choice(letters, first, harbour, frequency="weekly", language="en", name="A S"))
    assert len(told(session)) == 3


def test_a_pause_ends_on_its_day_in_the_towns_zone(client, session, link, letters, first, harbour, morning):
    page = link(Purpose.PREFERENCES)
    client.post(page, data=choice(letters, first, harbour, paused_until="2035-04-01"))
    row, _chosen = facts(session)
    assert row.paused_until == dt.datetime(2035, 3, 31, 22, tzinfo=dt.UTC)
    assert told(session) == [("changed", "settings; pause until 2035-03-31")]
    assert 'value="2035-04-01"' in client.get(page).text
    for day in ("2035-03-19", "2036-04-01", "9999-12-31", "gestern"):
        wrong = choice(letters, first, harbour, paused_until=day)
        assert client.post(page, data=wrong).status_code == 422


def test_taking_the_last_topic_away_is_leaving(client, session, link, letters):
    client.post(link(Purpose.PREFERENCES), data=choice(letters))
    row, chosen = facts(session)
    assert (row.state, chosen) == (SubscriberState.LEFT, [])
    assert told(session) == [("withdrawn", "settings")]
    # The link still says so, and where to subscribe again.
    assert "/stadtbrief/" in client.get(link(Purpose.PREFERENCES)).text


def test_an_address_that_took_no_mail_begins_again(client, session, link, letters, anna, first):
    session.get(Subscriber, (anna.tenant_id, anna.id)).state = SubscriberState.UNDELIVERABLE
    session.commit()
    client.post(link(Purpose.PREFERENCES), data=choice(letters, first))
    assert facts(session)[0].state == SubscriberState.ACTIVE
    assert told(session)[0] == ("changed", "settings; active again")


def test_another_address_counts_once_it_is_confirmed(client, session, link, mailbox, first, harbour):
    page = f"{link(Purpose.PREFERENCES)}/adresse"
    assert client.post(page, data={"address": "Anna@Neu.example"}).status_code == 200
    assert facts(session)[0].state == SubscriberState.ACTIVE
    (mail,) = mailbox.to(NEW)
    assert facts(session, NEW)[0].state == SubscriberState.PENDING
    client.post(link_in(mail))
    new, chosen = facts(session, NEW)
    assert (new.state, chosen) == (SubscriberState.ACTIVE, sorted([first, harbour]))
    old, none = facts(session)
    assert (old.state, none) == (SubscriberState.LEFT, [])
    assert told(session) == [("withdrawn", "moved to another address")]
    assert [kind for kind, _ in told(session, NEW)] == ["requested", "mailed", "confirmed"]


@pytest.mark.parametrize("address", ["", "neu", "a@b.example\nBcc: c@d.example", "\x00"])
def test_another_address_must_be_one(client, link, address):
    page = f"{link(Purpose.PREFERENCES)}/adresse"
    assert client.post(page, data={"address": address}).status_code == 422


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "multipart/form-data"])
def test_one_click_needs_no_cookie_no_token_and_no_other_page(client, session, link, kind):
    answer = client.post(link(Purpose.LEAVE), data=ONE_CLICK, content_type=kind)
    assert answer.status_code == 200
    row, chosen = facts(session)
    assert (row.state, chosen) == (SubscriberState.LEFT, [])
    assert told(session) == [("withdrawn", "one-click")]
    assert client.post(link(Purpose.LEAVE), data=ONE_CLICK).status_code == 200
    assert len(told(session)) == 1


def test_one_click_takes_effect_with_any_body(client, session, link):
    assert client.post(link(Purpose.LEAVE), data=b"\xff\x00", content_type="text/plain").status_code == 200
    assert facts(session)[0].state == SubscriberState.LEFT


def test_another_website_presses_no_button(client, session, link):
    answer = client.post(link(Purpose.LEAVE), data=ONE_CLICK, headers={"Origin": "https://boese.example"})
    assert answer.status_code == 403
    assert facts(session)[0].state == SubscriberState.ACTIVE


def test_one_list_can_be_left_alone(client, session, letters, anna, link, database, town):
    other = open_list(database, town, slug="blaettchen", title="Blättchen")
    leaf = topics.listed(session, other.id)[0].id
    session.add(
        Subscription(subscriber_id=anna.id, topic_id=leaf, state="active", since=dt.datetime.now(dt.UTC))
    )
    session.commit()
    page = f"{link(Purpose.LEAVE)}?liste={letters.id}"
    assert "Stadtbrief" in client.get(page).text
    client.post(page, data=ONE_CLICK)
    row, chosen = facts(session)
    assert (row.state, chosen) == (SubscriberState.ACTIVE, [leaf])
    client.post(page, data={"all": "1"})
    assert facts(session)[0].state == SubscriberState.LEFT


@pytest.mark.parametrize("number", ["0", "x", "-1", "9" * 30, "\u0663", "999999"])
def test_a_list_that_is_none_means_all(client, session, link, number):
    assert client.post(link(Purpose.LEAVE), query_string={"liste": number}).status_code == 200
    assert facts(session)[0].state == SubscriberState.LEFT


def test_never_again_is_kept_by_a_keyed_hash(client, session, link):
    client.post(link(Purpose.LEAVE), data={"never": "town"})
    assert facts(session)[0].state == SubscriberState.LEFT
    assert suppression.is_suppressed(session, [ANNA]) == {ANNA}
    assert told(session) == [("suppressed", ""), ("withdrawn", "page")]


def test_no_town_may_write_again_once_whoever_reads_there_has_said_so(
    client, session, link, anna, database, other_town, mailbox
):
    page = client.post(link(Purpose.LEAVE), data={"never": "everywhere"}).text
    # Whoever was sent a copy of the mail could press this: here it holds, elsewhere it is asked.
    assert suppression.is_suppressed(session, [ANNA]) == {ANNA}
    with database.session(other_town.id) as there:
        assert suppression.is_suppressed(there, [ANNA]) == set()
    assert "Knopf in der Mail" in page
    (mail,) = mailbox.to(ANNA)
    path = link_in(mail, "nie-wieder")
    assert path == link(Purpose.NEVER)
    shown = client.get(path).text
    assert "Soll keine Kommune" in shown
    with database.session(other_town.id) as there:
        assert suppression.is_suppressed(there, [ANNA]) == set()
    for _again in range(2):
        assert "Erledigt. Keine Kommune" in client.post(path).text
    with database.session(other_town.id) as there:
        assert suppression.is_suppressed(there, [ANNA]) == {ANNA}
    assert "Erledigt. Keine Kommune" in client.get(path).text
    kinds = [("suppressed", ""), ("withdrawn", "page"), ("mailed", "never"), ("suppressed", "everywhere")]
    assert told(session) == kinds
    client.post(link(Purpose.LEAVE), data={"never": "everywhere"})
    assert len(mailbox.to(ANNA)) == 1, "nothing is left to ask"
    # The installation's list outlives the towns of a test.
    suppression.lift(session, anna.fingerprint, everywhere=True)
    session.commit()


def test_nobody_is_asked_about_all_towns_again_and_again(client, link, mailbox):
    for _again in range(forms_asking.PER_ADDRESS + 2):
        client.post(link(Purpose.LEAVE), data={"never": "everywhere"})
    assert len(mailbox.to(ANNA)) == forms_asking.PER_ADDRESS


def test_a_higher_epoch_ends_old_links(client, session, link, anna):
    session.get(Subscriber, (anna.tenant_id, anna.id)).epoch = 2
    session.commit()
    assert client.get(link(Purpose.PREFERENCES)).status_code == 404
    assert client.get(link(Purpose.PREFERENCES, epoch=2)).status_code == 200


def test_a_link_is_good_for_its_purpose_alone(client, link):
    token = link(Purpose.LEAVE).rpartition("/")[2]
    assert client.get(f"/newsletter/einstellungen/{token}").status_code == 404
    assert client.get(f"/newsletter/bestaetigen/{token}").status_code == 404


def blank(answer, path):
    """An answer without its own address."""
    return answer.status_code, answer.text.replace(path, "")


def test_another_towns_token_is_like_a_made_up_one(client_of, other_town, session, database, link):
    with database.session(other_town.id) as there:
        for _ in range(3):
            add_subscriber(there)
        there.commit()
    browser = client_of(other_town)
    for purpose in Purpose:
        path = link(purpose)
        made_up = path[:-8] + "AAAAAAAA"
        for method in (browser.get, browser.post):
            here, nowhere = method(path), method(made_up)
            assert here.status_code == 404
            assert blank(here, path) == blank(nowhere, made_up)


@pytest.mark.parametrize("token", ["x", "A" * 64, "%00", "..", "Ä", "A" * 65, "-" * 24])
def test_made_up_tokens_are_unknown(client, letters, token):
    for page in ("bestaetigen", "einstellungen", "abmelden"):
        assert client.get(f"/newsletter/{page}/{token}").status_code == 404
        assert client.post(f"/newsletter/{page}/{token}", data=ONE_CLICK).status_code == 404


def test_why_do_i_get_this_is_answered_from_the_log(client, letters, session, first, mailbox):
    data = {"address": NEW, "frequency": "at_once", "language": "de", "name": ""}
    client.post("/stadtbrief/", data={**data, "_token": client.token("/stadtbrief/")})
    (mail,) = mailbox.to(NEW)
    client.post(link_in(mail))
    row, _chosen = facts(session, NEW)
    page = client.get(reader.path(session, Purpose.PREFERENCES, row.id, row.epoch)).text
    entries = log.entries(session, row.fingerprint)
    assert page.count("<li><b>") == len(entries) == 3
    assert entries[0].declaration in page


def test_the_settings_page_asks_few_questions(client, link, statements):
    client.get(link(Purpose.PREFERENCES))
    with statements() as seen:
        client.get(link(Purpose.PREFERENCES))
    assert len([one for one in seen if "newsletter_" in one]) == 4
