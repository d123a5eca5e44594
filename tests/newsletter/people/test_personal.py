"""What people get of what is stored about them, and how it is forgotten."""

from sqlalchemy import select, text

from baukasten_newsletter.models import Issue, Subscriber
from baukasten_newsletter.people import log, personal, topics
from baukasten_newsletter.people.models import ConsentKind
from tests.newsletter.conftest import add_subscriber


def test_a_member_gets_their_own_and_nothing_else(session, letters, anna, ben):
    first = topics.listed(session, letters.id)[0].id
    mine = add_subscriber(session, first, address="anna@post.example", name="Anna", member_id=anna.id)
    add_subscriber(session, first, address="ben@post.example", member_id=ben.id)
    log.write(session, ConsentKind.CONFIRMED, mine.fingerprint, "Stadtbrief: Stadtbrief")
    session.add(Issue(module_id=letters.id, created_by=anna.id))
    session.flush()
    (found,) = personal.export(session, anna.id)
    assert (found["address"], found["name"]) == ("anna@post.example", "Anna")
    assert [one["title"] for one in found["topics"]] == ["Stadtbrief"]
    (entry,) = personal.export_log(session, anna.id)
    assert (entry["kind"], entry["topics"]) == ("confirmed", "Stadtbrief: Stadtbrief")
    assert personal.export_deliveries(session, anna.id) == []
    assert len(personal.export_staff(session, anna.id)) == 1


def test_closing_an_account_forgets_the_address_and_keeps_the_proof(session, letters, anna):
    first = topics.listed(session, letters.id)[0].id
    fingerprint = add_subscriber(session, first, address="anna@post.example", member_id=anna.id).fingerprint
    session.add(Issue(module_id=letters.id, created_by=anna.id, released_by=anna.id))
    session.flush()
    assert personal.erase(session, anna.id) == 1
    assert personal.erase(session, anna.id) == 0
    assert personal.erase_staff(session, anna.id) == 2
    assert session.scalar(select(Subscriber.id)) is None
    kinds = [(entry.kind, entry.how) for entry in log.entries(session, fingerprint)]
    assert kinds == [("withdrawn", "account closed"), ("erased", "account closed")]
    assert log.verify(session) is None


def test_every_column_of_people_is_declared(session):
    declared = {column for dataset in personal.DATASETS for column in dataset.columns}
    query = text(
        "SELECT table_name || '.' || column_name FROM information_schema.columns "
        "WHERE table_name LIKE 'newsletter\\_%' AND column_name IN "
        "('address', 'fingerprint', 'person', 'member_id', 'actor_member_id', 'subscriber_id', 'network')"
    )
    ours = {"newsletter_subscriber", "newsletter_subscription", "newsletter_consent", "newsletter_person"}
    ours |= {"newsletter_suppression", "newsletter_move", "newsletter_delivery"}
    found = {name for name in session.scalars(query) if name.partition(".")[0] in ours}
    assert found - declared == set()
