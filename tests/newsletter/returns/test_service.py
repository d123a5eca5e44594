"""What comes back changes delivery, score and consent once, in whatever order it arrives."""

import datetime as dt
import random

import pytest
from sqlalchemy import func, select, update

from baukasten import clock
from baukasten.inbox.door import Outcome, UnknownAddressError
from baukasten.mail.incoming.reading import Envelope
from baukasten_newsletter.models import Subscriber
from baukasten_newsletter.people.models import Consent, Suppression
from baukasten_newsletter.returns import service
from baukasten_newsletter.returns.models import ReturnedLetter, Score
from tests.newsletter.conftest import NOW
from tests.newsletter.returns.conftest import complaint, farewell, note, report, riddle

DAY = dt.timedelta(days=1)


def state_of(database, world, *deliveries):
    """All that returns may change."""
    with database.session(world.town.id) as session:
        scores = sorted(map(tuple, session.execute(select(Score.subscriber_id, Score.value, Score.at))))
        suppressed = len(session.scalars(select(Suppression.id)).all())
        logged = sorted(map(tuple, session.execute(select(Consent.kind, Consent.how))))
    rows = [(one.state, one.reason, one.code) for one in map(world.delivery, deliveries)]
    people = [world.subscriber(one).state for one in deliveries]
    returns = sorted((one.kind, one.permanent, one.status, one.said) for one in world.rows())
    return scores, suppressed, logged, rows, people, returns


def test_a_bounce_marks_its_delivery_and_weighs(database, world, arrive, morning):
    delivery = world.deliver()
    assert arrive((report(), delivery)) == [Outcome.WAITING]
    row = world.delivery(delivery)
    assert (row.state, row.reason, row.code) == ("bounced", "user_unknown", 550)
    assert world.subscriber(delivery).state == "active"
    (kept,) = world.rows()
    assert (kept.kind, kept.permanent, kept.status) == ("user_unknown", True, "5.1.1")
    assert (kept.delivery_id, kept.issue_id, kept.subscriber_id) == (
        delivery.id,
        delivery.issue_id,
        delivery.subscriber_id,
    )
    with database.session(world.town.id) as session:
        assert service.score(session, delivery.subscriber_id) == 2.0


def test_the_score_fades_by_half_in_thirty_days(database, world, arrive, turn):
    clock.set_to(NOW)
    delivery = world.deliver()
    arrive((report(), delivery))
    clock.set_to(NOW + 30 * DAY)
    with database.session(world.town.id) as session:
        assert service.score(session, delivery.subscriber_id) == 1.0


def test_two_mails_to_an_unknown_address_are_enough(world, arrive, turn):
    clock.set_to(NOW)
    first = world.deliver()
    arrive((report(number=1), first))
    clock.set_to(NOW + 7 * DAY)
    second = world.deliver(first.subscriber_id)
    arrive((report(number=2), second))
    assert world.subscriber(first).state == "undeliverable"


def test_a_full_mailbox_stays_subscribed_for_two_months_of_weekly_mails(world, arrive, turn):
    clock.set_to(NOW)
    first = world.deliver()
    for week in range(8):
        clock.set_to(NOW + 7 * week * DAY)
        said = "452 4.2.2 Postfach voll"
        arrive((report("4.2.2", said=said, number=week), world.deliver(first.subscriber_id)))
    assert world.subscriber(first).state == "active"
    for week in range(8, 15):
        clock.set_to(NOW + 7 * week * DAY)
        arrive((report("4.2.2", said=said, number=week), world.deliver(first.subscriber_id)))
    assert world.subscriber(first).state == "undeliverable"


@pytest.mark.parametrize(
    ("status", "said", "kind"),
    [
        ("5.7.1", "554 5.7.1 Message rejected as spam", "spam"),
        ("5.7.26", "550 5.7.26 Unauthenticated mail is not accepted: DMARC", "policy"),
        ("5.3.4", "552 5.3.4 Message too big", "too_big"),
    ],
)
def test_refusals_of_the_sender_never_weigh_on_the_reader(world, arrive, morning, status, said, kind):
    first = world.deliver()
    for number in range(6):
        arrive((report(status, said=said, number=number), world.deliver(first.subscriber_id)))
    assert {one.kind for one in world.rows()} == {kind}
    assert world.subscriber(first).state == "active"


@pytest.mark.parametrize(
    ("raw", "kind"),
    [(report("4.4.1", "delayed", "connection timed out"), "delay"), (note(), "vacation")],
)
def test_delays_and_holidays_change_nothing_but_the_count(database, world, arrive, morning, raw, kind):
    delivery = world.deliver()
    before = state_of(database, world, delivery)[:5]
    arrive((raw, delivery))
    assert state_of(database, world, delivery)[:5] == before
    assert [one.kind for one in world.rows()] == [kind]


