"""A platform with one plugin made for these tests, and an admin at work in it."""

import re

import pytest

from baukasten.plugin import Role
from tests.core.projects.rig import app, contract, database, database_urls, noon

__all__ = ["admin", "app", "contract", "database", "database_urls", "noon", "post"]


@pytest.fixture
def admin(client, new_member, sign_in):
    """A browser in which an admin of the town is signed in."""
    sign_in(client, new_member(Role.ADMIN))
    return client


@pytest.fixture
def post(admin):
    """Send a form with the token of the administration's pages."""
    token = re.search(r'name="_token" value="([^"]+)"', admin.get("/verwaltung/projekte/neu").text)
    assert token is not None

    def send(path, **values):
        return admin.post(path, data={"_token": token[1], **values})

    return send
