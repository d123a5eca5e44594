"""What the tests of this room share."""

import re
from typing import TypeVar

import pytest

from baukasten.web import forgery, i18n

T = TypeVar("T")
PASSWORD = "drei rote Tassen"


def there(thing: T | None) -> T:
    """Give what was found; fails where nothing was."""
    assert thing is not None
    return thing


def secret_in(mail) -> str:
    """Take the secret out of a letter's link."""
    found = re.search(r"https?://\S+/konto/(?:bestaetigen|wiederherstellen)/(\S+)", mail.text)
    assert found, mail.text
    return found[1]


def token_in(page: str) -> str:
    """Take the token that a page's forms carry."""
    found = re.search(rf'name="{forgery.FIELD}" value="(\w+)"', page)
    assert found, "the page has no form that changes something"
    return found[1]


@pytest.fixture(autouse=True)
def english():
    """Speak English outside requests, whatever the request before spoke."""
    with i18n.speaking(i18n.translator("en")):
        yield


@pytest.fixture
def post(app):
    """Send a form as a browser does: with the token that the page carries."""

    def send(client, path, **values):
        page = client.get(path)
        found = re.search(rf'name="{forgery.FIELD}" value="(\w+)"', page.get_data(as_text=True))
        token = found[1] if found else ""
        return client.post(path, data={forgery.FIELD: token, **values})

    return send
