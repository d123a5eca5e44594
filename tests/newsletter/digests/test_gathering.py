"""Gathering: each item once a person, nothing new no mail, one mail a day, whatever breaks on the way."""

import datetime as dt
import threading
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import insert, select, update

from baukasten import clock
from baukasten.audit import service as audit
from baukasten.tenants import settings
from baukasten_newsletter.digests import choosing, gathering
from baukasten_newsletter.digests.models import Digest, DigestDay
from baukasten_newsletter.keys import DeliveryState, Frequency, IssueState, SubscriberState, TopicKind
from baukasten_newsletter.models import Delivery, Issue, IssueTopic, Subscriber, Subscription
from baukasten_newsletter.people import watching
from baukasten_newsletter.sending import service as sending
from tests.newsletter.digests.conftest import DAY, MONDAY, made_up, project_of

HOUR = dt.timedelta(hours=1)
BERLIN = ZoneInfo("Europe/Berlin")
DONE, FAILED, SKIPPED = DeliveryState.HANDED_OVER, DeliveryState.FAILED, DeliveryState.SKIPPED


def test_each_item_is_told_once_and_nothing_new_means_no_mail(stadt):
    anna, ben = stadt.reader(), stadt.reader(frequency=Frequency.DAILY)
    assert stadt.gather() == {}
    stadt.tell("treppe", at=MONDAY + HOUR)
    stadt.tell("steg", at=MONDAY + 2 * HOUR)
    assert stadt.gather() == {}
    assert stadt.gather(MONDAY + DAY) == {anna: ["steg", "treppe"], ben: ["steg", "treppe"]}
    stadt.becomes(DONE)
    assert stadt.gather(MONDAY + 2 * DAY) == {}
    stadt.tell("kran", at=MONDAY + 2 * DAY + HOUR)
    assert stadt.gather(MONDAY + 3 * DAY) == {anna: ["kran"], ben: ["kran"]}
    assert stadt.issues() == [("2035-03-20", "sending"), ("2035-03-22", "sending")]


def test_before_the_hour_of_the_town_nothing_goes_out(stadt, database, town):
    stadt.reader()
    stadt.tell("treppe")
    assert stadt.gather(MONDAY - 31 * dt.timedelta(minutes=1)) == {}
    with database.session(town.id) as session:
        settings.write(session, "newsletter.digests", {"hour": 18})
        session.commit()
    assert stadt.gather(MONDAY + 10 * HOUR) == {}
    assert len(stadt.gather(MONDAY + 11 * HOUR)) == 1


def test_one_digest_a_day_also_where_a_day_has_23_or_25_hours(stadt):
    stadt.reader()
    for date, hours in ((dt.date(2035, 3, 25), 23), (dt.date(2035, 10, 28), 25)):
        midnight = dt.datetime.combine(date, dt.time(), BERLIN).astimezone(dt.UTC)
        before = len(stadt.issues())
        for hour in range(hours):
            moment = midnight + hour * HOUR
            with clock.turned(moment):
                stadt.tell(f"{date}-{hour}", at=moment)
                stadt.gather()
                stadt.becomes(DONE)
        assert stadt.issues()[before:] == [(date.isoformat(), "sending")]


def test_only_what_is_newer_than_the_choice_is_told(stadt):
    stadt.tell("alt", at=MONDAY - HOUR)
    anna = stadt.reader()
    stadt.tell("neu", at=MONDAY + HOUR)
    with clock.turned(MONDAY + 2 * HOUR):
        ben = stadt.reader()
    assert stadt.gather(MONDAY + DAY) == {anna: ["neu"]}
    stadt.tell("spaet", at=MONDAY + DAY + HOUR)
    stadt.becomes(DONE)
    assert stadt.gather(MONDAY + 2 * DAY) == {anna: ["spaet"], ben: ["spaet"]}


