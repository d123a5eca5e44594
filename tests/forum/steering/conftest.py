"""Who sets up a forum."""

import pytest

from baukasten.plugin.refs import Role


@pytest.fixture
def admin(new_member):
    return new_member(Role.ADMIN, name="Ada Amt")
