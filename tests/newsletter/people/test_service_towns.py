"""The same address in two towns: each town has its own consent, its own settings, its own proof."""

from baukasten_newsletter.keys import Purpose, SubscriberState
from baukasten_newsletter.models import Subscriber
from baukasten_newsletter.people import addresses, log, reader, service, topics
from tests.newsletter.conftest import add_subscriber, open_list

ANNA = "anna@post.example"


def test_each_town_has_its_own_consent(session, database, letters, other_town):
    here = add_subscriber(session, topics.listed(session, letters.id)[0].id, address=ANNA)
    session.commit()
    module = open_list(database, other_town)
    with database.session(other_town.id) as there:
        row = add_subscriber(there, topics.listed(there, module.id)[0].id, address=ANNA)
        there.commit()
        service.leave(there, row.id, how="page")
        there.commit()
        assert [entry.kind for entry in log.entries(there, row.fingerprint)] == ["withdrawn"]
        assert log.verify(there) is None
    assert log.entries(session, addresses.fingerprint(session, ANNA)) == []
    session.expire_all()
    assert session.get(Subscriber, (here.tenant_id, here.id)).state == SubscriberState.ACTIVE


def test_links_of_one_town_say_nothing_in_another(session, database, letters, other_town, client_of):
    here = add_subscriber(session, topics.listed(session, letters.id)[0].id, address=ANNA)
    session.commit()
    with database.session(other_town.id) as there:
        # The same number there: only the town tells them apart.
        twin = add_subscriber(there, address=ANNA, id=here.id)
        there.commit()
        there_path = reader.path(there, Purpose.LEAVE, twin.id, twin.epoch)
    path = reader.path(session, Purpose.LEAVE, here.id, here.epoch)
    assert path != there_path
    assert client_of(other_town).post(path).status_code == 404
    assert client_of(other_town).get(there_path).status_code == 200
