"""The list of members: by name, in stretches, searched."""

import pytest

from baukasten.access import listing, members
from baukasten.identity import service as identity
from baukasten.plugin.refs import Role


def test_the_list_is_by_name_in_stretches(database, town, new_member):
    made = {name: new_member(name=name).id for name in ("berta", "Anton", "Cäsar", "anton")}
    expected = [made["Anton"], made["anton"], made["berta"], made["Cäsar"]]
    with database.session(town.id) as session:
        found, after = [], 0
        while True:
            page = listing.page(session, after=after, limit=1)
            found += [one.member.id for one in page.members]
            after = page.after
            if not after:
                break
        assert found == expected
        assert [one.member.id for one in listing.page(session).members] == expected


@pytest.mark.parametrize(
    ("query", "role", "expected"),
    [
        ("art", None, ["Martha", "Marthe"]),
        ("MARTHA", None, ["Martha"]),
        ("", Role.MODERATOR, ["Marthe"]),
        ("art", Role.ADMIN, []),
        ("%", None, []),
        ("_artha", None, []),
        ("ganz@post.example", None, ["Martha"]),
        ("ganz@post.exampl", None, []),
        ("nobody@post.example", None, []),
    ],
)
def test_the_list_is_searched(database, new_town, new_account, new_member, query, role, expected):
    town = new_town()
    address = "ganz@post.example"
    with database.session(town.id) as session:
        found = identity.find(session, address)
    account = found.id if found else new_account(email=address)
    new_member(name="Martha", account=account, where=town)
    new_member(Role.MODERATOR, name="Marthe", where=town)
    new_member(name="Otto", where=town)
    gone = new_member(name="Martha Gone", where=town)
    with database.session(town.id) as session:
        members.erase(session, gone.id)
        page = listing.page(session, query=query, role=role)
        assert [one.member.display_name for one in page.members] == expected
