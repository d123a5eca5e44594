"""Who is erased takes their letters along; that a mail came back still counts."""

from sqlalchemy import delete, func, select

from baukasten_newsletter.models import Subscriber
from baukasten_newsletter.returns import personal
from baukasten_newsletter.returns.models import Return, ReturnedLetter, Score
from tests.newsletter.returns.conftest import report, riddle


def owned(database, world, delivery, member):
    with database.session(world.town.id) as session:
        row = session.get_one(Subscriber, (world.town.id, delivery.subscriber_id))
        row.member_id = member.id
        session.commit()


def counts(session):
    return [session.scalar(select(func.count()).select_from(one)) for one in (Return, ReturnedLetter, Score)]


def test_a_member_gets_and_takes_what_came_back(database, world, arrive, new_member, morning):
    member, delivery, other = new_member(name="Jana Moor"), world.deliver(), world.deliver()
    owned(database, world, delivery, member)
    arrive((report(), delivery), (riddle(2), delivery), (riddle(3), other))
    with database.session(world.town.id) as session:
        found = personal.export(session, member.id)
        assert [one["kind"] for one in found] == ["user_unknown", "unreadable"]
        assert "riddle-2" in found[1]["source"]
        assert personal.erase(session, member.id) == 4
        assert personal.erase(session, member.id) == 0
        assert counts(session) == [3, 1, 0]
        assert personal.export(session, member.id) == []
        session.commit()


def test_an_erased_subscriber_takes_letters_and_score_along(database, world, arrive, morning):
    delivery = world.deliver()
    arrive((report(), delivery), (riddle(2), delivery))
    with database.session(world.town.id) as session:
        session.execute(delete(Subscriber).where(Subscriber.id == delivery.subscriber_id))
        session.commit()
        assert counts(session) == [2, 0, 0]
