"""The proof of a consent: shown and printed after each step, also after the address was forgotten."""

import re

import pytest
from sqlalchemy import select, text

from baukasten_newsletter.keys import Purpose, SubscriberState
from baukasten_newsletter.models import Subscriber
from baukasten_newsletter.people import addresses, log, proof, reader, suppression, topics
from baukasten_newsletter.people.models import ConsentKind
from tests.newsletter.conftest import add_subscriber, link_in

ANNA = "anna@post.example"
PAGE = "/stadtbrief/menschen/"


@pytest.fixture
def desk(browse, admin):
    return browse(admin)


@pytest.fixture
def steps(client, desk, letters, session, mailbox):
    """Takes Anna through all that can happen to a consent; gives the proof after each step."""

    def walk():
        (first,) = topics.listed(session, letters.id)
        data = {"address": ANNA, "frequency": "at_once", "language": "de", "name": "Anna Siel"}
        client.post("/stadtbrief/", data={**data, "_token": client.token("/stadtbrief/")})
        yield look_up(desk)
        (mail,) = mailbox.to(ANNA)
        client.post(link_in(mail))
        yield look_up(desk)
        session.rollback()
        row = session.execute(select(Subscriber.id, Subscriber.epoch)).one()
        chosen = {f"topics-{letters.id}": str(first.id), "frequency": "weekly", "language": "de", "name": ""}
        client.post(reader.path(session, Purpose.PREFERENCES, row.id, row.epoch), data=chosen)
        yield look_up(desk)
        client.post(reader.path(session, Purpose.LEAVE, row.id, row.epoch))
        yield look_up(desk)
        deed = {"address": ANNA, "deed": "erase", "_token": desk.token(PAGE)}
        assert desk.post(f"{PAGE}tun", data=deed).status_code == 200
        yield look_up(desk)

    return walk


def look_up(desk, address=ANNA):
    answer = desk.post(PAGE, data={"address": address, "_token": desk.token(PAGE)})
    assert answer.status_code == 200
    return answer.text


def headings(page):
    return re.findall(r"<h3>\d+\. ([^<]+)</h3>", page)


def test_the_proof_is_printed_after_each_step(steps, session):
    pages = list(steps())
    asked, mailed, agreed, changed, left, forgot = (
        str(proof.WORDS[kind])
        for kind in ("requested", "mailed", "confirmed", "changed", "withdrawn", "erased")
    )
    # The pages speak German; the words of the kinds are looked for by their number and order.
    assert [len(headings(page)) for page in pages] == [1, 3, 4, 5, 6]
    assert headings(pages[-1])[:5] == headings(pages[-2])
    entries = log.entries(session, addresses.fingerprint(session, ANNA))
    kinds = [entry.kind for entry in entries]
    assert kinds == ["requested", "mailed", "confirmed", "changed", "withdrawn", "erased"]
    last = pages[-1]
    for entry in entries:
        assert entry.hash in last
        assert proof.exactly(entry) in last
        if entry.declaration:
            assert entry.declaration in last
            assert entry.declaration_sha256 in last
    assert entries[1].message_id.strip("<>") in last
    assert session.scalar(select(Subscriber.id)) is None
    assert all((asked, mailed, agreed, changed, left, forgot))


def test_the_log_holds_no_address_and_no_name(steps, session):
    list(steps())
    tables = ("newsletter_consent", "newsletter_person", "newsletter_declaration", "newsletter_suppression")
    for table in tables:
        rows = session.scalars(text(f"SELECT to_jsonb(t)::text FROM {table} t"))  # noqa: S608 - our own names
        for row in rows:
            assert ANNA not in row
            assert "Anna Siel" not in row


def test_the_paper_is_a_pdf(desk, steps):
    next(steps())
    answer = desk.post(f"{PAGE}nachweis.pdf", data={"address": ANNA, "_token": desk.token(PAGE)})
    assert answer.status_code == 200
    assert answer.data.startswith(b"%PDF-")
    assert answer.headers["Cache-Control"] == "no-store"


def test_whoever_looks_stands_in_the_audit_log_without_the_address(desk, letters, session, admin):
    look_up(desk)
    query = text(
        "SELECT actor_member_id, facts::text FROM audit_entry WHERE action = 'newsletter.people.prove'"
    )
    (row,) = session.execute(query).all()
    assert row.actor_member_id == admin.id
    assert "anna" not in row.facts


def test_a_log_that_is_not_whole_says_so(desk, letters, session, monkeypatch):
    whole = look_up(desk)
    monkeypatch.setattr(log, "verify_of", lambda _session, _fingerprint: 7)
    assert re.search(r"\b7\b", look_up(desk).replace(whole, ""))


def test_staff_does_what_people_ask_for_by_phone(desk, letters, session):
    row = add_subscriber(session, topics.listed(session, letters.id)[0].id, address=ANNA)
    session.commit()
    number, fingerprint = row.id, row.fingerprint

    def do(deed, address=ANNA):
        data = {"address": address, "deed": deed, "_token": desk.token(PAGE)}
        answer = desk.post(f"{PAGE}tun", data=data)
        session.rollback()
        return answer.status_code

    assert do("leave") == 200
    assert session.scalar(select(Subscriber.state).where(Subscriber.id == number)) == SubscriberState.LEFT
    assert do("never") == 200
    assert suppression.is_suppressed(session, [ANNA]) == {ANNA}
    assert do("lift") == 200
    assert suppression.is_suppressed(session, [ANNA]) == set()
    assert do("erase") == 200
    assert session.scalar(select(Subscriber.id)) is None
    kinds = [entry.kind for entry in log.entries(session, fingerprint)]
    assert kinds == ["withdrawn", "suppressed", "lifted", "erased"]
    assert do("leave", "niemand@post.example") == 200
    assert do("leave", "anna") == 422
    assert do("dance") == 303


@pytest.mark.parametrize("address", ["", "anna", "\x00", "a" * 300])
def test_what_is_no_address_is_refused(desk, letters, address):
    for page in (PAGE, f"{PAGE}nachweis.pdf"):
        assert desk.post(page, data={"address": address, "_token": desk.token(PAGE)}).status_code == 422


def test_moderators_see_no_people(browse, moderator, letters):
    browser = browse(moderator)
    assert browser.get(PAGE).status_code == 403
    assert browser.post(PAGE, data={"address": ANNA}).status_code == 403
    assert browser.post(f"{PAGE}nachweis.pdf", data={"address": ANNA}).status_code == 403


def test_another_towns_people_are_nobody(desk, letters, session, database, other_town):
    with database.session(other_town.id) as there:
        add_subscriber(there, address=ANNA)
        log.write(there, ConsentKind.REQUESTED, addresses.fingerprint(there, ANNA))
        there.commit()
    assert headings(look_up(desk)) == []
