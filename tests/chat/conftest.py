"""A town with a live room in an open project, and people who talk in it."""

import dataclasses
import datetime as dt

import pytest

from baukasten import clock
from baukasten.plugin.refs import Role
from baukasten.projects import publishing
from baukasten.projects.placing import place_module
from baukasten.projects.schedule import PhaseDraft, set_phases
from baukasten.projects.service import ProjectDraft, create_project
from baukasten.realtime import exchange
from baukasten.realtime.bell import TOPIC, Ring
from baukasten.realtime.bus import Follower
from baukasten.tenants import settings
from baukasten_chat import rooms

NOW = dt.datetime(2035, 3, 20, 18, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
FEATURES = ("chat.talk", "chat.ask", "chat.speak")


@pytest.fixture
def evening():
    """The clock stands still, at seven in the evening."""
    with clock.turned(NOW) as moment:
        yield moment


def open_chat(database, town, *, slug="torfhafen", form="open", at=None, **chosen):
    """A public project whose phase opens a live room from three days ago for twelve days, and the room's module."""
    begin = at or clock.now()
    with database.session(town.id) as session:
        settings.write(session, "site.legal", {"imprint": "Stadt, Am Markt 1"})
        project = create_project(
            session,
            None,
            ProjectDraft("Der Alte Torfhafen", slug, question="Was soll entstehen?", contact="Bauamt"),
        )
        phase = PhaseDraft("Gespräche", begin - 3 * DAY, begin + 12 * DAY, "", FEATURES)
        set_phases(session, None, project.id, [phase])
        module = place_module(
            session,
            None,
            "chat",
            title="Fragestunde",
            slug="live",
            project_id=project.id,
            settings={"form": form, **chosen},
        )
        publishing.publish(session, None, project.id)
        session.commit()
    return module


@pytest.fixture
def chat(database, town):
    """A placed room for an open conversation."""
    return open_chat(database, town)


@pytest.fixture
def hour(database, town):
    """A placed question hour."""
    return open_chat(database, town, form="questions")


@pytest.fixture
def room_of(session):
    """Give the row of a module's room as it is now."""
    return lambda module: rooms.of_module(session, module)


@pytest.fixture
def admin(new_member):
    return new_member(Role.ADMIN, name="Ada Siel")


@pytest.fixture
def rung(database, base_config, town):
    """Give a session of the town, and all that is rung after its commits."""
    own = dataclasses.replace(database, on_written=[], tools={})
    news = []
    ear = Follower(lambda one: news.append(Ring.read(one)), lambda: None)
    exchange.install(own, base_config).bus.follow(TOPIC, ear)
    with own.session(town.id) as opened:
        yield opened, news
