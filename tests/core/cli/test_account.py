"""An account becomes an operator's by command, is let into the console, and is put out again."""

import pytest

from baukasten.errors import NotFound
from baukasten.identity import sessions


@pytest.fixture
def console(client_of, base_config, database, new_account):
    """Sign somebody in at the operator's host."""
    account_id = new_account("Operatorin", email="leitung@rechenzentrum.example")
    with database.session(None) as session:
        secret = sessions.start(session, account_id)
        session.commit()
    client = client_of(base_config.operator_host)
    client.set_cookie("__Host-session", secret, domain=base_config.operator_host, secure=True)
    return client


def test_an_operator_comes_in_and_goes(console, command):
    assert console.get("/betrieb/").status_code == 303
    said = command("account", "operator", "Leitung@rechenzentrum.example").output
    assert said == "Leitung@rechenzentrum.example is an operator.\n"
    assert console.get("/betrieb/").status_code == 200
    command("account", "operator", "leitung@rechenzentrum.example", "--revoke")
    assert console.get("/betrieb/").status_code == 303


def test_nobody_becomes_an_operator_without_an_account(command):
    with pytest.raises(NotFound, match="let the person register first"):
        command("account", "operator", "niemand@post.example")
