"""Towns are opened, listed, suspended and given their first administrator by command."""

import pytest

from baukasten.access import members
from baukasten.errors import NotFound
from baukasten.plugin.refs import Role
from baukasten.web.platform import EXTENSION


def test_the_first_administrator_is_appointed(command, database, town, new_account):
    account_id = new_account("Amira Beispiel", email="rathaus@stadt.example")
    said = command("tenant", "appoint", town.slug, "rathaus@stadt.example").output
    assert said == f"rathaus@stadt.example is admin of {town.name}.\n"
    with database.session(town.id) as session:
        member = members.find(session, account_id)
    assert member is not None
    assert member.display_name == "Amira Beispiel"
    assert member.roles == {Role.CITIZEN, Role.ADMIN}


def test_a_second_role_is_added_to_the_first(command, database, town, new_account):
    account_id = new_account(email="beide@stadt.example")
    for role in ("moderator", "admin"):
        command("tenant", "appoint", town.slug, "beide@stadt.example", "--role", role)
    with database.session(town.id) as session:
        member = members.find(session, account_id)
    assert member is not None
    assert member.roles == {Role.CITIZEN, Role.MODERATOR, Role.ADMIN}


@pytest.mark.parametrize("town_slug", ["nirgendwo", None])
def test_unknown_towns_and_people_are_refused(command, town, town_slug):
    with pytest.raises(NotFound):
        command("tenant", "appoint", town_slug or town.slug, "niemand@post.example")


@pytest.fixture
def status_of(app, client_of):
    """Ask a host for its front page, as every process does after at most two seconds."""

    def ask(host):
        app.extensions[EXTENSION].generations.refresh()
        return client_of(host).get("/").status_code

    return ask


def test_a_town_is_opened_listed_and_suspended(command, client_of, status_of):
    command("tenant", "create", "neudorf", "Neudorf", "neudorf.test", "www.neudorf.test")
    assert status_of("neudorf.test") == 200
    assert client_of("www.neudorf.test").get("/").headers["Location"] == "https://neudorf.test/"
    command("tenant", "suspend", "neudorf")
    (line,) = (one for one in command("tenant", "list").output.splitlines() if one.startswith("neudorf"))
    assert line.split() == ["neudorf", "suspended", "neudorf.test", "Neudorf"]
    assert status_of("neudorf.test") == 503
    command("tenant", "suspend", "neudorf", "--undo")
    assert status_of("neudorf.test") == 200
