"""What the tests of this room share."""

import re

import pytest

from baukasten.web import forgery, i18n


@pytest.fixture(autouse=True)
def english():
    """Speak English outside requests, whatever the request before spoke."""
    with i18n.speaking(i18n.translator("en")):
        yield


@pytest.fixture
def post():
    """Send a form with the token of a page that shows one."""

    def send(client, path, shown="/konto/adresse", **values):
        page = client.get(shown).get_data(as_text=True)
        token = re.search(rf'name="{forgery.FIELD}" value="(\w+)"', page)
        return client.post(path, data={forgery.FIELD: token[1] if token else "", **values})

    return send