def test_a_complaint_ends_the_subscription_at_once_and_for_good(database, world, arrive, morning):
    delivery = world.deliver()
    arrive((complaint(), delivery))
    assert world.delivery(delivery).state == "complained"
    assert world.subscriber(delivery).state == "left"
    with database.session(world.town.id) as session:
        assert session.scalars(select(Suppression.reason)).all() == ["complaint"]
        assert ("withdrawn", "complaint") in session.execute(select(Consent.kind, Consent.how)).all()


def test_three_times_in_any_order_changes_nothing(database, new_town, world, arrive, morning):
    """The same letters about twelve deliveries of three people, each thrice, in four orders."""
    kinds = [
        report(number=1),
        report("4.4.1", "delayed", "timed out", number=2),
        report("5.2.2", said="552 mailbox full", number=3),
        report("5.7.1", said="554 5.7.1 rejected as spam", number=4),
        note(5),
        complaint(6),
    ]
    results = []
    for seed in range(4):
        chance = random.Random(seed)  # noqa: S311 - the same orders each time
        one, other, third = world.deliver(), world.deliver(), world.deliver()
        mine = [(kinds[0], one), (kinds[1], one), (kinds[3], one), (kinds[4], one)]
        mine += [(kinds[2], other), (kinds[0], other), (kinds[5], other), (kinds[1], third)]
        again = mine * 3
        chance.shuffle(again)
        arrive(*again)
        deliveries = (one, other, third)
        with database.session(world.town.id) as session:
            scores = [service.score(session, each.subscriber_id) for each in deliveries]
        told = [(world.delivery(each).state, world.delivery(each).reason) for each in deliveries]
        results.append((told, [world.subscriber(each).state for each in deliveries], scores))
        assert len(world.rows()) == (seed + 1) * len(mine)
    assert results == [results[0]] * 4
    assert results[0][0] == [
        ("bounced", "user_unknown"),
        ("complained", "complaint"),
        ("handed_over", ""),
    ]
    assert results[0][1] == ["active", "left", "active"]


def test_a_mail_that_comes_back_twice_failed_once(database, world, arrive, morning):
    delivery = world.deliver()
    arrive((report(number=1), delivery), (report(said="550 mailbox unavailable", number=2), delivery))
    with database.session(world.town.id) as session:
        assert service.score(session, delivery.subscriber_id) == 2.0


def test_who_confirmed_again_begins_anew(database, world, arrive, turn):
    clock.set_to(NOW)
    first = world.deliver()
    arrive((report(number=1), first))
    clock.set_to(NOW + DAY)
    with database.session(world.town.id) as session:
        subscriber = session.get_one(type(world.subscriber(first)), (world.town.id, first.subscriber_id))
        subscriber.confirmed_at = clock.now()
        session.commit()
    clock.set_to(NOW + 2 * DAY)
    arrive((report(number=2), world.deliver(first.subscriber_id)))
    assert world.subscriber(first).state == "active"


def test_a_forged_address_is_refused_at_the_door(door, world, verp):
    delivery = world.deliver()
    right = verp(delivery)
    local, _at, host = right.partition("@")
    for wrong in (
        f"{local[:-1]}{'a' if local[-1] != 'a' else 'b'}@{host}",
        f"rueckweg+{'a' * (len(local) - 9)}@{host}",
        local.replace("rueckweg", "antwort") + f"@{host}",
    ):
        assert not door.knows(wrong)
        with pytest.raises(UnknownAddressError):
            door.take(report(), Envelope(wrong, ""))
    assert world.rows() == []


def test_another_towns_address_reaches_nobody_here(door, other_town, database, world, verp):
    delivery = world.deliver()
    local = verp(delivery, other_town).partition("@")[0]
    with pytest.raises(UnknownAddressError):
        door.take(report(), Envelope(f"{local}@{world.town.host}", ""))
    assert world.rows() == []


def test_a_report_to_the_wrong_place_is_found_by_what_it_gives_back(door, world, verp, mailbox):
    delivery = world.deliver()
    inside = complaint().replace(b"Subject: Stadtbrief", f"Return-Path: <{verp(delivery)}>".encode())
    assert door.take(inside, Envelope(f"beschwerden@{world.town.host}", "fbl@mail.example")) == "waiting"


def test_a_refusal_on_the_connection_counts_the_same(database, world, morning):
    delivery = world.deliver(state="failed")
    with database.session(world.town.id) as session:
        found = service.note_refusal(session, delivery.id, code=550, text="5.1.1 Empfänger unbekannt")
        service.note_refusal(session, delivery.id, code=550, text="5.1.1 Empfänger unbekannt")
        session.commit()
        assert service.score(session, delivery.subscriber_id) == 2.0
    assert (found.kind, found.permanent) == ("user_unknown", True)
    assert world.delivery(delivery).state == "failed"
    assert len(world.rows()) == 1