def test_weeks_and_months_wait_for_their_day(stadt):
    people = {one: stadt.reader(frequency=one) for one in Frequency}
    turns: dict[int, list[tuple[int, int]]] = {}
    for day in range(15):
        moment = MONDAY + day * DAY
        stadt.tell(f"t{day}", at=moment - HOUR + dt.timedelta(minutes=45))
        for who, keys in stadt.gather(moment).items():
            turns.setdefault(who, []).append((day, len(keys)))
        stadt.becomes(DONE)
    # What came between the choice on the first morning and that morning's digest is news too.
    assert (
        turns[people[Frequency.AT_ONCE]]
        == turns[people[Frequency.DAILY]]
        == [(day, 1) for day in range(1, 15)]
    )
    assert turns[people[Frequency.WEEKLY]] == [(7, 7), (14, 7)]
    # The first of April is the fourteenth day.
    assert turns[people[Frequency.MONTHLY]] == [(13, 13)]


def test_people_who_left_wait_or_pause_get_nothing(stadt):
    states = [SubscriberState.PENDING, SubscriberState.LEFT, SubscriberState.UNDELIVERABLE]
    for state in states:
        stadt.reader(state=state)
    paused = stadt.reader(paused_until=MONDAY + 3 * DAY)
    unsure = stadt.reader()
    with stadt.database.session(stadt.ref.id) as session:
        session.execute(
            update(Subscription).where(Subscription.subscriber_id == unsure).values(state="pending")
        )
        session.commit()
    stadt.tell("treppe", at=MONDAY + HOUR)
    assert stadt.gather(MONDAY + DAY) == {}
    assert stadt.deliveries() == []
    # What came meanwhile is told after the pause.
    assert stadt.gather(MONDAY + 3 * DAY) == {paused: ["treppe"]}


def test_topics_of_a_project_bring_its_news_alone(stadt, database, town):
    from_project = project_of(database, town)
    other = from_project + 1
    mine = stadt.topic(from_project, slug="hafen")
    anna, ben = stadt.reader(mine), stadt.reader()
    stadt.tell("hier", project=from_project, at=MONDAY + HOUR)
    stadt.tell("dort", project=other, at=MONDAY + 2 * HOUR)
    stadt.tell("ueberall", at=MONDAY + 3 * HOUR)
    told = stadt.gather(MONDAY + DAY)
    assert told == {anna: ["hier"], ben: ["ueberall", "dort", "hier"]}


def test_what_is_due_is_told_in_time_for_each_rhythm_and_once(stadt):
    people = {
        one: stadt.reader(frequency=one) for one in (Frequency.DAILY, Frequency.WEEKLY, Frequency.MONTHLY)
    }
    # Older than anybody's choice, and still to come.
    stadt.tell("stunde", at=MONDAY - 9 * DAY, due=MONDAY + 20 * DAY)
    turns: dict[int, list[int]] = {}
    for day in range(21):
        for who in stadt.gather(MONDAY + day * DAY):
            turns.setdefault(who, []).append(day)
        stadt.becomes(DONE)
    # Daily a week ahead; on the Monday after which no other one would come in time; on the first of the month.
    assert [turns[one] for one in people.values()] == [[14], [7], [13]]


def test_members_hear_of_replies_in_the_topics_they_chose(stadt, database, town, new_member):
    hafen = project_of(database, town)
    mine = stadt.topic(hafen, slug="hafen")
    member, guest = new_member(), stadt.reader()
    anna = stadt.reader(stadt.topics[0], member_id=member.id)
    ben = stadt.reader(mine, member_id=new_member().id)
    at = MONDAY + HOUR
    stadt.own[member.id] = [stadt.tell("r1", at=at, project=hafen), stadt.tell("r2", at=at)]
    stadt.own[ben] = stadt.own[member.id]
    stadt.items.clear()
    assert stadt.gather(MONDAY + DAY) == {anna: ["r1", "r2"]}
    stadt.becomes(DONE)
    stadt.change(anna, member_id=None)
    assert stadt.gather(MONDAY + 2 * DAY) == {}
    assert guest not in stadt.own


