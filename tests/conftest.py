"""What all tests share: the fixtures that authors of plugins get too."""

import gc

import pytest

from baukasten.plugin.refs import Role

pytest_plugins = ["baukasten.testing.fixtures"]

# Modules and tests stay until the end; looking through them for rubbish again and again takes time from each test.
gc.disable()


def pytest_collection_finish() -> None:
    """Leave what there is by now alone from here on."""
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)
    gc.enable()


@pytest.fixture
def anna(new_member):
    return new_member(name="Anna Torf")


@pytest.fixture
def ben(new_member):
    return new_member(name="Ben Hafen")


@pytest.fixture
def moderator(new_member):
    return new_member(Role.MODERATOR, name="Mo Deich")


@pytest.fixture
def admin(new_member):
    return new_member(Role.ADMIN, name="Ada Amt")