def test_what_is_kept_names_no_address(world, arrive, morning):
    delivery = world.deliver()
    arrive((report(said="550 5.1.1 <leserin@post.example>: unbekannt"), delivery))
    assert [one.said for one in world.rows()] == ["smtp; 550 5.1.1 <…>: unbekannt"]


def test_a_letter_about_a_delivery_that_is_gone_is_kept_for_somebody(world, arrive, morning):
    class Gone:
        id = 10**12

    arrive((riddle(), Gone), (report(), Gone))
    assert sorted(one.kind for one in world.rows()) == ["unreadable", "user_unknown"]
    assert {(one.delivery_id, one.subscriber_id) for one in world.rows()} == {(None, None)}


def test_a_flood_about_one_delivery_is_kept_in_short(database, world, arrive, morning, monkeypatch):
    monkeypatch.setattr(service, "MOST_WHOLE", 2)
    delivery = world.deliver()
    arrive(*((riddle(number, "Wann? " * 1000), delivery) for number in range(4)))
    with database.session(world.town.id) as session:
        lengths = session.scalars(
            select(func.length(ReturnedLetter.source)).order_by(ReturnedLetter.id)
        ).all()
    assert [one > service.SHORTENED for one in lengths] == [True, True, False, False]
    assert lengths[-1] == service.SHORTENED


def test_a_letter_to_the_named_address_unsubscribes_once(database, world, arrive, morning):
    delivery = world.deliver()
    arrive((farewell(), delivery), (farewell(), delivery), (farewell(2, " Unsubscribe "), delivery))
    assert world.subscriber(delivery).state == "left"
    assert world.delivery(delivery).state == "handed_over"
    with database.session(world.town.id) as session:
        assert [tuple(row) for row in session.execute(select(Consent.kind, Consent.how))] == [
            ("withdrawn", "mail")
        ]
        assert session.scalars(select(Suppression.id)).all() == []


def test_a_letter_of_before_does_not_unsubscribe_who_came_back(database, world, arrive, turn):
    clock.set_to(NOW)
    delivery = world.deliver()
    arrive((farewell(), delivery))
    with database.session(world.town.id) as session:
        again = {"state": "active", "left_at": None}
        session.execute(update(Subscriber).where(Subscriber.id == delivery.subscriber_id).values(again))
        session.commit()
    clock.set_to(NOW + DAY)
    arrive((report(), delivery))
    assert world.subscriber(delivery).state == "active"


@pytest.mark.parametrize(
    "raw",
    [farewell(subject="Abmelden!"), riddle(text="unsubscribe"), riddle(text="ABMELDEN.\n\n-- \nLeser")],
)
def test_one_word_of_a_person_unsubscribes_as_well(world, arrive, morning, raw):
    delivery = world.deliver()
    arrive((raw, delivery))
    assert world.subscriber(delivery).state == "left"
    assert [one.kind for one in world.rows()] == ["leave"]


def test_an_answer_that_talks_of_it_is_left_to_people(database, world, arrive, morning):
    delivery = world.deliver()
    arrive(
        (farewell(subject="Re: unsubscribe"), delivery),
        (riddle(text="Wie kann ich mich abmelden?"), delivery),
    )
    assert world.subscriber(delivery).state == "active"
    assert [one.kind for one in world.rows()] == ["unreadable", "unreadable"]
    with database.session(world.town.id) as session:
        assert len(session.scalars(select(ReturnedLetter.id)).all()) == 2


def test_a_holiday_note_with_that_word_unsubscribes_nobody(world, arrive, morning):
    delivery = world.deliver()
    arrive((note() + b"\n", delivery), (note(2).partition(b"\n\n")[0] + b"\n\nabmelden\n", delivery))
    assert world.subscriber(delivery).state == "active"
    assert {one.kind for one in world.rows()} == {"vacation"}


def test_any_mail_program_unsubscribes_over_the_servers_door(world, lmtp, verp, mailbox, morning):
    delivery = world.deliver()
    raw = b"From: leserin@privat.example\r\nSubject: unsubscribe\r\nMessage-ID: <a@privat.example>\r\n\r\n"
    with lmtp() as client:
        for _copy in range(2):
            assert client.sendmail("leserin@privat.example", [verp(delivery)], raw) == {}
    mailbox.deliver()
    assert world.subscriber(delivery).state == "left"
    assert [one.kind for one in world.rows()] == ["leave"]