@pytest.mark.parametrize(
    ("state", "again"), [(FAILED, True), (SKIPPED, True), (DONE, False), (DeliveryState.BOUNCED, False)]
)
def test_what_did_not_go_out_is_told_with_the_next_digest(stadt, state, again):
    anna = stadt.reader()
    stadt.tell("treppe", at=MONDAY + HOUR)
    stadt.gather(MONDAY + DAY)
    stadt.becomes(state)
    stadt.tell("steg", at=MONDAY + DAY + HOUR)
    assert stadt.gather(MONDAY + 2 * DAY) == {anna: ["steg", "treppe"] if again else ["steg"]}


def test_a_mail_that_waits_gives_way_to_the_next_and_one_on_a_connection_does_not(stadt):
    anna, ben, clara = stadt.reader(), stadt.reader(), stadt.reader()
    stadt.tell("treppe", at=MONDAY + HOUR)
    stadt.gather(MONDAY + DAY)
    stadt.becomes(DeliveryState.DEFERRED, anna)
    stadt.becomes(DeliveryState.SENDING, ben)
    stadt.tell("steg", at=MONDAY + DAY + HOUR)
    assert stadt.gather(MONDAY + 2 * DAY) == {anna: ["steg", "treppe"], clara: ["steg", "treppe"]}
    assert stadt.deliveries()[:3].count(("skipped", choosing.SUPERSEDED)) == 2
    with stadt.database.session(stadt.ref.id) as session:
        gone = update(Delivery).where(Delivery.subscriber_id == ben)
        session.execute(gone.values(state=DONE, handed_over_at=MONDAY))
        session.commit()
    stadt.becomes(DONE)
    assert stadt.gather(MONDAY + 3 * DAY) == {ben: ["steg"]}


def test_a_day_that_stands_still_does_not_stop_the_next(stadt):
    anna = stadt.reader()
    stadt.tell("treppe", at=MONDAY + HOUR)
    stadt.gather(MONDAY + DAY)
    with stadt.database.session(stadt.ref.id) as session:
        session.execute(update(Issue).where(Issue.kind == "digest").values(state=IssueState.PAUSED))
        session.commit()
    assert stadt.gather(MONDAY + 2 * DAY) == {anna: ["treppe"]}
    assert stadt.issues() == [("2035-03-20", "cancelled"), ("2035-03-21", "sending")]


@pytest.mark.parametrize("state", [IssueState.SENDING, IssueState.PAUSED, IssueState.CANCELLED])
def test_what_a_dead_worker_had_on_a_connection_is_told_again_and_named(stadt, state):
    anna = stadt.reader()
    stadt.tell("treppe", at=MONDAY + HOUR)
    stadt.gather(MONDAY + DAY)
    with stadt.database.session(stadt.ref.id) as session:
        held = {"state": DeliveryState.SENDING, "worker": "dead", "lease_until": MONDAY + DAY + HOUR}
        session.execute(update(Delivery).values(held))
        session.execute(update(Issue).where(Issue.kind == "digest").values(state=state))
        session.commit()
    assert stadt.gather(MONDAY + 2 * DAY) == {anna: ["treppe"]}
    with stadt.database.session(stadt.ref.id) as session:
        rows = session.scalars(select(Delivery).order_by(Delivery.id)).all()
    assert [(row.state, row.reason, row.uncertain_at) for row in rows] == [
        ("skipped", choosing.SUPERSEDED, MONDAY + 2 * DAY),
        ("pending", "", None),
    ]
    assert (rows[0].lease_until, rows[0].worker) == (None, "")


