"""A town with a forum in an open project, and people who write in it."""

import datetime as dt
import re

import pytest

from baukasten import clock
from baukasten.projects import publishing
from baukasten.projects.placing import place_module
from baukasten.projects.schedule import PhaseDraft, set_phases
from baukasten.projects.service import ProjectDraft, create_project
from baukasten.tenants import settings
from baukasten_forum import service

NOW = dt.datetime(2026, 11, 22, 9, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)


@pytest.fixture
def noon():
    """The clock stands still."""
    with clock.turned(NOW) as moment:
        yield moment


def open_forum(database, town, slug="torfhafen"):
    """A public project whose phase has the forum open, now and where tests stop the clock, and the forum."""
    # Twelve days are left, of whichever is later: it may be any day when tests run.
    begin, end = min(clock.now(), NOW) - 3 * DAY, max(clock.now(), NOW) + 12 * DAY
    with database.session(town.id) as session:
        settings.write(session, "site.legal", {"imprint": "Stadt, Am Markt 1"})
        project = create_project(
            session,
            None,
            ProjectDraft("Der Alte Torfhafen", slug, question="Was soll entstehen?", contact="Bauamt"),
        )
        phase = PhaseDraft("Ideen", begin, end, "", ("forum.discuss",))
        set_phases(session, None, project.id, [phase])
        module = place_module(
            session, None, "forum", title="Ideen-Forum", slug="forum", project_id=project.id
        )
        publishing.publish(session, None, project.id)
        session.commit()
    return module


@pytest.fixture
def forum(database, town):
    """The placed forum."""
    return open_forum(database, town)


@pytest.fixture
def topic(session, forum, anna):
    """A topic by Anna without replies."""
    written = service.open_topic(session, anna, forum, title="Treppe ins Wasser", body="Breite **Stufen**.")
    session.commit()
    return written


def first(pattern, text):
    """What the group of a pattern matches first, as a browser reads it, or nothing."""
    found = re.search(pattern, text)
    return found[1].replace("&amp;", "&") if found else ""


def hidden_fields(page):
    """The hidden fields of the form for a contribution."""
    form = page[page.index('class="form above-3 writer"') :]
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', form))


def send(client, page_url, action="", **values):
    """Send the form of a page as a browser would, with the hidden fields that it carries."""
    page = client.get(page_url).get_data(as_text=True)
    target = action or first(r'class="form above-3 writer" method="post" action="([^"#]*)', page)
    return client.post(target, data={**hidden_fields(page), **values})
