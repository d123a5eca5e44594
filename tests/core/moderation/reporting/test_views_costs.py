"""How many statements the pages of reports cost, however many reports there are."""

import pytest

from baukasten.moderation import service
from baukasten.moderation.reporting import service as reports
from baukasten.plugin.refs import ContentRef
from tests.statements import Statements

POST = "forum.post"


@pytest.fixture
def receipts(session, forum, topic, anna, moderator):
    """Several reports of one member, most of them refused."""
    made = []
    for _ in range(12):
        made.append(
            reports.file(session, anna, reports.reported(session, f"{POST}:{topic.post_id}"), reason="spam")
        )
        service.keep(session, moderator, ContentRef(POST, topic.post_id))
    session.commit()
    return made


def test_pages_cost_the_same_however_much_there_is(client, database, topic, anna, sign_in, receipts):
    def cost(path):
        client.get(path)
        with Statements(database.app) as statements:
            page = client.get(path)
        assert page.status_code == 200
        # What every page asks for is kept for seconds, which pass on a busy machine.
        return sum("moderation_" in one or "forum_" in one for one in statements)

    assert cost(f"/meldung/{POST}:{topic.post_id}") == 2
    assert cost(f"/meldung/core.profile:{anna.id}") == 2
    assert cost(f"/meldung/quittung/{receipts[0]}") == 3
    # Kept as a whole, unless the memory of pages was made anew in between.
    assert cost(f"/profil/{anna.id}") in (0, 2)
    sign_in(client, anna)
    assert cost("/konto/meldungen") == 3
    assert client.get("/konto/meldungen").text.count("/meldung/quittung/") == 12