def test_who_dies_on_the_way_leaves_nothing_behind(stadt, monkeypatch):
    anna = stadt.reader()
    stadt.tell("treppe", at=MONDAY + HOUR)

    def die(*_):
        raise KeyboardInterrupt

    for step in ("open_digest",):
        with monkeypatch.context() as patch:
            patch.setattr(sending, step, die)
            with pytest.raises(KeyboardInterrupt):
                stadt.gather(MONDAY + DAY)
    assert (stadt.issues(), stadt.deliveries()) == ([], [])
    assert stadt.gather(MONDAY + DAY) == {anna: ["treppe"]}


def test_two_workers_at_once_tell_everything_once(stadt):
    anna = stadt.reader()
    stadt.tell("treppe", at=MONDAY)
    with clock.turned(MONDAY + DAY), stadt.database.session(stadt.ref.id) as first:
        gathering.gather(stadt.job(first))
        found = []
        second = threading.Thread(target=lambda: found.append(stadt.gather()))
        second.start()
        first.commit()
        second.join(60)
    assert found == [{anna: ["treppe"]}]
    assert len(stadt.issues()) == len(stadt.deliveries()) == 1


def test_letters_are_told_to_those_who_do_not_want_them_at_once(stadt, letter):
    topic = stadt.topic(kind=TopicKind.LETTERS, slug="rathaus")
    stadt.reader(topic)
    weekly, daily = (stadt.reader(topic, frequency=one) for one in (Frequency.WEEKLY, Frequency.DAILY))
    stadt.reader(stadt.topics[0], frequency=Frequency.DAILY)
    number = letter(topic, MONDAY + HOUR)
    letter(topic, MONDAY - HOUR)
    letter(topic, MONDAY + 2 * HOUR, IssueState.CANCELLED)
    assert stadt.gather(MONDAY + DAY) == {daily: [f"newsletter.issue:{number}"]}
    stadt.becomes(DONE)
    assert stadt.gather(MONDAY + 7 * DAY) == {weekly: [f"newsletter.issue:{number}"]}


@pytest.fixture
def letter(stadt):
    """Sends a letter to a topic at a moment; gives its number."""

    def do(topic, at, state=IssueState.SENT):
        with stadt.database.session(stadt.ref.id) as session:
            taken = session.execute(select(Issue.number).order_by(Issue.number.desc())).scalars().first()
            issue = Issue(module_id=stadt.module.id, state=state, number=(taken or 0) + 1, started_at=at)
            session.add(issue)
            session.flush()
            session.add(IssueTopic(issue_id=issue.id, topic_id=topic))
            session.commit()
            return issue.id

    return do


def test_a_very_busy_day_is_told_in_parts(stadt, monkeypatch):
    anna = stadt.reader()
    for number in range(130):
        stadt.tell(f"n{number:03}", at=MONDAY + HOUR + number * dt.timedelta(seconds=1))
    first = stadt.gather(MONDAY + DAY)[anna]
    stadt.becomes(DONE)
    second = stadt.gather(MONDAY + 2 * DAY)[anna]
    assert (len(first), len(second), first[0]) == (choosing.MOST, 30, "n129")
    assert not set(first) & set(second)


def test_without_a_sender_that_is_believed_news_wait(stadt, monkeypatch):
    anna = stadt.reader()
    stadt.tell("treppe", at=MONDAY + HOUR)
    with monkeypatch.context() as patch:
        patch.setattr(watching, "sender_problems", lambda _session: ["no key"])
        assert stadt.gather(MONDAY + DAY) == {}
    assert stadt.gather(MONDAY + DAY + HOUR) == {anna: ["treppe"]}


def test_each_town_tells_its_own(stadt, database, other_town):
    other = made_up(database, other_town)
    other.topic()
    here, there = stadt.reader(), other.reader()
    stadt.tell("hier", at=MONDAY + HOUR)
    other.tell("dort", at=MONDAY + HOUR)
    assert stadt.gather(MONDAY + DAY) == {here: ["hier"]}
    assert other.gather(MONDAY + DAY) == {there: ["dort"]}


