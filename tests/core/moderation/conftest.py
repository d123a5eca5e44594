"""A forum in an open project, a screener that says what it is told, and people who moderate."""

import dataclasses
import types
from typing import ClassVar

import pytest

from baukasten.plugin import Manifest, hookimpl
from baukasten.plugin import registry as registries
from baukasten.plugin.contract import Contract
from baukasten.plugin.discovery import Plugin, discover
from baukasten.plugin.manager import PluginManager
from baukasten.plugin.refs import Role, Verdict
from baukasten.rooms import HOOKS
from baukasten.tenants import plugins
from baukasten.web import i18n
from baukasten_forum import service as forum_service
from tests.forum.conftest import open_forum


class Judge:
    """What the screener answers; an exception is raised."""

    verdict: ClassVar[Verdict | Exception | None] = None


@hookimpl
def screen_content(session, draft):
    if isinstance(Judge.verdict, Exception):
        raise Judge.verdict
    return Judge.verdict


@pytest.fixture(autouse=True)
def english():
    Judge.verdict = None
    with i18n.speaking(i18n.translator("en")):
        yield


@pytest.fixture
def judged(database, town):
    """Give the database as a process with the screener sees it, switched on in the town."""
    module = types.ModuleType("judge")
    vars(module).update(
        manifest=Manifest(name="judge", title="Judge", version="1", core=">=0"), screen_content=screen_content
    )
    manager = PluginManager([*discover(), Plugin.of(module)], HOOKS)
    opened = dataclasses.replace(database, contract=Contract(manager, registries.build(manager)))
    with opened.operator_session() as session:
        plugins.grant(session, town.id, "judge")
        session.commit()
    with opened.session(town.id) as session:
        plugins.switch_on(session, town, "judge")
        session.commit()
    return opened


@pytest.fixture
def forum(database, town):
    return open_forum(database, town)


@pytest.fixture
def anna(new_member):
    return new_member(name="Anna")


@pytest.fixture
def moderator(new_member):
    return new_member(Role.MODERATOR, name="Mo")


@pytest.fixture
def topic(session, forum, anna):
    written = forum_service.open_topic(session, anna, forum, title="Treppe", body="Breite Stufen")
    session.commit()
    return written
