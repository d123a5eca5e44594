"""Who brought a file in gets to know it, and is forgotten without the people of the file."""

from baukasten_newsletter.transfer import personal
from tests.newsletter.transfer.conftest import table


def test_a_member_sees_their_files_and_can_be_forgotten(transfer, admin, moderator):
    number = transfer.send(table(1), name="stand.csv")
    transfer.work()
    (found,) = transfer.on(lambda session: personal.export(session, admin.id))
    assert (found["file_name"], found["state"]) == ("stand.csv", "checked")
    assert transfer.on(lambda session: personal.export(session, moderator.id)) == []
    assert transfer.on(lambda session: personal.erase(session, admin.id)) == 1
    assert transfer.row(number).created_by is None


def test_what_nobody_answers_for_is_not_brought_in(transfer, admin):
    number = transfer.send(table(1))
    transfer.on(lambda session: personal.erase(session, admin.id))
    transfer.work()
    row = transfer.row(number)
    assert (row.state, bool(row.problem), transfer.pieces()) == ("failed", True, 0)