def test_statements_do_not_grow_with_people_or_news(stadt, statements, new_member):
    # The very first turn remembers the secret too.
    stadt.gather()

    def cost(people, items, day):
        with stadt.database.session(stadt.ref.id) as session:
            known = session.scalars(select(Subscriber.id)).all()
            rows = [
                {"tenant_id": stadt.ref.id, "address": f"v{day}-{number}@post.example", "domain": "post.example",
                 "fingerprint": b"%d %d" % (day, number), "language": "de", "state": "active"}
                for number in range(people - len(known))
            ]  # fmt: skip
            numbers = session.scalars(insert(Subscriber).returning(Subscriber.id), rows).all()
            chosen = [
                {"tenant_id": stadt.ref.id, "subscriber_id": one, "topic_id": stadt.topics[0], "state": "active",
                 "since": MONDAY + (day - 1) * DAY}
                for one in numbers
            ]  # fmt: skip
            session.execute(insert(Subscription), chosen)
            session.commit()
        for number in range(items):
            stadt.tell(f"{day}-{number}", at=MONDAY + day * DAY - HOUR)
        with statements() as seen:
            told = stadt.gather(MONDAY + day * DAY)
        stadt.becomes(DONE)
        assert {len(keys) for keys in told.values()} == {items}
        # Other threads of the process write down what plugins cost.
        return len(told), len([one for one in seen if "note_costs" not in one and "set_config" not in one])

    stadt.reader(member_id=new_member().id)
    few, many = cost(10, 1, 1), cost(1000, 40, 2)
    assert (few[0], many[0]) == (10, 1000)
    assert few[1] == many[1] <= 24


def test_who_was_told_what_is_forgotten_in_time(stadt, session):
    stadt.reader()
    stadt.tell("treppe", at=MONDAY + HOUR)
    stadt.gather(MONDAY + DAY)
    for days, left in ((75, 1), (77, 0)):
        with clock.turned(MONDAY + days * DAY):
            gathering.forget(session)
            session.commit()
        assert [len(session.scalars(select(table.id)).all()) for table in (Digest, DigestDay)] == [left, left]


def test_digests_whose_hour_came_while_nobody_was_there_ask_first(stadt, database, town, admin):
    anna = stadt.reader()
    assert stadt.gather(MONDAY, watched=False) == {}
    stadt.tell("treppe", at=MONDAY + HOUR)
    # A database of the evening, put back at noon: the morning's digest may be with everybody.
    noon = MONDAY + DAY + 4 * HOUR
    assert stadt.gather(noon, watched=False) == {}
    with database.session(town.id) as session:
        assert audit.entries(session)[0].action == "newsletter.digests.hold"
    # They stay held until somebody says so, however often the job runs.
    assert stadt.gather(noon + dt.timedelta(minutes=10), watched=False) == {}
    with clock.turned(noon + HOUR), database.session(town.id) as session:
        gathering.let_go_on(session, admin)
        gathering.let_go_on(session, admin)
        session.commit()
        assert [one.action for one in audit.entries(session)].count("newsletter.digests.resume") == 1
    assert stadt.gather(noon + HOUR, watched=False) == {anna: ["treppe"]}


def test_a_night_without_workers_holds_nothing(stadt):
    anna = stadt.reader()
    assert stadt.gather(MONDAY, watched=False) == {}
    stadt.tell("treppe", at=MONDAY + HOUR)
    assert stadt.gather(MONDAY + 23 * HOUR, watched=False) == {}
    assert stadt.gather(MONDAY + DAY, watched=False) == {anna: ["treppe"]}


def test_under_another_secret_nothing_is_gathered(stadt, database, town):
    anna = stadt.reader()
    stadt.tell("treppe", at=MONDAY)
    with database.session(town.id) as session:
        watching.note(session, secret=b"another")
        session.commit()
    assert stadt.gather() == {}
    with database.session(town.id) as session:
        assert watching.accept_secret(session) == 1
        session.commit()
    assert stadt.gather() == {anna: ["treppe"]}
