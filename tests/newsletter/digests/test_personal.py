"""A person gets a copy of what they were told, and is forgotten."""

import datetime as dt

from baukasten_newsletter.digests import personal
from tests.newsletter.digests.conftest import DAY, MONDAY


def test_a_member_gets_a_copy_of_what_they_were_told_and_is_forgotten(stadt, new_member):
    member, other = new_member(), new_member()
    for one in (member, other):
        stadt.reader(member_id=one.id)
    stadt.tell("treppe", at=MONDAY + dt.timedelta(hours=1))
    stadt.gather(MONDAY + DAY)
    with stadt.database.session(stadt.ref.id) as session:
        told = [{"day": "2035-03-20", "items": ["forum.news:treppe"]}]
        assert personal.export(session, member.id) == told
        assert (personal.erase(session, member.id), personal.erase(session, member.id)) == (1, 0)
        assert (personal.export(session, member.id), personal.export(session, other.id)) == ([], told)
