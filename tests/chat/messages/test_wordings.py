"""What a message said before is read by its author and by those who moderate, and by nobody else."""

import pytest

from baukasten.errors import NotFound
from baukasten_chat.messages import editing
from baukasten_chat.messages.service import say
from baukasten_chat.messages.wordings import Difference, between, history


@pytest.fixture
def changed(session, chat, anna, moderator):
    """A message that its author changed, and then staff."""
    said = say(session, anna, chat, body="Guten Abnd zusammen")
    editing.edit(session, anna, chat, said.id, "Guten Abend zusammen")
    editing.edit(session, moderator, chat, said.id, "Guten Abend")
    session.commit()
    return said.id


def test_each_wording_is_held_against_the_one_before(session, chat, anna, moderator, changed):
    found = history(session, anna, chat, changed)
    assert found.message_number == 1
    assert [(one.number, one.by_staff, one.text) for one in found.versions] == [
        (1, False, Difference("Guten Abnd zusammen", "", "", "")),
        (2, False, Difference("Guten ", "Abnd", "Abend", " zusammen")),
        (3, True, Difference("Guten Abend", " zusammen", "", "")),
    ]
    moments = [one.at for one in found.versions]
    assert moments == sorted(moments)
    assert history(session, moderator, chat, changed) == found


def test_nobody_else_reads_them(session, chat, anna, ben, changed, database, other_town, new_member):
    with pytest.raises(NotFound):
        history(session, ben, chat, changed)
    with pytest.raises(NotFound):
        history(session, anna, chat, changed + 1000)
    stranger = new_member(where=other_town)
    with database.session(other_town.id) as elsewhere, pytest.raises(NotFound):
        history(elsewhere, stranger, chat, changed)
    editing.withdraw(session, anna, chat, changed)
    with pytest.raises(NotFound):
        history(session, anna, chat, changed)


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ("", "neu", Difference("", "", "neu", "")),
        ("a b c", "a c", Difference("a ", "b ", "", "c")),
        ("a a", "a a a", Difference("a a", "", " a", "")),
        ("gleich", "gleich", Difference("gleich", "", "", "")),
    ],
)
def test_what_stayed_is_found_from_both_ends(old, new, found):
    assert between(old, new) == found
    assert found.before + found.gone + found.after == old
    assert found.before + found.new + found.after == new


def test_the_page_is_for_them_too(browse, chat, anna, ben, moderator, changed):
    address = f"{chat.path}nachricht/{changed}/fassungen"
    for reader in (anna, moderator):
        page = browse(reader).get(address)
        assert page.status_code == 200
        assert "<del>Abnd</del><ins>Abend</ins>" in page.text
    assert [
        browse(ben).get(one).status_code for one in (address, f"{chat.path}nachricht/9999/fassungen")
    ] == [404, 404]
    assert browse().get(address).status_code in (302, 303, 401, 403)


def test_staff_changes_a_message_on_its_page(browse, chat, anna, ben, moderator, changed):
    address = f"{chat.path}nachricht/{changed}/aendern"
    page = browse(moderator).get(address)
    assert page.status_code == 200
    assert "zurueckziehen" not in page.text
    assert "zurueckziehen" in browse(anna).get(address).text
    assert browse(ben).get(address).status_code == 404
