"""The page that closes an account: only with the password, and not by trying it."""

import re

from baukasten.identity import limits, passwords
from baukasten.plugin.refs import Role
from baukasten.web import forgery

PATH = "/konto/daten/konto-schliessen"


def close(client, password):
    token = re.search(rf'name="{forgery.FIELD}" value="(\w+)"', client.get(PATH).text)
    assert token is not None
    return client.post(PATH, data={forgery.FIELD: token[1], "password": password, "sure": "1"})


def test_passwords_cannot_be_tried_here(client, new_account, new_member, sign_in):
    account = new_account(password_hash=passwords.digest("drei rote Tassen"))
    sign_in(client, new_member(account=account))
    answers = [close(client, "vier rote Tassen").status_code for _ in range(limits.CHANGE.address + 1)]
    assert answers == [422] * limits.CHANGE.address + [429]
    assert close(client, "drei rote Tassen").status_code == 429


def test_the_last_administrator_stays(client, new_account, new_member, sign_in, town):
    account = new_account(password_hash=passwords.digest("drei rote Tassen"))
    sign_in(client, new_member(Role.ADMIN, account=account))
    refused = close(client, "drei rote Tassen")
    assert refused.status_code == 422
    assert f"In {town.name} sind Sie die letzte Administration" in refused.text
    new_member(Role.ADMIN)
    assert close(client, "drei rote Tassen").status_code == 303
